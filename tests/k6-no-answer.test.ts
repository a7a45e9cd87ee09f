// A healthy back end that is spoken to in a wrong way: INVALID, with what to check, and never the back end's fault.
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { TargetSettings } from '../target/settings.ts';
import { assertBalanced, summaryOf } from './support/books.ts';
import { runK6, type Summary } from './support/k6.ts';
import { otherServer, soundly } from './support/otherServer.ts';
import { quickTarget, settingsFor } from './support/target.ts';

const FEW = {
  QUESTIONS: 'MED1060:3',
  ANSWER_TIMEOUT_SECONDS: '0.4',
  GENERATOR_LAG_LIMIT_MS: '100000',
};

interface Case {
  env: Record<string, string>;
  target?: Partial<TargetSettings>;
  sentence: RegExp;
}

const WRONG: Record<string, Case> = {
  'another key': {
    env: { ENCRYPTION_KEY: 'ab'.repeat(32) },
    sentence: /closed by the server \(1008\) \(answer\) 2 times, where frames of the same encryption and key/,
  },
  'no encryption': {
    env: { ENCRYPTION: 'none' },
    sentence: /closed by the server \(1008\).* check ENCRYPTION and ENCRYPTION_KEY$/,
  },
  'another encryption': {
    env: { ENCRYPTION: 'openssl' },
    sentence: /closed by the server \(1008\).* check ENCRYPTION and ENCRYPTION_KEY$/,
  },
  'another log-in path': {
    env: { TOKEN_PATH: '/login' },
    sentence: /HTTP 404 Not Found \(token\) 2 times.*; check API_BASE_URL, TOKEN_PATH and SESSIONS_PATH/,
  },
  'another session path': {
    env: { SESSIONS_PATH: '/talks' },
    sentence: /HTTP 404 Not Found \(session\) 2 times.*; check API_BASE_URL, TOKEN_PATH and SESSIONS_PATH/,
  },
  'another socket path': {
    env: { SOCKET_PATH: '/live' },
    sentence:
      /handshake 404 Not Found \(connect\) 2 times, where status 101 was expected; check .*SOCKET_PATH/,
  },
  'an origin that the server refuses': {
    env: { WEBSOCKET_ORIGIN: 'https://elsewhere.example.com' },
    sentence: /handshake 403 Forbidden \(connect\) 2 times.*WEBSOCKET_ORIGIN$/,
  },
  'another name of the token': {
    env: { FIELD_NAMES: 'token=access_token' },
    sentence: /unreadable reply \(token\) 2 times.*; check FIELD_NAMES, or the protocol file$/,
  },
  'another name of the text': {
    env: { FIELD_NAMES: 'chunk=chunk,text=content' },
    target: { encryption: 'none' },
    sentence: /no session got an answer/,
  },
  'another name of the chunks, so that none is known': {
    env: { FIELD_NAMES: 'chunk=delta', ENCRYPTION: 'none' },
    target: { encryption: 'none' },
    sentence: /answer timeout \(answer\) .* had a type that the protocol does not know; check FIELD_NAMES/,
  },
};

async function run(t: TestContext, { env, target = {} }: Omit<Case, 'sentence'>): Promise<[number, Summary]> {
  const server = await quickTarget(t, target);
  const k6 = await runK6({
    source: 'scripts/burst.ts',
    env: { ...settingsFor(server), ...FEW, ...env },
  });
  const summary = summaryOf(k6);
  assertBalanced(summary);
  return [k6.exitCode, summary];
}

describe('no answer at all is INVALID', () => {
  for (const [name, { sentence, ...order }] of Object.entries(WRONG))
    test(name, async (t) => {
      const [exitCode, { verdict, questions }] = await run(t, order);
      assert.deepEqual([questions.answered, verdict.result, exitCode], [0, 'INVALID', 99], verdict.sentence);
      assert.match(verdict.sentence, /^no session got an answer, so nothing was measured: /);
      assert.match(verdict.sentence, sentence);
    });
});

describe('the back end is to blame', () => {
  const BLAMED: Record<string, Partial<TargetSettings>> = {
    'when it fails every log-in': { faults: { 'token-500': 1 } },
    'when a gateway refuses every socket': { faults: { 'upgrade-502': 1 } },
    'when it refuses every question in its own words': { faults: { 'answer-error': 1 } },
    'when it answers no question': { faults: { 'answer-silent': 1 } },
    'when some log-ins are refused and others are not': { faults: { 'token-401': 2 } },
  };
  for (const [name, target] of Object.entries(BLAMED))
    test(name, async (t) => {
      const [exitCode, { verdict }] = await run(t, { env: {}, target });
      assert.deepEqual([exitCode, verdict.result], [99, 'FAIL'], verdict.sentence);
    });
});

test('a session that got no answer waits before the next one', async (t) => {
  const target = await quickTarget(t);
  const env = {
    ...settingsFor(target),
    ...FEW,
    ENCRYPTION_KEY: 'ab'.repeat(32),
    RAMP_START_SESSIONS: '2',
    RAMP_MAX_SESSIONS: '2',
    RAMP_INTERVAL_SECONDS: '3',
    RESTART_DELAY_SECONDS: '1',
  };
  const { sessions } = summaryOf(await runK6({ source: 'scripts/ramp.ts', env }));
  assert.ok(sessions.started >= 4 && sessions.started <= 14, `${sessions.started} sessions of 2 VUs in 3 s`);
});

describe('a server that ends the connection behind each answer', () => {
  for (const [name, end] of Object.entries({
    'with 1000': (socket: { close: (code: number) => void }) => socket.close(1000),
    'with 1001': (socket: { close: (code: number) => void }) => socket.close(1001),
    'with a reset': undefined,
  }))
    test(`${name}: FAIL, and the books balance with questions that were sent into the end`, async (t) => {
      const { url, websocketUrl } = await otherServer(t, (asked) => {
        soundly(asked);
        if (end) end(asked.socket);
        else asked.connection.resetAndDestroy();
      });
      const env = {
        ...{ API_BASE_URL: url, WEBSOCKET_BASE_URL: websocketUrl, ENCRYPTION: 'none' },
        ...{ ...FEW, NUM_SESSIONS: '20', QUESTIONS: 'MED1060:20' },
      };
      const k6 = await runK6({ source: 'scripts/burst.ts', env });
      const summary = summaryOf(k6);
      assertBalanced(summary);
      assert.deepEqual([k6.exitCode, summary.verdict.result], [99, 'FAIL'], k6.stdout);
      assert.ok(
        summary.questions.answered >= 15,
        `${summary.questions.answered} answers came before the end`,
      );
    });
});
