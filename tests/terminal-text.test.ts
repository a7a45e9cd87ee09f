// Do texts fit a terminal, whatever they are written in?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import stringWidth from 'string-width';
import { tableText } from '../cli/history/historyText.ts';
import { cut, padded } from '../cli/process/textWidth.ts';
import { wrap } from '../report/text/wrap.ts';

/** Ten columns. */
const WIDE = '服务器错误';

describe('lines', () => {
  test('break between words, at the last that fits', () => {
    assert.deepEqual(wrap('one two three', 7), ['one two', 'three']);
    assert.deepEqual(wrap('one two three', 6), ['one', 'two', 'three']);
    assert.deepEqual(wrap('a incomprehensibilities b', 10), ['a', 'incomprehensibilities', 'b']);
  });

  test('break by columns, not by characters', () => {
    assert.deepEqual(wrap(`${WIDE} ${WIDE} ${WIDE}`, 21), [`${WIDE} ${WIDE}`, WIDE]);
    assert.deepEqual(wrap(`${WIDE} ${WIDE} ${WIDE}`, 20), [WIDE, WIDE, WIDE]);
    assert.deepEqual(wrap('✓ Zürich × 3', 12), ['✓ Zürich × 3']);
  });

  test('keep a number and its unit together, with a space that can be copied', () => {
    assert.deepEqual(wrap('took 5 s', 6), ['took', '5 s']);
    assert.deepEqual(wrap('took 5 servers', 6), ['took 5', 'servers']);
  });

  test('steer no terminal', () => {
    assert.deepEqual(wrap('a\u001b[31mb\nc\u202ed', 80), ['a b c d']);
  });
});

describe('cells', () => {
  test('are cut and filled by columns', () => {
    assert.equal(cut('12345678', 8), '12345678');
    assert.equal(cut('123456789', 8), '1234567…');
    assert.equal(cut('▶ → 56789', 8), '▶ → 567…');
    for (const width of [6, 7, 8, 9, 10, 11]) {
      const text = cut(`${WIDE}!`, width);
      assert.ok(stringWidth(text) <= width && stringWidth(text) >= width - 1, `${text} in ${width}`);
      assert.equal(stringWidth(padded(text, width)), width, text);
    }
    assert.equal(cut(`${WIDE}!`, 11), `${WIDE}!`);
    assert.equal(cut(`${WIDE}!`, 10), '服务器错…');
    assert.equal(padded(WIDE, 12), `${WIDE}  `);
  });

  test('stand below each other in a table', () => {
    const rows = tableText(
      ['name', 'n'],
      [
        [WIDE, 1],
        ['abc', 22],
      ],
    ).split('\n');
    assert.deepEqual(rows, ['name         n', '──────────  ──', `${WIDE}   1`, 'abc         22']);
  });
});
