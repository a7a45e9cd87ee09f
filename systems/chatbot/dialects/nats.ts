/**
 * NATS over a WebSocket (https://docs.nats.io/reference/reference-protocols/nats-protocol, lines of text and payloads
 * whose length is told in bytes): a question is published to a subject, its answer goes to an inbox that ends with the
 * question's id, or to another subject, and whoever answers is a client of the server, too. Pure.
 */
import { packetBuffer } from '../../../lib/words/packetBuffer.ts';
import { bytesOf, textOf } from '../../../lib/words/utf8.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, wholeAnswer } from './messages.ts';

/** What a back end has made of it. */
export interface NatsWords {
  path?: string;
  /** What CONNECT says besides, such as `user` and `pass`, or `auth_token`. */
  login?: (ids: ChatIds) => object;
  /** Where questions are published. */
  subject: (ids: ChatIds) => string;
  /** What is published. */
  payload: (id: string, course: string, text: string, ids: ChatIds) => string;
  /** What the subjects of replies begin with, one of each session; `_INBOX.` and a UUID when left out. */
  inbox?: (ids: ChatIds) => string;
  /** The text in a reply, which is the whole answer; undefined: it is a refusal. */
  answer?: (text: string) => string | undefined;
  /** Other subjects that the session listens to; wildcards may be in them. */
  subjects?: (ids: ChatIds) => readonly string[];
  /** Reads what came to them (`id` is null), and replies where there is no `answer` (`id` is that of the question). */
  heard?: (subject: string, text: string, id: string | null) => ServerMessage;
  /** Between pings, in seconds. */
  pingSeconds?: number;
}

const PING = 'PING\r\n';
const PONG = 'PONG\r\n';
const LINE_FEED = 10;
/** Subject, subscription, where to reply if anywhere, length of the headers (there: none), of headers and payload. */
const MESSAGE = /^MSG\s+(\S+)\s+\S+\s+(?:\S+\s+)?()(\d{1,9})\s*$/i;
const HEADED = /^HMSG\s+(\S+)\s+\S+\s+(?:\S+\s+)?(\d{1,9})\s+(\d{1,9})\s*$/i;
/** Headers of a reply: nobody listens to the question's subject, or a service says that it has no answer. */
const REFUSAL = /^NATS\/1\.0 [45]\d\d|\r\nNats-Service-Error/i;
const OPTIONS = { verbose: false, pedantic: false, protocol: 1, headers: true, no_responders: true };

/** Makes the protocol of a VU; a script names the feature `batches`, for servers put several messages into a frame. */
export function nats(words: NatsWords): ChatProtocol {
  const { path = '/', payload, answer, heard = () => IGNORED, pingSeconds = 60 } = words;
  const buffer = packetBuffer(sizeOf);
  let session: ChatIds;
  let subject = '';
  let inbox = '';
  let isReady = false;
  /** The line whose size was asked for last, what it says of a message, and where what follows it begins. */
  let line = '';
  let head: RegExpExecArray | null = null;
  let next = 0;

  /** A line, and the payload that it tells of. */
  function sizeOf(bytes: Uint8Array, from: number): number {
    next = bytes.indexOf(LINE_FEED, from) + 1;
    if (next === 0) return 0;
    line = textOf(bytes.subarray(from, next));
    head = MESSAGE.exec(line) ?? HEADED.exec(line);
    if (head === null) return /^H?MSG\s/i.test(line) ? -1 : next - from;
    const [, , headers, total] = head;
    const end = next + Number(total) + 2;
    const isWrong = Number(headers) > Number(total) || (end <= bytes.length && bytes[end - 1] !== LINE_FEED);
    return isWrong ? -1 : end - from;
  }

  function messageOf(bytes: Uint8Array, end: number): ServerMessage {
    if (head === null) return lineOf(/^\S*/.exec(line)?.[0].toUpperCase());
    const [, to = '', headers] = head;
    const start = next + Number(headers);
    const text = textOf(bytes.subarray(start, end - 2));
    if (!to.startsWith(inbox)) return heard(to, text, null);
    const id = to.slice(inbox.length);
    if (start > next && REFUSAL.test(textOf(bytes.subarray(next, start)))) return { type: 'error', id };
    if (answer === undefined) return heard(to, text, id);
    const whole = answer(text);
    return whole === undefined ? { type: 'error', id } : wholeAnswer(id, whole);
  }

  function lineOf(verb: string | undefined): ServerMessage {
    switch (verb) {
      case 'PING':
        return { type: 'reply', text: PONG };
      case 'PONG': {
        const type = isReady ? 'pong' : 'ready';
        isReady = true;
        return { type };
      }
      case '-ERR':
        return { type: 'error', id: null, text: line.trim() };
      default:
        return verb === 'INFO' || verb === '+OK' ? IGNORED : { type: 'unknown' };
    }
  }

  return {
    begin: (ids) => {
      session = ids;
      subject = words.subject(ids);
      inbox = `${words.inbox?.(ids) ?? `_INBOX.${crypto.randomUUID()}`}.`;
      isReady = false;
      buffer.clear();
    },
    socket: () => ({ path, headers: {} }),
    // The server speaks first: `INFO {…}`; its answer to the PING says that it has taken all of this.
    hello: (ids) => {
      const connect = `CONNECT ${JSON.stringify({ ...OPTIONS, ...words.login?.(ids) })}`;
      const listened = [`${inbox}*`, ...(words.subjects?.(ids) ?? [])];
      const subscriptions = listened.map((name, index) => `SUB ${name} ${index + 1}`);
      return `${[connect, ...subscriptions].join('\r\n')}\r\n${PING}`;
    },
    awaitsReady: true,
    question: (id, course, text) => {
      const body = payload(id, course, text, session);
      return `PUB ${subject} ${inbox}${id} ${bytesOf(body).length}\r\n${body}\r\n`;
    },
    heartbeat: { seconds: pingSeconds, frames: () => PING, awaitsPong: true },
    readFrame: (frame, hear) => {
      const bytes = typeof frame === 'string' ? bytesOf(frame).buffer : frame;
      const isWhole = buffer.take(bytes, (held, _from, end) => hear(messageOf(held, end)));
      if (!isWhole) hear({ type: 'bad', lacks: 'length' });
    },
  };
}
