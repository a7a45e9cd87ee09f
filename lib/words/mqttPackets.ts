/** Packets of MQTT 3.1.1 as bytes (https://docs.oasis-open.org/mqtt/mqtt/v3.1.1/mqtt-v3.1.1.html, section 2). Pure. */
import { bytesOf } from './utf8.ts';

const MOST_IN_A_FIELD = 0xffff;

/** A packet: its first byte, the length of the rest, and the rest. */
export function mqttPacket(first: number, ...parts: readonly Uint8Array[]): ArrayBuffer {
  let length = 0;
  for (const part of parts) length += part.length;
  const digits = length < 0x80 ? 1 : length < 0x4000 ? 2 : length < 0x200000 ? 3 : 4;
  const bytes = new Uint8Array(1 + digits + length);
  bytes[0] = first;
  for (let digit = 1; digit <= digits; digit++)
    bytes[digit] = ((length >> (7 * (digit - 1))) & 0x7f) | (digit < digits ? 0x80 : 0);
  let at = 1 + digits;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes.buffer;
}

/** How many bytes the packet at `from` has, for a packet buffer. */
export function mqttSize(bytes: Uint8Array, from: number): number {
  let length = 0;
  for (let digit = 1; digit <= 4; digit++) {
    const byte = bytes[from + digit];
    if (byte === undefined) return 0;
    length |= (byte & 0x7f) << (7 * (digit - 1));
    if (byte < 0x80) return 1 + digit + length;
  }
  return -1;
}

/** Where the rest of a whole packet begins, behind the length. */
export function mqttRest(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while ((bytes[at] ?? 0) >= 0x80) at++;
  return at + 1;
}

/** A number of two bytes. */
export function mqttNumber(value: number): Uint8Array {
  return Uint8Array.of(value >> 8, value & 0xff);
}

/** The number that begins at `at`; beyond the end are zeros. */
export function mqttNumberAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
}

/** A text behind its length. Throws when it has more bytes than a field can hold. */
export function mqttField(text: string): Uint8Array {
  const bytes = bytesOf(text);
  if (bytes.length > MOST_IN_A_FIELD)
    throw new Error(
      `"${text.slice(0, 20)}…" has ${bytes.length} bytes: a topic, client id, user name or password of MQTT has at most ${MOST_IN_A_FIELD}.`,
    );
  const field = new Uint8Array(2 + bytes.length);
  field.set(mqttNumber(bytes.length));
  field.set(bytes, 2);
  return field;
}
