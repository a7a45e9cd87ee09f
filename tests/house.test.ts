// Is the house as it was designed: who may import whom, what stands where, what do others read?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SETTING_NAMES } from '../cli/setup/knownSettings.ts';
import { ROOT } from './support/bundle.ts';
import { filesIn, importsOf, isK6, needs, read, SCRIPTS } from './support/house.ts';

/** What VUs, report and command have in common. */
const PURE = ['lib/words', 'lib/plans', 'lib/vocabulary', 'lib/measures'];

/** In one folder. */
const MOST_FILES = 16;

describe('imports', () => {
  test('this test sees them', () => {
    const names = [...importsOf('lib/testScript.ts'), ...importsOf('systems/chatbot/before.ts')];
    for (const name of [
      'k6/http',
      'data/questions.json',
      'lib/before/prepare.ts',
      'lib/before/targetCheck.ts',
    ])
      assert.ok(
        names.some(({ from }) => from === name),
        name,
      );
    assert.ok(needs('scripts/ramp.ts').has('lib/k6/encryption.ts'));
  });

  test('lib/ and target/ share no code', () => {
    const reached = (name: string): Set<string> =>
      new Set(
        filesIn(name)
          .flatMap((path) => [path, ...needs(path)])
          .filter((path) => path.endsWith('.ts')),
      );
    const target = reached('target');
    assert.deepEqual(
      [...reached('lib')].filter((path) => target.has(path)),
      [],
    );
    for (const path of filesIn('target'))
      for (const { from } of importsOf(path))
        assert.doesNotMatch(from, /^(lib|systems|report|scripts)\//, path);
  });

  test('pure files need nothing of k6', () => {
    const inVus = ['failureTexts', 'rarely', 'redirects', 'restReplies', 'retry', 'stages'];
    const chatbot = ['answer', 'answerTexts', 'before', 'dialect', 'protocol', 'protocolSettings'];
    const pure = [
      ...inVus.map((name) => `lib/vu/${name}.ts`),
      ...[...chatbot, 'fieldNames', 'questions', 'session/sessionLines', 'settings', 'words'].map(
        (name) => `systems/chatbot/${name}.ts`,
      ),
      ...['Dialect', 'Settings', 'Words', 'Before'].map((name) => `systems/chatbot/turns/turn${name}.ts`),
      ...filesIn(...PURE, 'lib/before', 'report', 'systems/chatbot/client', 'systems/chatbot/dialects'),
    ];
    for (const path of pure) assert.deepEqual([...needs(path)].filter(isK6), [], path);
  });

  test('imports go one way', () => {
    const rules: [string, RegExp][] = [
      ['lib', /^(scripts|cli|target|tests)\//],
      ['systems', /^(scripts|report|cli|target|tests|lib\/testScript)/],
      ...PURE.map((name): [string, RegExp] => [
        name,
        /^(k6|report\/|lib\/(?!(words|plans|vocabulary|measures)\/))/,
      ]),
      ['lib/before', /^(k6|lib\/(k6|testScript|vu\/(?!retry)))/],
      ['lib/k6', /^lib\/(before|testScript)/],
      ['lib/vu', /^lib\/before/],
      ['report', /^(scripts|cli|target|tests|systems|lib\/(testScript|k6|vu))/],
      ['target', /^(lib|systems|report|scripts|cli|tests)\//],
    ];
    for (const [name, forbidden] of rules)
      for (const path of filesIn(name))
        for (const { from } of importsOf(path))
          assert.doesNotMatch(from, forbidden, `${path} imports ${from}`);
  });

  test('the house knows no system', () => {
    // The settings of the chatbot are still among those of the house.
    const mixed = ['lib/before/config.ts', 'lib/before/fieldNames.ts'];
    for (const path of filesIn('lib').filter((file) => !mixed.includes(file)))
      for (const { from } of importsOf(path))
        assert.doesNotMatch(from, /^systems\//, `${path} imports ${from}`);
  });

  test('no file needs itself', () => {
    for (const path of filesIn('cli', 'lib', 'systems', 'report', 'target'))
      assert.ok(!needs(path).has(path), `${path} is part of a circle of imports`);
  });

  test('a folder holds one kind of thing, and commands are known to the command line alone', () => {
    for (const house of ['cli', 'report', 'systems'])
      for (const { name } of readdirSync(join(ROOT, house), { withFileTypes: true }).filter((entry) =>
        entry.isDirectory(),
      )) {
        const count = filesIn(`${house}/${name}`).filter((path) => path.split('/').length === 3).length;
        assert.ok(count <= MOST_FILES, `${house}/${name} has ${count} files`);
      }
    for (const path of filesIn('cli').filter((file) => file !== 'cli/crescendo.ts'))
      for (const { from } of importsOf(path))
        assert.ok(!from.startsWith('cli/commands/'), `${path} imports ${from}`);
  });

  test('report/ reaches lib/ as text and as types only: VUs do not carry it', () => {
    for (const path of filesIn('lib'))
      for (const line of read(path)
        .split('\n')
        .filter((text) => /from '.*report\//.test(text)))
        assert.match(line, /^import type |\?text';$/, `${path}: ${line}`);
  });

  test('custom metrics are made in lib/vu/metrics.ts only', () => {
    const makers = filesIn('lib', 'systems', 'scripts', 'report').filter((path) =>
      /new (Trend|Counter|Rate|Gauge)\(/.test(read(path)),
    );
    assert.deepEqual(makers, ['lib/vu/metrics.ts']);
  });
});

describe('what others read', () => {
  test('the docs name every setting', () => {
    const pages = readdirSync(join(ROOT, 'docs')).filter((name) => name.endsWith('.md'));
    const text = pages.map((name) => read(`docs/${name}`)).join('\n');
    assert.deepEqual(
      SETTING_NAMES.filter((name) => !new RegExp(`\\b${name}\\b`).test(text)),
      [],
    );
  });

  test('the README names every script', () => {
    const text = read('README.md');
    for (const path of SCRIPTS)
      assert.ok(text.includes(`\`${path.replace(/^scripts\/(.*)\.ts$/, '$1')}\``), path);
  });

  test('the lock file names no registry', () => {
    assert.doesNotMatch(read('package-lock.json'), /"resolved"|https?:\/\/[^"]*registry/);
  });

  test('no file of ours names a place of the machine it was made on', () => {
    const texts = [
      'package.json',
      'build.mjs',
      'tsconfig.json',
      'tests/run.mjs',
      'data/questions.json',
      'tests/golden-frames.json',
    ];
    const places = /(?<![\w.])\/(work|root|home\/\w+|Users\/\w+)\//;
    for (const path of [
      ...filesIn('lib', 'systems', 'report', 'target', 'scripts', 'tests', 'cli'),
      ...texts,
    ])
      assert.doesNotMatch(read(path), places, path);
  });
});
