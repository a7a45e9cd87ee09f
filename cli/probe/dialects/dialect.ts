/** What a known dialect is, to those who recognise it. Pure. */
import { valueAt } from '../../../lib/words/jsonFields.ts';
import { containerIn, payloadOf } from './payload.ts';

/** What was seen of a back end. */
export interface Seen {
  /** The texts of the server's messages, in order. */
  texts: readonly string[];
  /** Its messages that hold no text. */
  binaries: readonly Buffer[];
  /** The texts that were sent. */
  ours: readonly string[];
  /** The one that the server chose; empty: none. */
  subprotocol: string;
}

/** A file that ships, which makes protocols of a dialect, and its page. */
export interface DialectFile {
  /** Within `systems/chatbot/dialects/`, such as `socketIo.ts`. */
  code: string;
  /** Within `docs/dialects/`, without `.md`: the dialect's name for `crescendo new`, such as `socket-io`. */
  page: string;
}

/** A dialect that many back ends speak. */
export interface Dialect {
  name: string;
  isSpoken: (seen: Seen) => boolean;
  /** What a protocol file for it does. */
  advice: string;
  /** Where one ships. */
  file?: DialectFile;
  /** Whether a text is a sign of life of the server's. */
  isPing?: (text: string) => boolean;
  /** The messages that a text holds, as objects with names where the dialect has none; JSON as it stands when left out. */
  messages?: (text: string) => readonly unknown[];
}

/** Parsed JSON of all texts. */
export function valuesIn(texts: readonly string[]): unknown[] {
  return texts.flatMap((text) => payloadOf(text).values);
}

/** Whether some value of the server's has, at a path, what is asked for. */
export function someValue({ texts }: Seen, path: string, isMeant: (value: unknown) => boolean): boolean {
  return valuesIn(texts).some((value) => isMeant(valueAt(value, path)));
}

/** The list that a text is, behind some characters. */
export function listIn(text: string, before: RegExp): readonly unknown[] | undefined {
  const [start] = before.exec(text) ?? [];
  const value = start === undefined ? undefined : containerIn(text.slice(start.length));
  return Array.isArray(value) ? value : undefined;
}
