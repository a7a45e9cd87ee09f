/**
 * MQTT 3.1.1 over a WebSocket (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html; section 6 for the
 * WebSocket): a question is published to one topic, its answer comes from another, and whoever answers is a client of the
 * broker, too. Pure.
 */
import {
  mqttField,
  mqttNumber,
  mqttNumberAt,
  mqttPacket,
  mqttRest,
  mqttSize,
} from '../../../lib/words/mqttPackets.ts';
import { packetBuffer } from '../../../lib/words/packetBuffer.ts';
import { bytesOf, textOf } from '../../../lib/words/utf8.ts';
import type { ChatIds, ChatProtocol, ServerMessage } from '../dialect.ts';
import { IGNORED, PUSH } from './messages.ts';

/** What a back end has made of it. */
export interface MqttWords {
  path?: string;
  /** One of each session; the broker makes one up when left out. */
  clientId?: (ids: ChatIds) => string;
  login?: (ids: ChatIds) => { username: string; password?: string };
  /** Where questions are published. */
  topic: (ids: ChatIds) => string;
  /** What is published; with what the bot needs to know where to answer. */
  payload: (id: string, course: string, text: string, ids: ChatIds) => string;
  /** Topic, or topic filter, of the session's answers. */
  answers: (ids: ChatIds) => string;
  /** Reads what came from a topic. */
  heard: (topic: string, text: string) => ServerMessage;
  /** Quality of service of questions, and the highest that answers may have. */
  qos?: 0 | 1;
  /** Between pings, in seconds. */
  keepAliveSeconds?: number;
}

/** First bytes of what is sent. */
const CONNECT = 0x10;
const PUBLISH = 0x30;
const PUBACK = 0x40;
const SUBSCRIBE = 0x82;
const PINGREQ = 0xc0;
const DISCONNECT = 0xe0;

/** Upper halves of the first bytes of what comes. */
const KIND = { connack: 2, publish: 3, puback: 4, suback: 9, pingresp: 13 } as const;

const HEAD = Uint8Array.of(0, 4, 0x4d, 0x51, 0x54, 0x54, 4); // "MQTT", level 4
const CLEAN_SESSION = 0x02;
const WITH_USERNAME = 0x80;
const WITH_PASSWORD = 0x40;
const RETAINED = 0x01;

/** What the return codes of CONNACK mean (section 3.2.2.3). */
const REFUSALS = [
  'unacceptable protocol version',
  'identifier rejected',
  'server unavailable',
  'bad user name or password',
  'not authorised',
];

function refused(text: string): ServerMessage {
  return { type: 'error', id: null, text };
}

/** Makes the protocol of a VU; a script whose broker puts several packets into a frame names the feature `batches`. */
export function mqtt(words: MqttWords): ChatProtocol {
  const { path = '/mqtt', qos = 0, keepAliveSeconds = 30, payload, heard } = words;
  const buffer = packetBuffer(mqttSize);
  let topic: Uint8Array = new Uint8Array();
  let filter: Uint8Array = new Uint8Array();
  let packetId = 0;
  let session: ChatIds;

  function connect(ids: ChatIds): ArrayBuffer {
    const { username, password } = words.login?.(ids) ?? {};
    const texts = [words.clientId?.(ids) ?? '', username, password].filter((text) => text !== undefined);
    const flags =
      CLEAN_SESSION |
      (username === undefined ? 0 : WITH_USERNAME) |
      (password === undefined ? 0 : WITH_PASSWORD);
    const keepAlive = mqttNumber(Math.ceil(keepAliveSeconds));
    return mqttPacket(CONNECT, HEAD, Uint8Array.of(flags), keepAlive, ...texts.map(mqttField));
  }

  function publish(text: string): ArrayBuffer {
    if (qos === 0) return mqttPacket(PUBLISH, topic, bytesOf(text));
    packetId = (packetId % 0xffff) + 1;
    return mqttPacket(PUBLISH | (qos << 1), topic, mqttNumber(packetId), bytesOf(text));
  }

  function messageOf(kind: number, bytes: Uint8Array, from: number, end: number): ServerMessage {
    const code = bytes[end - 1] ?? 0;
    switch (kind) {
      case KIND.connack:
        if (end - from !== 4) return { type: 'bad', lacks: 'return code' };
        return code === 0
          ? { type: 'reply', text: mqttPacket(SUBSCRIBE, mqttNumber(1), filter, Uint8Array.of(qos)) }
          : refused(`the broker refused the connection: ${REFUSALS[code - 1] ?? `code ${code}`}`);
      case KIND.suback:
        if (end - from !== 5) return { type: 'bad', lacks: 'return code' };
        return code <= 2 ? { type: 'ready' } : refused('the broker refused the subscription');
      case KIND.pingresp:
        return { type: 'pong' };
      default:
        return kind === KIND.puback ? IGNORED : { type: 'unknown' };
    }
  }

  /** What the broker had kept from before is no answer. One of quality 1 wants an acknowledgement with its number. */
  function hearPublish(
    bytes: Uint8Array,
    from: number,
    end: number,
    hear: (message: ServerMessage) => void,
  ): void {
    const flags = bytes[from] ?? 0;
    const quality = (flags >> 1) & 3;
    const start = mqttRest(bytes, from);
    const topicEnd = start + 2 + mqttNumberAt(bytes, start);
    const begin = quality === 0 ? topicEnd : topicEnd + 2;
    if (quality > 1) return hear({ type: 'bad', lacks: 'QoS 0 or 1' });
    if (begin > end) return hear({ type: 'bad', lacks: 'topic' });
    if ((flags & RETAINED) !== 0) hear(PUSH);
    else hear(heard(textOf(bytes.subarray(start + 2, topicEnd)), textOf(bytes.subarray(begin, end))));
    if (quality === 1) hear({ type: 'reply', text: mqttPacket(PUBACK, bytes.slice(topicEnd, begin)) });
  }

  return {
    begin: (ids) => {
      session = ids;
      buffer.clear();
      topic = mqttField(words.topic(ids));
      filter = mqttField(words.answers(ids));
      packetId = 0;
    },
    socket: () => ({ path, headers: {}, subprotocols: ['mqtt'] }),
    hello: connect,
    awaitsReady: true,
    question: (id, course, text) => publish(payload(id, course, text, session)),
    heartbeat: { seconds: keepAliveSeconds, frames: () => mqttPacket(PINGREQ), awaitsPong: true },
    goodbye: () => mqttPacket(DISCONNECT),
    readFrame: (frame, hear) => {
      if (typeof frame === 'string') return hear({ type: 'bad', lacks: 'binary frame' });
      const isWhole = buffer.take(frame, (bytes, from, end) => {
        const kind = (bytes[from] ?? 0) >> 4;
        if (kind === KIND.publish) hearPublish(bytes, from, end, hear);
        else hear(messageOf(kind, bytes, from, end));
      });
      if (!isWhole) hear({ type: 'bad', lacks: 'length' });
    },
  };
}
