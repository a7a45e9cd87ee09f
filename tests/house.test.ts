// Is the house as it was designed: who may import whom, what a bundle holds, what stands where?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { SETTING_NAMES } from '../cli/setup/knownSettings.ts';
import type { Target } from '../target/server.ts';
import { bundle, ROOT } from './support/bundle.ts';
import { folder } from './support/files.ts';
import { hasPassed } from './support/books.ts';
import { runBundle } from './support/k6.ts';
import { redisServer, redisUnavailable } from './support/redisServer.ts';
import { quickTarget, settingsFor } from './support/target.ts';

/** Paths within the checkout, with slashes. */
function filesIn(...folders: string[]): string[] {
  return folders.flatMap((name) => {
    const entries = readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' });
    return entries
      .map((entry) => `${name}/${entry.split(sep).join('/')}`)
      .filter((path) => path.endsWith('.ts'));
  });
}

const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

interface Import {
  from: string;
  typeOnly: boolean;
}

/** What a file imports: local files as paths within the checkout (without `?text`), packages by name. */
function importsOf(path: string): Import[] {
  const statements = read(path).matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[\w*{}\s,]+?\sfrom\s+)?['"]([^'"]+)['"]/gm,
  );
  return [...statements].map(([, type, name = '']) => ({
    from: name.startsWith('.') ? local(path, name) : name,
    typeOnly: type !== undefined,
  }));
}

function local(path: string, name: string): string {
  const file = resolve(ROOT, dirname(path), name.replace(/\?(text|lazy)$/, ''));
  return relative(ROOT, file).split(sep).join('/');
}

/** Everything that a file needs at run time, directly or not. */
function needs(path: string, seen = new Set<string>()): Set<string> {
  for (const { from, typeOnly } of importsOf(path)) {
    if (typeOnly || seen.has(from)) continue;
    seen.add(from);
    if (from.endsWith('.ts')) needs(from, seen);
  }
  return seen;
}

/** What VUs, report and command have in common. */
const PURE = ['lib/words', 'lib/plans', 'lib/vocabulary', 'lib/measures'];

/** In one folder. */
const MOST_FILES = 16;
const packageOf = (name: string): string => name.split('/')[0] ?? '';
const isK6 = (name: string): boolean => /^k6($|\/)/.test(name);
const SCRIPTS = readdirSync(join(ROOT, 'scripts')).map((name) => `scripts/${name}`);

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

/** A few users of the agents; throughput is a limit for larger loads. */
const agentsOrder = ({ websocketUrl }: Target) => ({
  env: {
    WS_URL: `${websocketUrl}/ws`,
    CONNECTIONS: '3',
    PHASES: 'warm-up:1-4:1,sustained:4:1',
    GENERATOR_LAG_LIMIT_MS: '100000',
    THRESHOLDS_FILE: 'limits.json',
  },
  files: { 'limits.json': '{"target": {"message_success": ["rate>0.99"]}}' },
});

const graphOrder = ({ url, websocketUrl }: Target) => ({
  env: {
    WS_URL: `${websocketUrl}/ws`,
    API_BASE_URL: url,
    MEMORY_URL: `${url}/stats`,
    CLIENTS: '2',
    MESSAGES: '3',
    SUBSCRIBE_SECONDS: '1',
    CONNECTION_LEVELS: '2',
    LEVEL_SECONDS: '4',
    CYCLES: '1',
    CYCLE_SECONDS: '1',
    CONCURRENCY_LEVELS: '1,2',
    STRESS_LEVEL: '0',
    STAGE_SECONDS: '1',
    GENERATOR_LAG_LIMIT_MS: '100000',
    THRESHOLDS_FILE: 'limits.json',
  },
  files: { 'limits.json': '{"target": {"client_success": ["rate>=1"]}}' },
});

const messagingOrder = ({ url, websocketUrl }: Target) => ({
  env: {
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    NUM_USERS: '2',
    CONNECTIONS: '2',
    SPAWN_RATE: '0',
    HOLD_SECONDS: '2',
    HOLD_STAGES: '2',
    THINK_SECONDS: '0.1',
    GENERATOR_LAG_LIMIT_MS: '100000',
    THRESHOLDS_FILE: 'limits.json',
  },
  files: { 'limits.json': '{"target": {"user_success": ["rate>=1"]}}' },
});

const uploadOrder = ({ url }: Target) => ({
  env: {
    API_BASE_URL: url,
    UPLOADS: '2',
    FILE_BYTES: '100kB',
    GENERATOR_LAG_LIMIT_MS: '100000',
    THRESHOLDS_FILE: 'limits.json',
  },
  files: { 'limits.json': '{"target": {"file_success": ["rate>=1"]}}' },
});

const assistantOrder = ({ url }: Target, redis: string | undefined) => ({
  env: {
    API_BASE_URL: url,
    ...(redis === undefined ? {} : { REDIS_URL: redis }),
    HOSTS: `main=${url},other=${url}`,
    CHATS: '3',
    OPERATIONS: '3',
    FILE_OPERATIONS: '2',
    REDIS_OPERATIONS: '2',
    ROUNDS: '2',
    ROUND_SECONDS: '0.5',
    GENERATOR_LAG_LIMIT_MS: '100000',
    THRESHOLDS_FILE: 'limits.json',
  },
  files: { 'limits.json': '{"target": {"client_success": ["rate>=1"]}}' },
});

/** Scripts that a k6 without extensions does not run. */
const needsRedis = (path: string): boolean =>
  read(path).includes('/redis/') || read(path).includes('/mixed/');

/** What a script of a system needs to run for seconds. */
async function orderOf(t: TestContext, path: string, target: Target) {
  const text = read(path);
  if (text.includes('/assistant/'))
    return assistantOrder(target, needsRedis(path) ? (await redisServer(t)).url : undefined);
  if (text.includes('/agents/')) return agentsOrder(target);
  if (text.includes('/graph/')) return graphOrder(target);
  if (text.includes('/messaging/upload/')) return uploadOrder(target);
  if (text.includes('/messaging/')) return messagingOrder(target);
  return {
    env: {
      ...settingsFor(target),
      ...SHORT,
      GENERATOR_LAG_LIMIT_MS: '100000',
      QUESTIONS: 'MED1060:2',
    },
  };
}

const SHORT = {
  RAMP_START_SESSIONS: '1',
  RAMP_MAX_SESSIONS: '2',
  RAMP_INTERVAL_SECONDS: '1',
  NUM_SESSIONS: '2',
  HOLD_SECONDS: '2',
  HOLD_STAGES: '2',
  SESSION_LEVELS: '1,2',
  LEVEL_SECONDS: '1',
  OUTAGE_BEFORE_SECONDS: '1',
  OUTAGE_SECONDS: '1',
  OUTAGE_RECOVERY_SECONDS: '1',
  OUTAGE_AFTER_SECONDS: '1',
  THINK_SECONDS: '0.3',
  HEARTBEAT_SECONDS: '0.1',
};

describe('scripts', () => {
  for (const path of SCRIPTS) {
    const name = path.replace(/^scripts\/(.*)\.ts$/, '$1');

    test(`${name}: starts with its question, has its limits, fits a screen`, () => {
      const lines = read(path).split('\n');
      assert.match(lines[0] ?? '', /^\/\/ .+\?$/);
      assert.ok(lines.length <= 45, `${lines.length} lines`);
      assert.ok(existsSync(join(ROOT, 'thresholds', `${name}.json`)));
    });

    test(`${name}: its bundle imports nothing but k6's own modules`, async () => {
      const text = readFileSync(await bundle(path), 'utf8');
      const names = [
        ...text.matchAll(/(?:^|; )(?:import|export)\b[^;]*?\bfrom\s*"([^"]+)"|(?:^|; )import\s*"([^"]+)"/gm),
      ].map(([, from, bare]) => from ?? bare ?? '');
      assert.ok(names.length > 3, names.join());
      const extensions = names.filter((from) => from.startsWith('k6/x/'));
      assert.deepEqual(extensions, needsRedis(path) ? ['k6/x/redis'] : []);
      for (const from of names) assert.match(from, /^k6(\/[\w/]+)?$/);
      assert.doesNotMatch(text, /\brequire\(|\bimport\(|from\s*["']https?:/);
    });

    test(`${name}: its bundle names the libraries that are in it`, async () => {
      const libraries = [...needs(path)].filter((from) => !/\.(ts|json)$/.test(from) && !isK6(from));
      assert.ok(libraries.length > 0, 'there are none');
      const [named = ''] = /^\/\*! with .*$/m.exec(readFileSync(await bundle(path), 'utf8')) ?? [];
      for (const library of libraries)
        assert.match(named, new RegExp(`\\b${packageOf(library)} \\d.+licence`), library);
    });

    const skip = needsRedis(path) && redisUnavailable();
    test(`${name}: its bundle runs alone in an empty folder`, { skip }, async (t) => {
      const alone = join(folder(t), `${name}.js`);
      copyFileSync(await bundle(path), alone);
      const target = await quickTarget(t);
      hasPassed(t, await runBundle(alone, await orderOf(t, path, target)));
    });
  }
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
