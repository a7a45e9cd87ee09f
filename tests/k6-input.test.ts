// Is wrong input refused with one clear sentence, before any load is made?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { after, before, describe, test, type TestContext } from 'node:test';
import { startTarget, type Target } from '../target/server.ts';
import { DEFAULT_SETTINGS } from '../target/settings.ts';
import { inputFile } from './support/files.ts';
import { runK6, type K6Run } from './support/k6.ts';
import { settingsFor } from './support/target.ts';

const SECRET = DEFAULT_SETTINGS.key;

interface Mistake {
  /** What is wrong, for the name of the test. */
  name: string;
  script?: 'burst' | 'ramp';
  /** Added to settings that are right; `undefined` takes one away. */
  env?: Record<string, string | undefined>;
  /** Added to the settings too: a setting and the text of the file that it names. */
  file?: [setting: string, text: string];
  /** What k6 must say, and nothing else. */
  says: string | RegExp;
}

const MISTAKES: Mistake[] = [
  {
    name: 'a setting with a typo',
    env: { NUM_SESIONS: '3' },
    says: 'NUM_SESIONS is not a setting of Crescendo. Did you mean NUM_SESSIONS?',
  },
  {
    name: 'words for a number',
    script: 'ramp',
    env: { RAMP_MAX_SESSIONS: 'five hundred' },
    says: 'RAMP_MAX_SESSIONS is "five hundred": it must be a whole number of sessions, for example RAMP_MAX_SESSIONS=500.',
  },
  {
    name: 'a fraction for a whole number',
    env: { NUM_SESSIONS: '2.5' },
    says: /^NUM_SESSIONS is "2\.5": it must be a whole number of sessions/,
  },
  {
    name: 'zero sessions',
    env: { NUM_SESSIONS: '0' },
    says: /^NUM_SESSIONS is "0": it must be a whole number/,
  },
  {
    name: 'a negative time',
    env: { THINK_SECONDS: '-1' },
    says: /^THINK_SECONDS is "-1": it must be a number of seconds .+, for example THINK_SECONDS=5\.$/,
  },
  {
    name: 'a word that is none of the choices',
    env: { ENCRYPTION: 'rot13' },
    says: 'ENCRYPTION is "rot13": it must be one of aes-256-gcm, aes-256-cbc-hmac, openssl, none.',
  },
  {
    name: 'no key',
    env: { ENCRYPTION_KEY: undefined },
    says: 'ENCRYPTION_KEY is not set: ENCRYPTION is aes-256-gcm, so set the key, or ENCRYPTION=none.',
  },
  {
    name: 'a key of the wrong length',
    env: { ENCRYPTION_KEY: SECRET.slice(0, 32) },
    says: 'ENCRYPTION_KEY is wrong: it must be 64 hex digits (256 bits) and has 32 characters.',
  },
  {
    name: 'a key that is not hexadecimal',
    env: { ENCRYPTION_KEY: `${SECRET.slice(0, 63)}g`, ENCRYPTION: 'aes-256-cbc-hmac' },
    says: /^ENCRYPTION_KEY is wrong: it must be 64 hex digits/,
  },
  {
    name: 'no passphrase for openssl',
    env: { ENCRYPTION_KEY: undefined, ENCRYPTION: 'openssl' },
    says: /^ENCRYPTION_KEY is not set: ENCRYPTION is openssl, so set the key/,
  },
  {
    name: 'a WebSocket address with the scheme of HTTP',
    env: { WEBSOCKET_BASE_URL: 'http://127.0.0.1:1' },
    says: /^WEBSOCKET_BASE_URL is "http:\/\/127\.0\.0\.1:1": it must be a ws:\/\/ or wss:\/\/ address/,
  },
  {
    name: 'a REST address without a scheme',
    env: { API_BASE_URL: '127.0.0.1:1' },
    says: /^API_BASE_URL is "127\.0\.0\.1:1": it must be a http:\/\/ or https:\/\/ address/,
  },
  {
    name: 'an address with a password in it, which is not shown',
    env: { API_BASE_URL: 'http://me:hunter2@127.0.0.1:1' },
    says: /^API_BASE_URL is "http:\/\/…@127\.0\.0\.1:1": it must be/,
  },
  {
    name: 'a REST address without the socket address',
    env: { WEBSOCKET_BASE_URL: undefined },
    says: 'WEBSOCKET_BASE_URL is not set: API_BASE_URL is set, so set the address of the sockets too.',
  },
  {
    name: 'an origin with a path',
    env: { WEBSOCKET_ORIGIN: 'https://chat.example.com/app' },
    says: 'WEBSOCKET_ORIGIN is wrong: it must be a scheme, host and port only, for example https://chat.example.com or capacitor://localhost.',
  },
  {
    name: 'a ramp that starts above its maximum',
    script: 'ramp',
    env: { RAMP_START_SESSIONS: '20', RAMP_MAX_SESSIONS: '10' },
    says: 'RAMP_START_SESSIONS is 20, more than RAMP_MAX_SESSIONS (10): start at the maximum or below it.',
  },
  {
    name: 'a ramp of too many stages',
    script: 'ramp',
    env: { RAMP_START_SESSIONS: '1', RAMP_INCREMENT: '1', RAMP_MAX_SESSIONS: '501' },
    says: /^RAMP_INCREMENT is 1, which makes 501 stages up to 501 sessions: at most 500 are possible/,
  },
  {
    name: 'a ramp whose stages only settle',
    script: 'ramp',
    env: { RAMP_INTERVAL_SECONDS: '5', RAMP_SETTLE_SECONDS: '4', RAMP_TRANSITION_SECONDS: '1' },
    says: /^RAMP_INTERVAL_SECONDS is 5, which leaves nothing to judge/,
  },
  {
    name: 'a pool that does not exist',
    env: { QUESTIONS: 'MED1061:5' },
    says: 'QUESTIONS is "MED1061:5": there is no pool "MED1061". Did you mean MED1060?',
  },
  {
    name: 'more questions than a pool has',
    env: { QUESTIONS: 'MED1060:21' },
    says: /^QUESTIONS is "MED1060:21": pool MED1060 has only 20 questions\./,
  },
  {
    name: 'a count of questions that is no number',
    env: { QUESTIONS: 'MED1060:many' },
    says: /^QUESTIONS is "MED1060:many": "many" must be a whole number, for example MED1060:20\.$/,
  },
  {
    name: 'an empty question file',
    file: ['QUESTIONS_FILE', ''],
    says: /^\S+input\.json:1: the file is empty\. It must hold JSON such as \{"COURSE": \["question", "question"\]\}\.$/,
  },
  {
    name: 'a question file without pools',
    file: ['QUESTIONS_FILE', '{}'],
    says: /^\S+input\.json:1: there are no pools\. It must hold JSON such as/,
  },
  {
    name: 'a question file with an empty pool',
    file: ['QUESTIONS_FILE', '{"A": []}'],
    says: /^\S+input\.json:1: pool "A" must be a list of questions and has none\.$/,
  },
  {
    name: 'a question file that is not JSON',
    file: ['QUESTIONS_FILE', '{"A": [\n  "What is a heart?"\n  "Why?"]}'],
    says: /^\S+input\.json:3: a comma is missing before column 3\. It must hold JSON such as/,
  },
  {
    name: 'a question file that is not there',
    env: { QUESTIONS_FILE: '/nowhere/questions.json' },
    says: `QUESTIONS_FILE is "/nowhere/questions.json": there is no such file, or it can't be read. Check the path.`,
  },
  {
    name: 'a thresholds file with a typo in a metric',
    file: ['THRESHOLDS_FILE', '{"target": {"answer_latncy": ["p(95)<5000"]}}'],
    says: /^\S+input\.json:1: "answer_latncy" is not a metric of this script\. Did you mean answer_latency\?$/,
  },
  {
    name: 'a thresholds file with a typo in an expression',
    file: ['THRESHOLDS_FILE', '{"target": {"answer_latency": ["p95<5000"]}}'],
    says: /^\S+input\.json:1: "p95<5000" is not a limit for answer_latency\. Write .+ for example "p\(95\)<5000"\.$/,
  },
  {
    name: 'a thresholds file with per cent instead of a share',
    file: ['THRESHOLDS_FILE', '{"target": {"answer_success": ["rate>99"]}}'],
    says: /^\S+input\.json:1: "rate>99" for answer_success can never hold: .+ Did you mean rate>0\.99\?$/,
  },
  {
    name: 'a thresholds file with an unknown level',
    file: ['THRESHOLDS_FILE', '{"goal": {"answer_latency": ["p(95)<5000"]}}'],
    says: /^\S+input\.json:1: "goal" is not a level\. A file has "target", "warning", "critical"\.$/,
  },
  {
    name: 'a thresholds file that is not JSON',
    file: ['THRESHOLDS_FILE', 'p(95)<5000'],
    says: /^\S+input\.json:1: `p\(95\)<5000` in column 1 is not JSON: .+ It must hold an object with the levels/,
  },
  {
    name: 'a thresholds file that is not there',
    env: { THRESHOLDS_FILE: 'thresholds/none.json' },
    says: `THRESHOLDS_FILE is "thresholds/none.json": there is no such file, or it can't be read. Check the path.`,
  },
  {
    name: 'an unknown level',
    env: { LIMITS: 'strict' },
    says: 'LIMITS is "strict": it must be one of target, warning, critical.',
  },
];

/** What is in the environment of somebody who works at a chat. */
const CHAT_PROJECT = {
  SESSION_PATH: '/',
  WEBSOCKET_ENABLED: 'true',
  WEBSOCKET_URL: 'wss://chat.example.com/live',
  ENCRYPTION_SECRET: 'x',
  TOKEN_HASH: 'sha256',
  RAMP_SPEED: '3',
};

/** The texts of k6's error lines. */
function errorsOf({ stderr }: K6Run): string[] {
  const lines = stderr.split('\n').filter((line) => line.includes('level=error'));
  return lines.map((line) => {
    const [, quoted = '""'] = /msg=("(?:[^"\\]|\\.)*")/.exec(line) ?? [];
    return String(JSON.parse(quoted)).trimEnd(); // k6 adds the place, which is empty here
  });
}

function assertRefused(run: K6Run, says: string | RegExp): void {
  assert.ok([104, 107].includes(run.exitCode), `exit code ${run.exitCode}\n${run.stderr}`);
  const errors = errorsOf(run);
  assert.equal(errors.length, 1, `one error line\n${run.stderr}`);
  const [sentence = ''] = errors;
  if (typeof says === 'string') assert.equal(sentence, says);
  else assert.match(sentence, says);
  assert.match(sentence, /^[^\n]+[.?]$/, 'one line that ends as a sentence does');
  const everything = run.stdout + run.stderr;
  assert.doesNotMatch(
    everything,
    /(\\[nt]|[\n\t])\s*at \S|file:\/\/|\.[jt]s:\d|GoError|Uncaught/,
    'no stack trace',
  );
  assert.ok(!everything.includes(SECRET.slice(0, 32)), 'the key is not shown');
  assert.ok(!everything.includes('hunter2'), 'no password is shown');
  assert.equal(run.summary, undefined, 'no summary of a run that was none');
}

function loadOf(target: Target): number[] {
  const { tokens, sessions, upgrades, questions } = target.stats();
  return [tokens, sessions, upgrades, questions];
}

describe('wrong input', () => {
  let target: Target;
  before(async () => {
    target = await startTarget({ port: 0 });
  });
  after(() => target.close());

  for (const { name, script = 'burst', env = {}, file, says } of MISTAKES)
    test(name, async (t) => {
      const files = file === undefined ? {} : { [file[0]]: inputFile(t, 'input.json', file[1]) };
      const settings = Object.entries({ ...settingsFor(target), ...env, ...files });
      const given = settings.flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
      const before = loadOf(target);
      const run = await runK6({ source: `scripts/${script}.ts`, env: Object.fromEntries(given) });
      assertRefused(run, says);
      assert.deepEqual(loadOf(target), before, 'no load was made');
    });

  test("a chat project's own variables are none", async () => {
    const env = {
      ...settingsFor(target),
      ...CHAT_PROJECT,
      QUESTIONS: 'MED1060:1',
      GENERATOR_LAG_LIMIT_MS: '100000',
    };
    const { exitCode, stderr, summary } = await runK6({ source: 'scripts/burst.ts', env });
    assert.deepEqual([exitCode, stderr, summary?.verdict.result], [0, '', 'PASS']);
  });

  test('two mistakes are told at once, one line each', async () => {
    const env = { ...settingsFor(target), NUM_SESSIONS: 'x', LIMITS: 'y' };
    const run = await runK6({ source: 'scripts/burst.ts', env });
    assert.equal(run.exitCode, 107);
    const [text = ''] = errorsOf(run);
    assert.deepEqual(
      text.split('\n').map((line) => line.split(' ')[0]),
      ['NUM_SESSIONS', 'LIMITS'],
    );
  });
});

describe('a target that is not there', () => {
  async function freePort(t: TestContext): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    t.after(() => server.close());
    await new Promise((resolve) => server.close(resolve));
    return typeof address === 'object' && address !== null ? address.port : NaN;
  }

  for (const script of ['burst', 'ramp'] as const)
    test(`${script}: connection refused`, async (t) => {
      const address = `127.0.0.1:${await freePort(t)}`;
      const env = settingsFor({ url: `http://${address}`, websocketUrl: `ws://${address}` });
      const run = await runK6({ source: `scripts/${script}.ts`, env });
      const remedy = 'Start your back end there, or set API_BASE_URL to where it is.';
      assertRefused(run, `Nothing answers at http://${address} (refused). ${remedy}`);
    });

  test('only the sockets have no one', async (t) => {
    const target = await startTarget({ port: 0 });
    t.after(() => target.close());
    const address = `ws://127.0.0.1:${await freePort(t)}`;
    const env = settingsFor({ url: target.url, websocketUrl: address });
    const run = await runK6({ source: 'scripts/burst.ts', env });
    const remedy = 'Start your back end there, or set WEBSOCKET_BASE_URL to where it is.';
    assertRefused(run, `Nothing answers at ${address} (refused). ${remedy}`);
    assert.equal(target.stats().tokens, 0);
  });

  test('a host name that does not resolve', async () => {
    const env = settingsFor({ url: 'http://crescendo.invalid', websocketUrl: 'ws://crescendo.invalid' });
    const run = await runK6({ source: 'scripts/burst.ts', env });
    assertRefused(
      run,
      /^Nothing answers at http:\/\/crescendo\.invalid \((dns|dial timeout)\)\. Start your back end/,
    );
  });
});
