// Is a chat over HTTP counted and timed as its server counts and times it, and is everything named that goes wrong?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6, type Summary } from './support/k6.ts';
import { MANNERS, modelServer, slowModelServer, type MannerName } from './support/modelServer.ts';
import { SAID, ticketServer } from './support/ticketServer.ts';

const MODEL = 'tests/k6/openAi.ts';
const TICKETS = 'tests/k6/ticketChat.ts';

async function run(source: string, url: string, more: Record<string, string> = {}) {
  const env = {
    API_BASE_URL: url,
    RAMP_START_SESSIONS: '2',
    RAMP_MAX_SESSIONS: '2',
    RAMP_INTERVAL_SECONDS: '3',
    RAMP_SETTLE_SECONDS: '0',
    QUESTIONS: 'MED1060:3',
    ANSWER_TIMEOUT_SECONDS: '5',
    RESTART_DELAY_SECONDS: '0',
    GENERATOR_LAG_LIMIT_MS: '100000',
    ...more,
  };
  const ended = await runK6({ source, env });
  const summary = summaryOf(ended);
  assertBalanced(summary);
  return { ...ended, summary };
}

const count = ({ metrics }: Summary, name: string): number => metrics[name]?.['count'] ?? 0;
const value = ({ metrics }: Summary, name: string, aggregate: string): number =>
  metrics[name]?.[aggregate] ?? NaN;
const books = ({ operations }: Summary) => {
  const { began, good, bad } = operations['question'] ?? {};
  return [began, good, bad];
};

/** How each manner that is no good answer is named. */
const NAMED: Partial<Record<MannerName, string>> = {
  'too many requests': 'answer:http_429',
  'server error': 'answer:http_500',
  unauthorised: 'answer:http_401',
  redirected: 'answer:http_other',
  page: 'answer:bad_message',
  nothing: 'answer:bad_message',
  'no JSON': 'answer:bad_message',
  'without an end': 'answer:answer_incomplete',
  'broken off above': 'answer:answer_incomplete',
  'error event': 'answer:server_error',
  'error in a reply': 'answer:server_error',
  empty: 'answer:empty_answer',
  cut: 'answer:no_reply',
  reset: 'answer:reset',
  silent: 'answer:request_timeout',
};

describe('an answer that is the response', () => {
  test('has its first byte and its end when the server says so', async (t) => {
    const server = await slowModelServer(t, 300, 600);
    const { exitCode, stdout, summary } = await run(MODEL, server.url);
    assert.deepEqual([exitCode, summary.verdict.result], [0, 'PASS'], stdout);
    assert.deepEqual(books(summary), [server.times.length, server.times.length, 0]);
    const least = (of: (time: { firstByte: number; end: number }) => number) =>
      Math.min(...server.times.map(of));
    const of = (name: string, aggregate: string) => value(summary, name, aggregate);
    assert.ok(of('first_byte_latency', 'min') >= least(({ firstByte }) => firstByte) - 1);
    assert.ok(of('answer_latency', 'min') >= least(({ end }) => end) - 1);
    const between = of('answer_latency', 'avg') - of('first_byte_latency', 'avg');
    assert.ok(between >= least(({ firstByte, end }) => end - firstByte) - 1, String(between));
    assert.equal(count(summary, 'first_byte_latency'), server.times.length);
  });

  test('is good or bad in each manner, and every one is named and counted', async (t) => {
    const manners = Object.keys(MANNERS) as MannerName[];
    const server = await modelServer(t, manners);
    const more = { RAMP_INTERVAL_SECONDS: '8', ANSWER_TIMEOUT_SECONDS: '0.5' };
    const { stderr, summary } = await run(MODEL, server.url, more);
    const expected: Record<string, number> = {};
    let good = 0;
    for (const manner of manners) {
      const times = server.counts[manner] ?? 0;
      assert.ok(times > 0, `${manner} had its turn`);
      const named = NAMED[manner];
      if (named === undefined) good += times;
      else expected[named] = (expected[named] ?? 0) + times;
    }
    assert.deepEqual(failureCounts(summary), expected, stderr);
    const asked = server.asked.length;
    assert.deepEqual(books(summary), [asked, good, asked - good]);
    assert.equal(count(summary, 'http_reqs'), server.requests);
    assert.deepEqual([count(summary, 'answer_latency'), count(summary, 'first_byte_latency')], [good, good]);
    assert.match(stderr, /The model is overloaded/);
    assert.match(stderr, /to \/v2\/elsewhere, and no redirect of such a request is followed/);
  });

  test('is kept in the conversation, and a question without one is not', async (t) => {
    const server = await modelServer(t, ['well', 'empty', 'well']);
    await run(MODEL, server.url, { RAMP_START_SESSIONS: '1', RAMP_MAX_SESSIONS: '1' });
    const talks = server.asked.slice(0, 6).map(({ messages }) => messages.map(({ role }) => role).join(' '));
    const first = 'system user';
    const third = 'system user assistant user';
    assert.deepEqual(talks, [first, third, third, first, third, third]);
    const [one, , three] = server.asked;
    assert.equal(three?.messages[1]?.content, one?.messages[1]?.content);
    assert.equal(three?.messages[2]?.content, 'The heart — beats.');
  });
});

describe('an answer that is fetched', () => {
  test('is counted on both sides, and timed from its question', async (t) => {
    const server = await ticketServer(t, { delayMs: 100 });
    const more = { HTTP_HEADERS: 'X-Tenant: north' };
    const { exitCode, stdout, summary } = await run(TICKETS, server.url, more);
    assert.deepEqual([exitCode, summary.verdict.result], [0, 'PASS'], stdout);
    const { logins, questions, answers, strange } = server.counts;
    assert.deepEqual(books(summary), [questions, answers, 0]);
    assert.deepEqual([summary.operations['session']?.began, strange], [logins, 0]);
    assert.equal(count(summary, 'http_reqs'), 1 + logins + questions + answers);
    assert.equal(count(summary, 'answer_chunks'), 2 * answers);
    assert.deepEqual(
      [...server.seen].filter((request) => !request.includes('/health')),
      ['POST /login north', 'POST /questions north', 'GET /answers/… north'],
    );
    assert.ok(value(summary, 'first_byte_latency', 'min') >= Math.min(...server.firstBytes) - 1);
  });

  test('is fetched below the address of the settings alone', async (t) => {
    const stranger = await ticketServer(t);
    const { host } = new URL(stranger.url);
    const places = [
      `${stranger.url}/answers/1`,
      `@${host}/answers/1`,
      `.${host}/answers/1`,
      '/a/../answers/1',
      '',
      '/%2E%2e/answers/1',
    ];
    const server = await ticketServer(t, { places: [...places, undefined, `//${host}/answers/1`] });
    const { summary, stderr } = await run(TICKETS, server.url);
    const failures = failureCounts(summary);
    assert.deepEqual(Object.keys(failures).sort(), ['answer:bad_body', 'answer:blocked', 'answer:http_404']);
    const total = Object.values(stranger.counts).reduce((sum, part) => sum + part, 0);
    assert.equal(total, 0, 'nobody else was asked');
    assert.match(stderr, /which is no path below API_BASE_URL/);
    assert.equal(books(summary)[1], server.counts.answers);
  });

  test('of another question, and one that comes twice, are told apart', async (t) => {
    const server = await ticketServer(t, {
      answer: (question, number) => {
        if (number % 3 === 0) return SAID({ ...question, id: 'someone-elses' });
        return number % 3 === 1 ? SAID(question) : SAID(question) + SAID(question);
      },
    });
    const { summary } = await run(TICKETS, server.url);
    const { answers } = server.counts;
    const [, good, bad] = books(summary);
    assert.deepEqual([good, bad], [answers - Math.floor(answers / 3), Math.floor(answers / 3)]);
    assert.deepEqual(failureCounts(summary), { 'answer:misrouted': bad });
    assert.equal(count(summary, 'chunks_duplicated'), 2 * Math.floor((answers + 1) / 3));
  });
});
