// Is a .env that would be misread refused, with the line and the remedy, and a right one read as it stands?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { readDotEnv, type DotEnv } from '../cli/setup/dotEnv.ts';
import { folder } from './support/files.ts';
import { problems } from './support/problems.ts';

function at(t: TestContext, content: string | Buffer): string {
  const here = folder(t);
  writeFileSync(join(here, '.env'), content);
  return here;
}

const read = (t: TestContext, content: string | Buffer): DotEnv => readDotEnv(at(t, content));
const refused = (t: TestContext, content: string | Buffer): readonly string[] => {
  const here = at(t, content);
  return problems(() => readDotEnv(here));
};

const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const REMEDY =
  'Save it as UTF-8: in an editor, or in PowerShell with (Get-Content .env) | Set-Content -Encoding utf8 .env.';

describe('text', () => {
  test('a mark of UTF-8, line ends of Windows and umlauts are fine', (t) => {
    const { variables, lines } = read(t, '\uFEFFSEED=1\r\nQUESTIONS_FILE=Fragen-für-alle.json\r\n');
    assert.deepEqual({ ...variables }, { SEED: '1', QUESTIONS_FILE: 'Fragen-für-alle.json' });
    assert.deepEqual(Object.fromEntries(lines), { SEED: 1, QUESTIONS_FILE: 2 });
  });

  test('no file sets nothing', (t) => assert.deepEqual({ ...readDotEnv(folder(t)).variables }, {}));

  const wrong: [what: string, bytes: Buffer, problem: string][] = [
    [
      'UTF-16, little end first',
      utf16('\uFEFFSEED=1\n'),
      'it is UTF-16, as > of Windows PowerShell writes it',
    ],
    [
      'UTF-16, big end first',
      utf16('\uFEFFSEED=1\n').swap16(),
      'it is UTF-16, as > of Windows PowerShell writes it',
    ],
    ['UTF-16 without a mark', utf16('SEED=1\n'), 'it has NUL bytes, as UTF-16 has'],
    ['a NUL', Buffer.from('SEED=1\nLIMITS=\0'), 'it has NUL bytes, as UTF-16 has'],
    ['Latin-1', Buffer.from('SEED=1\nA=f\xfcr\n', 'latin1'), 'line 2 has bytes of another encoding'],
    ['a cut character', Buffer.from('A=\u00fc').subarray(0, 3), 'line 1 has bytes of another encoding'],
  ];
  for (const [what, bytes, problem] of wrong)
    test(`${what} is refused`, (t) =>
      assert.deepEqual(refused(t, bytes), [`.env is no UTF-8 text: ${problem}. ${REMEDY}`]));
});

describe('an unquoted #', () => {
  test('that cuts a setting is refused with line and name, without the value', (t) => {
    assert.deepEqual(refused(t, 'SEED=1\n\nENCRYPTION_KEY=ab#cd\nexport QUESTIONS_FILE=#1.json # mine\n'), [
      '.env line 3 has an unquoted # in ENCRYPTION_KEY, which cuts the value there. Put the value in quotes (ENCRYPTION_KEY="…"), or a blank before the # if a comment begins there.',
      '.env line 4 has an unquoted # in QUESTIONS_FILE, which cuts the value there. Put the value in quotes (QUESTIONS_FILE="…"), or a blank before the # if a comment begins there.',
    ]);
  });

  test('names the last of two lines, which is the one that counts', (t) => {
    const [problem = ''] = refused(t, 'ENCRYPTION_KEY=ab\nENCRYPTION_KEY=cd#ef\n');
    assert.match(problem, /^\.env line 2 /);
    assert.deepEqual(refused(t, 'ENCRYPTION_KEY=ab#cd\nENCRYPTION_KEY=ef\n'), []);
  });

  const fine: [line: string, name: string, value: string][] = [
    ['SEED=1 # note', 'SEED', '1'],
    ['SEED=1\t# note#2', 'SEED', '1'],
    ['SEED= # none', 'SEED', ''],
    ['#SEED=1#2\nSEED=3', 'SEED', '3'],
    ['ENCRYPTION_KEY="ab#cd"', 'ENCRYPTION_KEY', 'ab#cd'],
    ["ENCRYPTION_KEY='ab#cd' # note", 'ENCRYPTION_KEY', 'ab#cd'],
    ['OUTAGE_BODY="{\n#1}"', 'OUTAGE_BODY', '{\n#1}'],
    ['THEIRS=ab#cd', 'THEIRS', 'ab'],
  ];
  for (const [line, name, value] of fine)
    test(`${JSON.stringify(line)} is fine`, (t) => assert.equal(read(t, line).variables[name], value));
});
