/** The messages of a recorded socket, whatever frames they came in. Pure. */
import { isRecord, jsonIn } from '../../../lib/words/jsonFields.ts';
import type { Dialect } from '../../probe/dialects/dialect.ts';
import { recognise } from '../../probe/dialects/recognise.ts';
import { leavesOf, type Leaves } from '../../probe/fields/leaves.ts';
import { saidByServer, textsOfOurs, type Frame } from '../../probe/frames.ts';
import type { RecordedSocket } from '../recording/recording.ts';
import { areWords, plainWordsIn, type PlainWords } from './plainWords.ts';
import { packetOf } from './socketIoPackets.ts';

/** What one frame said, at `at` (epoch ms). */
export interface Message {
  at: number;
  by: Frame['by'];
  value: unknown;
  leaves: Leaves;
  text: string;
}

/**
 * What can be made of the frames. `json`: each is an object; `socket.io`: events; `text`: each is plain text; `unknown`:
 * nothing, for the reason `why`.
 */
export type Talk =
  | {
      form: 'json' | 'socket.io' | 'text';
      messages: readonly Message[];
      dialect: Dialect | undefined;
      /** Between messages of JSON; `undefined`: there are none. */
      words?: PlainWords;
    }
  | { form: 'sealed'; mode: string; dialect: undefined }
  | { form: 'unknown'; why: string; dialect: Dialect | undefined };

/** Reads the frames of a socket. */
export function talkOf({ frames, subprotocol }: RecordedSocket): Talk {
  const said = saidByServer(frames);
  const texts = said.flatMap(({ text }) => (text === undefined ? [] : [text]));
  const binaries = said.filter(({ text }) => text === undefined).map(({ bytes }) => bytes);
  const ours = textsOfOurs(frames);
  const all = [...ours, ...texts];
  const [dialect] = recognise({ texts, binaries, ours, subprotocol });
  if (all.length > 0 && all.every(isSealed)) return { form: 'sealed', mode: modeOf(all), dialect: undefined };
  if (dialect?.name.startsWith('Socket.IO'))
    return { form: 'socket.io', messages: messagesIn(frames, packetOf), dialect };
  if (frames.some(({ kind }) => kind === 'binary'))
    return { form: 'unknown', why: 'frames are binary', dialect };
  if (all.every((text) => isObject(jsonIn(text))))
    return { form: 'json', messages: messagesIn(frames, jsonIn), dialect };
  const others = all.filter((text) => !isObject(jsonIn(text)));
  if (dialect === undefined && areWords(others, all.length - others.length)) {
    const words = plainWordsIn(frames, (text) => others.includes(text));
    return { form: 'json', messages: messagesIn(frames, objectIn), dialect, words };
  }
  if (dialect === undefined && all.every((text) => !isRecord(jsonIn(text))))
    return { form: 'text', messages: messagesIn(frames, (text) => text), dialect };
  return { form: 'unknown', why: 'frames are no JSON objects', dialect };
}

function isObject(value: unknown): boolean {
  return isRecord(value) && !Array.isArray(value);
}

function objectIn(text: string): unknown {
  const value = jsonIn(text);
  return isObject(value) ? value : undefined;
}

function messagesIn(frames: readonly Frame[], read: (text: string) => unknown): Message[] {
  return frames
    .filter(({ kind }) => kind === 'text')
    .flatMap(({ at, by, bytes }): Message[] => {
      const text = bytes.toString();
      const value = read(text);
      return value === undefined ? [] : [{ at, by, value, text, leaves: leavesOf(value) }];
    });
}

/** The shortest is a nonce of 12 bytes and a tag of 16. */
const SEALED = /^(?=.{40})(?:[A-Za-z\d+/]{4})*(?:[A-Za-z\d+/]{2}==|[A-Za-z\d+/]{3}=)?$/;

/** Base64 that holds no text. */
function isSealed(text: string): boolean {
  return SEALED.test(text) && /[\0-\u0008\u000e-\u001f]|\ufffd/.test(Buffer.from(text, 'base64').toString());
}

/** Which of our modes it may be: OpenSSL marks its own, and blocks of 16 bytes are no GCM. */
function modeOf(texts: readonly string[]): string {
  if (texts.every((text) => text.startsWith('U2FsdGVkX1'))) return 'openssl';
  const isInBlocks = texts.every((text) => Buffer.from(text, 'base64').length % 16 === 0);
  return isInBlocks ? 'aes-256-cbc-hmac' : 'aes-256-gcm';
}
