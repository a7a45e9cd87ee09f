// Does a wrong JSON file get a sentence with the line at fault, and a right one its value and its places?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { parseJson } from '../lib/words/jsonText.ts';
import { bundle } from './support/bundle.ts';
import { problems } from './support/problems.ts';

const WRONG: [text: string, sentence: string][] = [
  ['', '1: the file is empty.'],
  ['\uFEFF \n', '1: the file is empty.'],
  [Buffer.from('\uFEFF[]', 'utf16le').toString(), '1: the file is no UTF-8 text: save it as UTF-8.'],
  [Buffer.from('[]', 'utf16le').toString(), '1: the file is no UTF-8 text: save it as UTF-8.'],
  ['{"a": [1,\r\n 2,\r\n]}', '2: there is a comma too many in column 3.'],
  ['{\n"a": 1,\n}', '2: there is a comma too many in column 7.'],
  ['[1,\n,2]', '2: there is a comma too many in column 1.'],
  ['[,1]', '1: there is a comma too many in column 2.'],
  ['{"a":1,,"b":2}', '1: there is a comma too many in column 8.'],
  ['{"a":1\n"b":2}', '2: a comma is missing before column 1.'],
  ['{"a": [1, 2}', '1: a ] is missing before the } in column 12.'],
  ['[{"a":1]', '1: a } is missing before the ] in column 8.'],
  ['{"a":\n[1, 2', '2: the file ends too early in column 6: something is not closed.'],
  ['{"a"', '1: the file ends too early in column 5: something is not closed.'],
  ['{"a":}', '1: a value is missing in column 6.'],
  ['{"a" 1}', '1: a colon is missing in column 6.'],
  ['{1:2}', '1: a name in double quotes is missing in column 2.'],
  [
    "{'a':1}",
    "1: `'a'` in column 2 is not JSON: it has texts in double quotes, numbers, true, false and null.",
  ],
  [
    '[NaN]',
    '1: `NaN` in column 2 is not JSON: it has texts in double quotes, numbers, true, false and null.',
  ],
  ['[1.]', '1: the number in column 2 is not complete.'],
  ['[] []', '1: the JSON has ended, but there is more in column 4.'],
  ['// x\n[]', '1: there is a comment in column 1, which JSON does not allow.'],
  ['["abc\n"]', '1: the text that begins in column 2 has no closing quote in its line.'],
  ['["\\u12"]', '1: the text that begins in column 2 has a \\u without four hexadecimal digits.'],
  [
    '["a\\x"]',
    '1: the text that begins in column 2 has a backslash that JSON does not know; a backslash itself is written \\\\.',
  ],
  [
    '["a\tb"]',
    '1: the text that begins in column 2 has a tab or another control character; a tab is written \\t.',
  ],
];

describe('malformed JSON', () => {
  for (const [text, sentence] of WRONG)
    test(JSON.stringify(text), () => {
      assert.throws(() => void JSON.parse(text), SyntaxError, 'it is no JSON indeed');
      assert.deepEqual(
        problems(() => parseJson(text, 'f.json')),
        [`f.json:${sentence}`],
      );
    });

  test('the sentence is followed by what the file must look like', () =>
    assert.deepEqual(
      problems(() => parseJson('[1', 'f.json', 'It must be a list.')),
      ['f.json:1: the file ends too early in column 3: something is not closed. It must be a list.'],
    ));

  test('whatever JSON refuses is refused, and nothing else', () => {
    const valid = '{"a": [1, -2.5e3, "x\\n\\u00e9", true], "b": {"c": null, "d": {}}}';
    const texts = Array.from(valid, (_, index) => index).flatMap((index) =>
      ['', ',', '"', '}', ' ', '0', '\\'].map(
        (other) => valid.slice(0, index) + other + valid.slice(index + 1),
      ),
    );
    for (const text of texts) {
      const refused = problems(() => parseJson(text, 'f.json'));
      let isJson = true;
      try {
        JSON.parse(text);
      } catch {
        isJson = false;
      }
      assert.equal(refused.length === 0, isJson, text);
      for (const sentence of refused) assert.match(sentence, /^f\.json:1: .*column \d+.*\.$/, text);
    }
  });
});

describe('JSON that is right', () => {
  const text = '\uFEFF{"a":\r\n  [1,\n   {"b": 2}],\r  "c": {}}\n';
  const json = parseJson(text, 'f.json');

  test('its value, without a byte order mark', () => {
    assert.deepEqual(json.value, { a: [1, { b: 2 }], c: {} });
    assert.ok(Object.hasOwn(parseJson('{"__proto__": 1}', 'f').value as object, '__proto__'));
  });

  test('its places, whatever ends a line', () => {
    assert.equal(json.place(), 'f.json:1');
    assert.equal(json.place('a'), 'f.json:2');
    assert.equal(json.place('a', 1), 'f.json:3');
    assert.equal(json.place('a', 1, 'b'), 'f.json:3');
    assert.equal(json.place('c'), 'f.json:4');
  });

  test('the place of what is missing is that of the nearest parent', () => {
    assert.equal(json.place('a', 1, 'x', 'y'), 'f.json:3');
    assert.equal(json.place('a', 7), 'f.json:2');
    assert.equal(json.place('x'), 'f.json:1');
    assert.equal(json.place('c', 0), 'f.json:4');
  });

  test('a name that stands twice in one object is told, at any depth; the last one counts', () => {
    const twice = parseJson('{"a": 1,\n"b": [{"c": 1, "d": 1,\n"c": 2}],\n"a": 3, "e": {"a": 1}}', 'f.json');
    assert.deepEqual(twice.repeated, [
      'f.json:3: "c" stands here a second time, after line 2. Put both together or rename one.',
      'f.json:4: "a" stands here a second time, after line 1. Put both together or rename one.',
    ]);
    assert.deepEqual(twice.value, { a: 3, b: [{ c: 2, d: 1 }], e: { a: 1 } });
    assert.equal(twice.place('a'), 'f.json:4');
    assert.deepEqual(json.repeated, []);
  });
});

test('VUs carry nothing of the JSON library: it comes as text with what only the first evaluation needs', async () => {
  const { sources } = JSON.parse(readFileSync(`${await bundle('scripts/ramp.ts')}.map`, 'utf8')) as {
    sources: string[];
  };
  assert.ok(sources.some((path) => path.endsWith('systems/chatbot/questions.ts')));
  assert.deepEqual(
    sources.filter((path) => path.includes('node_modules')),
    [],
  );
});
