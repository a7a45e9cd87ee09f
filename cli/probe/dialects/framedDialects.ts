/** Dialects that put something around each message: characters, lines, a list. Pure. */
import { isRecord, jsonIn } from '../../../lib/words/jsonFields.ts';
import { listIn, valuesIn, type Dialect } from './dialect.ts';
import { payloadOf } from './payload.ts';

const RECORD = '\u001e';
const STOMP = /^(CONNECTED|MESSAGE|RECEIPT|ERROR)\r?\n[^]*\0/;

const engineIo: Dialect = {
  name: 'Engine.IO, on which Socket.IO stands',
  file: { code: 'socketIo.ts', page: 'socket-io' },
  isSpoken: ({ texts, ours }) => opensEngine(texts) && !speaksSocketIo([...texts, ...ours]),
  advice: 'Socket.IO begins when 40 is sent (try --send 40): hello is then "40"; 2 is answered with 3',
  isPing: (text) => text === '2',
};

const socketIo: Dialect = {
  name: 'Socket.IO on Engine.IO',
  file: { code: 'socketIo.ts', page: 'socket-io' },
  isSpoken: ({ texts, ours }) =>
    opensEngine(texts) ? speaksSocketIo([...texts, ...ours]) : texts.some((text) => /^42\d*\["/.test(text)),
  advice:
    'hello is "40", ready is 40{…}, 44 is an error, 2 is answered with 3, an event is 42["name",…], its acknowledgement 43; readFrame; below, event is the name and data what follows',
  isPing: (text) => text === '2',
  messages: (text) => {
    const [event, ...data] = listIn(text, /^42(?:\/[^,[]*,)?\d*/) ?? [];
    return event === undefined ? [] : [{ event, data: data.length > 1 ? data : data[0] }];
  },
};

function opensEngine(texts: readonly string[]): boolean {
  return texts.some((text) => /^0\{.*"sid"/.test(text));
}

function speaksSocketIo(texts: readonly string[]): boolean {
  return texts.some((text) => /^4[0-6](?=$|[\d{["/-])/.test(text));
}

const sockJs: Dialect = {
  name: 'SockJS',
  isSpoken: ({ texts: [first = '', ...more] }) =>
    first === 'o' && more.every((text) => /^(h$|a\[|c\[)/.test(text)),
  advice:
    'o opens (ready), h is a sign of life, a["…"] holds messages as texts (readFrame), c[code,"…"] closes; what is sent is a list of texts, too: ["…"]; without all that at …/websocket',
  isPing: (text) => text === 'h',
  messages: (text) => insideSockJs(text).flatMap((inner) => payloadOf(inner).values),
};

/** The messages within a frame of SockJS. */
export function insideSockJs(text: string): string[] {
  const list = listIn(text, /^a/) ?? [];
  return list.filter((inner) => typeof inner === 'string');
}

/** Whether SockJS stands around the messages of a server. */
export function isSockJs(texts: readonly string[]): boolean {
  return sockJs.isSpoken({ texts, binaries: [], ours: [], subprotocol: '' });
}

const signalR: Dialect = {
  name: 'SignalR',
  file: { code: 'signalR.ts', page: 'signalr' },
  isSpoken: ({ texts }) => texts.length > 0 && texts.every((text) => text.endsWith(RECORD)),
  advice:
    'each message ends with 0x1E, and a frame may hold several (readFrame); hello is {"protocol":"json","version":1} and 0x1E, {} is ready; type 1 calls its target, 2 is an item of a stream, 3 the end, 6 a ping, 7 closes',
  isPing: (text) => valuesIn([text]).some((value) => isRecord(value) && value['type'] === 6),
};

const stomp: Dialect = {
  name: 'STOMP',
  file: { code: 'stomp.ts', page: 'stomp' },
  isSpoken: ({ texts, subprotocol }) =>
    /^v1\d\.stomp$/.test(subprotocol) || texts.some((text) => STOMP.test(text)),
  advice:
    'hello is CONNECT and SUBSCRIBE, CONNECTED is ready, a question is SEND, the answer the body of a MESSAGE; frames end with 0x00 (readFrame), a lone end of line is a sign of life; below, command is the first line',
  isPing: (text) => /^\r?\n$/.test(text),
  messages: (text) => {
    const [, command] = STOMP.exec(text) ?? [];
    const body = text.replace(/^[^]*?\r?\n\r?\n/, '').replace(/\0[^]*$/, '');
    return command === undefined ? [] : [{ command, body: jsonIn(body) ?? body }];
  },
};

const phoenix: Dialect = {
  name: 'Phoenix channels',
  file: { code: 'phoenix.ts', page: 'phoenix' },
  isSpoken: ({ texts }) => {
    const values = valuesIn(texts);
    return values.some((value) => asPhoenix(value) !== undefined) || values.some(isOldPhoenix);
  },
  advice:
    'a message is a list of join_ref, ref, topic, event, payload (an object of them in version 1); hello is phx_join, ready the phx_reply with its ref, heartbeat every 30 s on topic phoenix; below, the five have these names',
  messages: (text) => valuesIn([text]).map((value) => asPhoenix(value) ?? value),
};

function asPhoenix(value: unknown): Record<string, unknown> | undefined {
  if (!Array.isArray(value) || value.length !== 5) return undefined;
  const [join_ref, ref, topic, event, payload] = value as unknown[];
  const isOne = typeof topic === 'string' && typeof event === 'string' && isRecord(payload);
  return isOne ? { join_ref, ref, topic, event, payload } : undefined;
}

function isOldPhoenix(value: unknown): boolean {
  return isRecord(value) && 'topic' in value && 'ref' in value && /^phx_/.test(String(value['event']));
}

/** Socket.IO, SockJS, SignalR, STOMP, Phoenix. */
export const FRAMED: readonly Dialect[] = [engineIo, socketIo, sockJs, signalR, stomp, phoenix];
