/** Dialects that were there before WebSockets, and are no JSON. Pure. */
import type { Dialect } from './dialect.ts';

const MQTT_REFUSALS: Readonly<Record<number, string>> = {
  1: 'another version',
  2: 'the client id',
  3: 'not available',
  4: 'user or password',
  5: 'not authorised',
};

const mqtt: Dialect = {
  name: 'MQTT',
  file: { code: 'mqtt.ts', page: 'mqtt' },
  isSpoken: ({ binaries: [first], subprotocol }) =>
    /^mqtt/.test(subprotocol) || (first !== undefined && isConnack(first)),
  advice:
    'all frames are binary (readFrame): hello is CONNECT (0x10) and SUBSCRIBE (0x82), CONNACK (0x20) is ready, PUBLISH (0x30) is a question and an answer, PINGREQ (c0 00) the heartbeat; --subprotocol mqtt',
};

/** Its second byte is the length of what follows; flags are 0 or 1. */
function isConnack(bytes: Buffer): boolean {
  const [type, length = 0, flags = 2] = bytes;
  return type === 0x20 && length >= 2 && bytes.length >= length + 2 && flags <= 1;
}

/** Why an MQTT broker refused, by the code of its CONNACK; `undefined` when it did not. */
export function mqttRefusal(bytes: Buffer): string | undefined {
  const code = bytes[3] ?? 0;
  if (!isConnack(bytes) || code === 0) return undefined;
  return `CONNACK refuses with ${code}${code in MQTT_REFUSALS ? `: ${MQTT_REFUSALS[code] ?? ''}` : ''}`;
}

const nats: Dialect = {
  name: 'NATS',
  file: { code: 'nats.ts', page: 'nats' },
  isSpoken: ({ texts }) => texts.some((text) => /^INFO \{/.test(text)),
  advice:
    'hello is CONNECT {…} and SUB, +OK or PONG is ready, PUB is a question, MSG an answer; PING is answered with PONG; lines end with CR LF, and a frame may hold several or a part of one (readFrame)',
  isPing: (text) => /^PING\r?\n/.test(text),
};

const xmpp: Dialect = {
  name: 'XMPP',
  file: { code: 'xmpp.ts', page: 'xmpp' },
  isSpoken: ({ texts, subprotocol }) =>
    subprotocol === 'xmpp' ||
    texts.some((text) => /^(<\?xml[^>]*>\s*)?<(open\b[^>]*\bxmlns|stream:(stream|features)\b)/.test(text)),
  advice:
    'hello is <open …/> and the log-in, with --subprotocol xmpp; each frame is one element (readFrame): a question is a message with an id, the answer a message',
};

/** MQTT, NATS, XMPP. */
export const OF_WIRES: readonly Dialect[] = [mqtt, nats, xmpp];
