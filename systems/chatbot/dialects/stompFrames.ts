/** Frames of STOMP 1.2 (https://stomp.github.io/stomp-specification-1.2.html), in pieces of any size. Pure. */
import { utf8Length } from '../../../lib/words/utf8Length.ts';

/** A frame. Of headers that come several times, the first counts. */
export interface StompFrame {
  command: string;
  headers: Record<string, string>;
  body: string;
}

/** Puts frames together. */
export interface StompReader {
  /** Calls `hear` for each frame that this piece ends; `undefined`: for one that is none. */
  take: (piece: string, hear: (frame: StompFrame | undefined) => void) => void;
  /** Forgets the rest of what was not ended. */
  clear: () => void;
}

/** The frame that is being read; `bodyAt` NaN: its head is none. */
interface Head {
  command: string;
  headers: Record<string, string>;
  bodyAt: number;
  /** What it says of itself; NaN: nothing. */
  bytes: number;
}

const END = '\0';
const NO_HEAD: Head = { command: '', headers: {}, bodyAt: NaN, bytes: NaN };

/** Made once per VU. A body that says its length may hold NUL, which ends a frame elsewhere. */
export function stompReader(): StompReader {
  let rest = '';
  let head: Head | undefined;
  /** `rest` was searched up to there, which is so many bytes of the body. */
  let seen = 0;
  let bytes = 0;

  function take(piece: string, hear: (frame: StompFrame | undefined) => void): void {
    rest += piece;
    for (let end = rest.indexOf(END, seen); end >= 0; end = rest.indexOf(END, seen)) {
      head ??= headIn(end);
      if (!endsAt(head, end)) continue;
      hear(frameOf(head, end));
      startAt(end + 1);
    }
    if (head === undefined) dropLineEnds();
  }

  /** What was searched without its head is searched again. */
  function headIn(end: number): Head {
    const found = headOf(rest.slice(0, end));
    seen = found.bodyAt;
    return found;
  }

  /** Whether the frame ends with the NUL at `end`, which is part of its body otherwise. */
  function endsAt({ bodyAt, bytes: wanted }: Head, end: number): boolean {
    if (!(end - bodyAt < wanted)) return true;
    bytes += utf8Length(rest.slice(seen, end));
    if (bytes >= wanted) return true;
    bytes++;
    seen = end + 1;
    return false;
  }

  function frameOf({ command, headers, bodyAt, bytes: wanted }: Head, end: number): StompFrame | undefined {
    const isTooLong = end - bodyAt > wanted || bytes > wanted;
    if (Number.isNaN(bodyAt) || isTooLong) return undefined;
    return { command, headers, body: rest.slice(bodyAt, end) };
  }

  function startAt(at: number): void {
    rest = rest.slice(at);
    head = undefined;
    seen = bytes = 0;
  }

  /** Heartbeats, which come between frames. */
  function dropLineEnds(): void {
    if (lineEndsAt(rest) === rest.length) rest = '';
    seen = rest.length;
  }

  return { take, clear: () => startAt(rest.length) };
}

function headOf(text: string): Head {
  const start = lineEndsAt(text);
  const end = blankLineIn(text, start);
  if (end < 0) return NO_HEAD;
  const [command = '', ...lines] = text.slice(start, end).split('\n').map(withoutReturn);
  const headers = headersOf(lines, command === 'CONNECTED' ? (value) => value : unescaped);
  if (headers === undefined) return NO_HEAD;
  const length = headers['content-length'] ?? '';
  const bytes = /^\d+$/.test(length) ? Number(length) : NaN;
  return { command, headers, bodyAt: text.indexOf('\n', end + 1) + 1, bytes };
}

/** How many characters of line ends a text begins with. */
function lineEndsAt(text: string): number {
  let at = 0;
  while (text[at] === '\n' || text[at] === '\r') at++;
  return at;
}

/** Where the line before the first blank one ends; -1: there is none. */
function blankLineIn(text: string, from: number): number {
  const plain = text.indexOf('\n\n', from);
  const returned = text.indexOf('\n\r\n', from);
  return plain < 0 || (returned >= 0 && returned < plain) ? returned : plain;
}

function withoutReturn(line: string): string {
  return line.endsWith('\r') ? line.slice(0, -1) : line;
}

type Decode = (text: string) => string | undefined;

function headersOf(lines: readonly string[], decode: Decode): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = decode(line.slice(0, colon));
    const value = decode(line.slice(colon + 1));
    if (colon < 0 || name === undefined || value === undefined) return undefined;
    if (!Object.hasOwn(headers, name)) headers[name] = value;
  }
  return headers;
}

const ESCAPES: Record<string, string> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', ':': '\\c' };
const MEANINGS: Record<string, string> = { '\\\\': '\\', '\\n': '\n', '\\r': '\r', '\\c': ':' };

/** `undefined`: an escape that there is not. */
function unescaped(text: string): string | undefined {
  if (!text.includes('\\')) return text;
  const isKnown = !text.replace(/\\[nrc\\]/g, '').includes('\\');
  return isKnown ? text.replace(/\\./g, (escape) => MEANINGS[escape] ?? '') : undefined;
}

function escaped(text: string): string {
  return text.replace(/[\\\n\r:]/g, (character) => ESCAPES[character] ?? '');
}

/**
 * A frame as it is sent. It says the length of its body only where that holds NUL, for ActiveMQ takes a body with a
 * length for bytes.
 */
export function stompFrame(command: string, headers: Readonly<Record<string, string>>, body = ''): string {
  const encode = command === 'CONNECT' ? (text: string) => text : escaped;
  let text = command;
  for (const [name, value] of Object.entries(headers)) text += `\n${encode(name)}:${encode(value)}`;
  if (body.includes(END)) text += `\ncontent-length:${utf8Length(body)}`;
  return `${text}\n\n${body}${END}`;
}
