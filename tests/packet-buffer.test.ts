// Are packets found in a stream of bytes, however it is cut, and texts in their bytes?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { mqttField, mqttPacket, mqttRest, mqttSize } from '../lib/words/mqttPackets.ts';
import { packetBuffer, type PacketBuffer } from '../lib/words/packetBuffer.ts';
import { bytesOf, textOf } from '../lib/words/utf8.ts';

/** A packet here is a digit and as many letters; `?` begins none. */
const sizeOf = (bytes: Uint8Array, from: number): number => {
  const [digit = 0] = bytes.subarray(from);
  return digit === 63 ? -1 : digit - 47;
};

const frameOf = (text: string): ArrayBuffer => bytesOf(text).buffer;

function packetsOf(buffer: PacketBuffer, ...pieces: string[]): string[] {
  const found: string[] = [];
  for (const piece of pieces)
    buffer.take(frameOf(piece), (bytes, from, end) => found.push(textOf(bytes.subarray(from, end))));
  return found;
}

describe('a packet buffer', () => {
  test('finds each packet once, however the stream is cut', () => {
    const [stream, packets] = ['3abc01x9abcdefghi2yz', ['3abc', '0', '1x', '9abcdefghi', '2yz']];
    for (let first = 0; first <= stream.length; first++)
      for (let second = first; second <= stream.length; second++) {
        const pieces = [stream.slice(0, first), stream.slice(first, second), stream.slice(second)];
        assert.deepEqual(packetsOf(packetBuffer(sizeOf), ...pieces), packets, pieces.join('|'));
      }
    assert.deepEqual(packetsOf(packetBuffer(sizeOf), ...Array.from(stream)), packets);
  });

  test('does not look again before a packet can be whole', () => {
    let looks = 0;
    const buffer = packetBuffer((bytes, from) => (looks++, sizeOf(bytes, from)));
    assert.deepEqual(packetsOf(buffer, ...Array.from('9abcdefghi')), ['9abcdefghi']);
    assert.equal(looks, 2);
  });

  test('takes nothing more once it is lost, until it is cleared', () => {
    const buffer = packetBuffer(sizeOf);
    const take = (text: string) => buffer.take(frameOf(text), () => undefined);
    assert.deepEqual(packetsOf(buffer, '1a?', '1b'), ['1a']);
    assert.deepEqual([take('1c'), take('')], [false, false]);
    buffer.clear();
    assert.deepEqual([take('1d'), packetsOf(buffer, '1e')], [true, ['1e']]);
  });

  test('forgets what was not ended', () => {
    const buffer = packetBuffer(sizeOf);
    assert.deepEqual(packetsOf(buffer, '9ab'), []);
    buffer.clear();
    assert.deepEqual(packetsOf(buffer, '1c'), ['1c']);
  });
});

describe('packets of MQTT', () => {
  for (const length of [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152])
    test(`with ${length} bytes behind the length`, () => {
      const bytes = new Uint8Array(mqttPacket(0x30, new Uint8Array(length).fill(7)));
      assert.equal(mqttSize(bytes, 0), bytes.length);
      assert.equal(bytes.length - mqttRest(bytes, 0), length);
      assert.deepEqual([bytes[0], bytes.at(-1)], [0x30, length === 0 ? 0 : 7]);
    });

  test('have lengths of four digits at most', () => {
    const size = (...bytes: number[]) => mqttSize(Uint8Array.of(0x30, ...bytes), 0);
    assert.deepEqual([size(), size(0x80), size(0xff, 0xff, 0xff)], [0, 0, 0]);
    assert.equal(size(0xff, 0xff, 0xff, 0x7f), 5 + 268_435_455);
    assert.equal(size(0x80, 0x80, 0x80, 0x80), -1);
  });

  test('have fields of 65,535 bytes at most', () => {
    assert.deepEqual([...mqttField('aé')], [0, 3, 0x61, 0xc3, 0xa9]);
    assert.deepEqual([...mqttField('x'.repeat(65_535)).subarray(0, 2)], [255, 255]);
    assert.throws(
      () => mqttField('é'.repeat(32_768)),
      /^Error: "ééé.*…" has 65536 bytes: a topic, .* at most 65535\.$/,
    );
  });
});

test('what is no UTF-8 does not throw', () => {
  assert.equal(textOf(bytesOf('aé€😀')), 'aé€😀');
  assert.equal(textOf(Uint8Array.of(0x61, 0xff, 0xc3)), 'a\ufffd\ufffd');
  assert.equal(textOf(bytesOf('\ud800')), '\ufffd');
});
