// Is only what passes tried again, after the right wait, within the budget, and counted as it happened?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readConfig } from '../lib/before/config.ts';
import { refuseUnknownSettings } from '../lib/before/settings/unknownNames.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import { classesOf, StepFailed, type Phase, type Reason } from '../lib/words/failures.ts';
import { vuWords } from '../lib/vocabulary/vuWords.ts';
import { AGENTS_WORDS } from '../systems/agents/words.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { prepare } from '../systems/chatbot/before.ts';
import {
  createRetries,
  longestRetries,
  once,
  type RetryMetrics,
  type RetrySettings,
} from '../lib/vu/retry.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import { renderText } from '../report/text/text.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { ROOT } from './support/bundle.ts';
import { problems } from './support/problems.ts';
import { counter, rate, summaryWith, trend, type Metrics } from './support/runData.ts';

const SETTINGS: RetrySettings = {
  retries: 3,
  retryBaseSeconds: 0.5,
  retryCapSeconds: 10,
  retryBudget: 0.1,
  seed: 1,
};

/** As a VU gets them. */
const { retried: RETRIED_PHASES = [] } = vuWords(CHATBOT_WORDS, new Set(['retries']));

type Headers = Record<string, string>;

/** What an attempt comes to: a class of failures, with the headers of the reply, or 'ok'. */
type Outcome = Reason | 'ok' | [Reason, Headers];

const file = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** One VU with retries: what it did, and what it counted. */
class Vu {
  readonly waits: number[] = [];
  readonly failures: string[] = [];
  readonly counts: Record<string, number> = {};
  remaining = Infinity;
  waitedMs = 0;
  readonly books = {
    waited: (milliseconds: number) => void (this.waitedMs += milliseconds),
    fail: (phase: Phase, reason: Reason) => void this.failures.push(`${phase}:${reason}`),
  };
  private readonly retries;

  constructor(settings: Partial<RetrySettings> = {}) {
    const count =
      (name: string) =>
      (value: number, { phase = '' } = {}) => {
        const key = `${name}{${phase}}`;
        this.counts[key] = (this.counts[key] ?? 0) + value;
      };
    const metrics: RetryMetrics = {
      retries: count('retries'),
      retriesSucceeded: count('succeeded'),
      retriesSuppressed: count('suppressed'),
      retryWait: count('wait'),
    };
    this.retries = createRetries({ ...SETTINGS, ...settings }, RETRIED_PHASES, metrics, (milliseconds) => {
      this.waits.push(milliseconds);
      return Promise.resolve();
    });
  }

  /** Runs an operation whose attempts have these outcomes; returns how it ended. */
  async run(phase: Phase, outcomes: Outcome[], [vu, iteration]: [number, number] = [1, 0]): Promise<string> {
    const left = [...outcomes];
    const attempt = this.retries(this.books, { remaining: () => this.remaining }, vu, iteration);
    try {
      return await attempt(phase, () => outcome(phase, left.shift() ?? 'ok'));
    } catch (error) {
      if (!(error instanceof StepFailed)) throw error;
      return error.reason;
    } finally {
      assert.deepEqual(left, [], 'every attempt was made');
    }
  }
}

function outcome(phase: Phase, what: Outcome): Promise<string> {
  if (what === 'ok') return Promise.resolve('ok');
  const [reason, headers] = typeof what === 'string' ? [what] : what;
  return Promise.reject(new StepFailed(phase, reason, '', headers));
}

const RETRIED = [
  ...['refused', 'reset', 'dns', 'dial_timeout', 'unreachable', 'no_reply', 'request_timeout'],
  ...['connect_timeout', 'handshake_refused'],
  ...['http_408', 'http_429', 'http_502', 'http_503', 'http_504'],
];

describe('which failures', () => {
  const all = new Set(classesOf(CHATBOT_WORDS).map(({ reason }) => reason));
  for (const reason of all)
    test(`${reason}: ${RETRIED.includes(reason) ? 'again' : 'not again'}`, async () => {
      const vu = new Vu();
      if (RETRIED.includes(reason)) assert.equal(await vu.run('token', [reason, 'ok']), 'ok');
      else assert.equal(await vu.run('token', [reason]), reason);
      assert.equal(vu.counts['suppressed{token}'], undefined, 'what is not tried again is not suppressed');
    });

  test('an exception of our own is thrown on at once', async () => {
    const attempt = createRetries(SETTINGS, RETRIED_PHASES, {} as RetryMetrics, () => assert.fail('no wait'))(
      { waited: () => assert.fail('no wait'), fail: () => assert.fail('no failure') },
      { remaining: () => Infinity },
      1,
      0,
    );
    await assert.rejects(
      attempt('token', () => Promise.reject(new TypeError('ours'))),
      TypeError,
    );
  });

  test('in which phases, the vocabulary says; VUs of a script without retries get none of it', () => {
    assert.deepEqual(RETRIED_PHASES, ['token', 'session', 'connect', 'cleanup']);
    assert.deepEqual(vuWords(AGENTS_WORDS, new Set(['retries'])).retried, ['connect']);
    assert.equal(vuWords(CHATBOT_WORDS, new Set()).retried, undefined);
  });

  test('an attempt in another phase is a mistake of the script', async () => {
    const vu = new Vu();
    await assert.rejects(vu.run('answer', []), {
      name: 'RangeError',
      message: 'The vocabulary does not say that "answer" is tried again.',
    });
  });

  test('without retries an operation is simply run', async () => {
    let runs = 0;
    const failing = () => Promise.reject(new StepFailed('token', 'http_503', String(++runs)));
    await assert.rejects(once('token', failing), StepFailed);
    assert.equal(runs, 1);
  });
});

describe('counting', () => {
  test('each failed attempt but the last is booked here, the last one by the caller', async () => {
    const vu = new Vu();
    assert.equal(await vu.run('session', ['http_503', 'reset', 'http_429', 'http_502']), 'http_502');
    assert.deepEqual(vu.failures, ['session:http_503', 'session:reset', 'session:http_429']);
    assert.deepEqual([vu.counts['retries{session}'], vu.counts['succeeded{session}']], [3, undefined]);
    assert.equal(vu.counts['suppressed{session}'], undefined, 'RETRIES are used up, none is suppressed');
  });

  test('an operation that works at last has succeeded once; the first attempt is no success of retries', async () => {
    const vu = new Vu();
    assert.equal(await vu.run('connect', ['handshake_refused', 'connect_timeout', 'ok']), 'ok');
    assert.equal(await vu.run('connect', ['ok']), 'ok');
    assert.deepEqual([vu.counts['retries{connect}'], vu.counts['succeeded{connect}']], [2, 1]);
  });

  test('another kind of failure ends it', async () => {
    const vu = new Vu();
    assert.equal(await vu.run('token', ['http_503', 'http_401']), 'http_401');
    assert.deepEqual(vu.failures, ['token:http_503']);
  });

  test('the waits are those that were waited', async () => {
    const vu = new Vu();
    await vu.run('token', ['http_503', 'http_503', 'ok']);
    const total = vu.waits.reduce((a, b) => a + b, 0);
    assert.equal(vu.waits.length, 2);
    assert.deepEqual([vu.counts['wait{token}'], vu.waitedMs], [total, total]);
  });
});

describe('the wait', () => {
  async function waits(settings: Partial<RetrySettings>, places: number): Promise<number[][]> {
    const vu = new Vu({ retries: 4, retryBudget: 10, ...settings });
    for (let place = 0; place < places; place++)
      await vu.run('token', ['reset', 'reset', 'reset', 'reset', 'ok'], [place, 3]);
    return [0, 1, 2, 3].map((retry) => vu.waits.filter((_, index) => index % 4 === retry));
  }

  test('is spread over [0, base × 2ⁿ), at most the cap', async () => {
    for (const [retry, drawn] of (
      await waits({ retryBaseSeconds: 0.5, retryCapSeconds: 3 }, 2000)
    ).entries()) {
      const most = Math.min(3000, 500 * 2 ** retry);
      assert.ok(
        drawn.every((wait) => wait >= 0 && wait < most),
        `retry ${retry}`,
      );
      const mean = drawn.reduce((a, b) => a + b, 0) / drawn.length;
      assert.ok(Math.abs(mean / most - 0.5) < 0.03, `retry ${retry}: mean ${mean} of ${most}`);
      assert.ok(Math.min(...drawn) < 0.01 * most && Math.max(...drawn) > 0.99 * most, `retry ${retry}`);
    }
  });

  test('is the same for the same seed, VU, iteration and phase, another for any other', async () => {
    const wait = async (phase: Phase, seed: number, place: [number, number]) => {
      const vu = new Vu({ seed });
      await vu.run(phase, ['reset', 'ok'], place);
      return vu.waits[0];
    };
    const first = await wait('token', 1, [2, 3]);
    assert.equal(await wait('token', 1, [2, 3]), first);
    for (const other of [
      wait('session', 1, [2, 3]),
      wait('token', 2, [2, 3]),
      wait('token', 1, [3, 3]),
      wait('token', 1, [2, 4]),
    ])
      assert.notEqual(await other, first);
  });

  test('of a seed is that of every version', async () => {
    const drawn = ['token', 'session', 'connect', 'cleanup'].map(async (phase) => {
      const vu = new Vu();
      await vu.run(phase, ['reset', 'ok'], [2, 3]);
      return Math.round(vu.waits[0] ?? NaN);
    });
    assert.deepEqual(await Promise.all(drawn), [432, 325, 272, 61]);
  });

  test('lies within the plan: where it does not, the retry is suppressed', async () => {
    const vu = new Vu({ retryBaseSeconds: 4 });
    const [drawn = NaN] = await waits({ retryBaseSeconds: 4 }, 1).then(([first = []]) => first);
    for (const [remaining, end] of [
      [drawn, 'reset'],
      [drawn + 1, 'ok'],
      [0, 'reset'],
      [-1, 'reset'],
    ] as const) {
      vu.remaining = remaining;
      assert.equal(await vu.run('token', end === 'ok' ? ['reset', 'ok'] : ['reset'], [0, 3]), end);
    }
    assert.deepEqual([vu.counts['suppressed{token}'], vu.counts['retries{token}']], [3, 1]);
  });
});

describe('Retry-After', () => {
  async function waitFor(headers: Headers, settings: Partial<RetrySettings> = {}): Promise<number> {
    const vu = new Vu({ retryBaseSeconds: 0, ...settings });
    assert.equal(await vu.run('token', [['http_503', headers], 'ok']), 'ok');
    return vu.waits[0] ?? NaN;
  }
  const date = (at: number): string => new Date(at).toUTCString();

  test('seconds', async () => {
    assert.equal(await waitFor({ 'Retry-After': '3' }), 3000);
    assert.equal(await waitFor({ 'Retry-After': '0' }), 0);
    assert.equal(await waitFor({ 'Retry-After': '10' }), 10_000, 'the cap itself is no more than the cap');
  });

  test('a date, counted from the date of the reply: the clocks may differ', async () => {
    const server = Date.UTC(2001, 1, 3);
    assert.equal(await waitFor({ 'Retry-After': date(server + 4000), Date: date(server) }), 4000);
    assert.equal(await waitFor({ 'Retry-After': date(server - 4000), Date: date(server) }), 0, 'past');
    const wait = await waitFor({ 'Retry-After': date(Date.now() + 5000) });
    assert.ok(wait > 3000 && wait <= 5000, `without a date of the reply: ${wait}`);
  });

  test('what can not be read is not there', async () => {
    for (const text of ['', 'soon', '-3', '1.5', '3 s'])
      assert.equal(await waitFor({ 'Retry-After': text }), 0, text);
    assert.equal(await waitFor({}), 0);
  });

  test('is the least: a longer wait of our own stays', async () => {
    const own = await waitFor({}, { retryBaseSeconds: 8 });
    assert.ok(own > 1000, String(own));
    assert.equal(await waitFor({ 'Retry-After': '1' }, { retryBaseSeconds: 8 }), own);
    assert.equal(await waitFor({ 'Retry-After': '9' }, { retryBaseSeconds: 8 }), 9000);
  });

  test('above the cap there is no retry, and nothing of the budget is spent', async () => {
    const vu = new Vu({ retryBudget: 0 });
    for (let i = 0; i < 20; i++) await vu.run('token', [['http_429', { 'Retry-After': '11' }]]);
    assert.equal(await vu.run('token', ['http_503', 'ok']), 'ok');
    assert.equal(vu.counts['suppressed{token}'], 20);
  });
});

describe('the budget', () => {
  test('ten in hand, then none without earning', async () => {
    const vu = new Vu({ retryBudget: 0, retries: 1 });
    for (let i = 0; i < 10; i++) assert.equal(await vu.run('token', ['reset', 'reset']), 'reset');
    for (let i = 0; i < 5; i++) assert.equal(await vu.run('session', ['reset']), 'reset');
    assert.deepEqual([vu.counts['retries{token}'], vu.counts['suppressed{session}']], [10, 5]);
  });

  test('a tenth earned by each first attempt: every tenth may be tried again', async () => {
    const vu = new Vu({ retries: 1 });
    vu.remaining = Infinity;
    for (let i = 0; i < 10; i++) await vu.run('token', ['reset', 'reset']);
    // Earned along the way: 0.9, for the first found the hand full.
    let made = 0;
    for (let i = 0; i < 100; i++) {
      const before = vu.counts['retries{session}'] ?? 0;
      const expected = Math.floor(0.9 + 0.1 * (i + 1) + 1e-9) > made;
      assert.equal(
        await vu.run('session', expected ? ['reset', 'ok'] : ['reset']),
        expected ? 'ok' : 'reset',
      );
      made += (vu.counts['retries{session}'] ?? 0) - before;
    }
    assert.deepEqual([made, vu.counts['suppressed{session}']], [10, 90]);
  });

  test('no more than ten are ever in hand', async () => {
    const vu = new Vu({ retryBudget: 10, retries: 10 });
    for (let i = 0; i < 50; i++) await vu.run('token', ['ok']);
    const eleven = Array.from({ length: 11 }, () => 'reset' as const);
    assert.equal(await vu.run('token', eleven), 'reset');
    assert.equal(await vu.run('session', ['reset', ...eleven.slice(0, 9), 'ok']), 'ok', 'and ten again');
  });
});

describe('settings', () => {
  const KEY = { ENCRYPTION: 'none' };

  test('wrong ones are refused in a sentence each', () => {
    const wrong = { RETRIES: '11', RETRY_BASE_SECONDS: '-1', RETRY_CAP_SECONDS: 'x', RETRY_BUDGET: '11' };
    assert.deepEqual(
      problems(() => readConfig({ ...KEY, ...wrong }, CHATBOT_SECTIONS)),
      [
        'RETRIES is "11": it must be a whole number of further attempts and at most 10, for example RETRIES=1.',
        'RETRY_BASE_SECONDS is "-1": it must be a number of seconds, for example RETRY_BASE_SECONDS=0.5.',
        'RETRY_CAP_SECONDS is "x": it must be a number of seconds, for example RETRY_CAP_SECONDS=10.',
        'RETRY_BUDGET is "11": it must be a number of retries and at most 10, for example RETRY_BUDGET=0.1.',
      ],
    );
    assert.match(
      problems(() => refuseUnknownSettings({ RETRY_CAP_SECOND: '3' }, CHATBOT_SECTIONS))[0] ?? '',
      /Did you mean RETRY_CAP_SECONDS\?$/,
    );
  });

  test('k6 leaves a session of a plan without an end the time for its retries', () => {
    const settings = { ...SETTINGS, httpTimeoutSeconds: 7, connectTimeoutSeconds: 5 };
    assert.equal(longestRetries(settings, CHATBOT_WORDS), 3 * (10 + 7 + (10 + 7) + (10 + 5) + (10 + 7)));
    assert.equal(longestRetries({ ...settings, retries: 0 }, CHATBOT_WORDS), 0);
    assert.equal(longestRetries(settings, AGENTS_WORDS), 3 * (10 + 5), 'they only connect again');
    const longest = (retries: string): number => {
      const input = { name: 'burst', load: 'burst' as const, defaults: {}, readFile: () => '' };
      const files = { thresholds: file('thresholds/burst.json') };
      const prepared = prepare({ ...input, ...files, env: { ...KEY, RETRIES: retries } });
      assert.ok(typeof prepared !== 'string');
      return Number(/"maxDuration":"(\d+)ms"/.exec(JSON.stringify(prepared.options))?.[1]);
    };
    assert.equal(longest('2') - longest('0'), 2 * (4 * 10 + 4 * 10) * 1000);
  });
});

describe('in the report', () => {
  const RETRIED_RUN: Metrics = {
    retries: counter(12),
    'retries{phase:token}': counter(9),
    'retries{phase:connect}': counter(3),
    retries_succeeded: counter(11),
    retries_suppressed: counter(1),
    retry_wait: trend(12, 350),
    ws_sessions: counter(53),
    sockets_failed: counter(3),
    socket_success: rate(47, 3),
  };
  const text = (summary: RunSummary) => renderText(summary, verdictOf(summary), false);
  const refused = (changes: Metrics) =>
    summaryWith(changes).failures.map(({ status, count, sessions, atMost }) => ({
      status,
      count,
      sessions,
      atMost,
    }));

  test('retries have their figures, their line and their equation', () => {
    const summary = summaryWith(RETRIED_RUN);
    const figures = { attempted: 12, succeeded: 11, suppressed: 1, waitMs: 4200 };
    assert.deepEqual(summary.retries, { ...figures, phases: { token: 9, connect: 3 } });
    assert.match(text(summary), /^ retries {6}12 attempts, 11 succeeded, 1 suppressed; waited 4\.20 s$/m);
    const handshakes = summary.ledger.find(({ name }) => name === 'attempts at sockets');
    assert.deepEqual([handshakes?.total, handshakes?.parts], [53, { first: 50, again: 3 }]);
    assert.equal(verdictOf(summary).result, 'PASS');
  });

  test('a handshake that k6 counted and nobody made is a ledger that does not balance', () => {
    const summary = summaryWith({ ...RETRIED_RUN, 'retries{phase:connect}': counter(2) });
    const { result, sentence } = verdictOf(summary);
    assert.equal(result, 'INVALID');
    assert.match(sentence, /attempts at sockets: 53 attempts by k6's count ≠ 50 first \+ 2 again/);
  });

  test('without retries there is no line, unless they were on', () => {
    assert.doesNotMatch(text(summaryWith()), /^ retries/m);
    assert.ok(summaryWith().ledger.every(({ name }) => name !== 'attempts at sockets'));
    const line = /^ retries {6}0 attempts, 0 succeeded, 0 suppressed; waited 0\.0 ms$/m;
    assert.match(text(summaryWith({}, { settings: { retries: 3 } })), line);
  });

  test('failures of set-up are counted by session where k6 kept them apart', () => {
    const failures: Metrics = { 'failures{phase:token,reason:http_503}': counter(9) };
    const sessions = (more: Metrics) => summaryWith({ ...failures, ...more }).failures[0]?.sessions;
    assert.equal(sessions({}), 9);
    assert.equal(sessions({ 'sessions_affected{phase:token,reason:http_503}': counter(4) }), 4);
  });

  test('refused handshakes: sessions by status as far as they can be known', () => {
    const handshakes: Metrics = {
      'failures{phase:connect,reason:handshake_refused}': counter(9),
      'sessions_affected{phase:connect,reason:handshake_refused}': counter(4),
    };
    const row = (status: number | undefined, count: number, sessions: number, atMost?: true) => {
      return { status, count, sessions, atMost };
    };
    assert.deepEqual(refused({ ...handshakes, 'ws_sessions{status:502}': counter(9) }), [row(502, 9, 4)]);
    const both = {
      ...handshakes,
      'ws_sessions{status:502}': counter(6),
      'ws_sessions{status:503}': counter(3),
    };
    assert.deepEqual(refused(both), [row(502, 6, 4, true), row(503, 3, 3, true)]);
    assert.match(text(summaryWith(both)), /6 × handshake 502 Bad Gateway in at most 4 sessions:/);
    const once = { ...both, 'sessions_affected{phase:connect,reason:handshake_refused}': counter(9) };
    assert.deepEqual(refused(once), [row(502, 6, 6), row(503, 3, 3)]);
    assert.deepEqual(refused({ ...handshakes, 'ws_sessions{status:502}': counter(10) }), [
      row(undefined, 9, 4),
    ]);
  });
});
