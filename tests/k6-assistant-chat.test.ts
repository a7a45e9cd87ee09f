// Are chats over HTTP counted as the assistant counts them, all begun at once, and are slow, failing and blocked ones named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assistantServer } from './support/assistantServer.ts';
import { runK6, type Summary } from './support/k6.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { quickTarget, targetProcess } from './support/target.ts';

const SHORT = {
  CHATS: '10,25',
  ROUND_SECONDS: '2',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

const run = (
  url: string,
  limits: object,
  env: Record<string, string> = {},
  started?: (pid: number) => void,
) =>
  runK6({
    source: 'scripts/chat-http.ts',
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { API_BASE_URL: url, ...SHORT, ...env },
    seconds: 90,
    ...(started === undefined ? {} : { started }),
  });

/** No loop of a busy machine is without delays, so a test that is about something else allows them. */
const ANY = { request_success: ['rate>0'] };
const USUAL = { request_success: ['rate>0.99'], request_latency: ['p(95)<2000'], done_after: ['max<5000'] };

/** The limits that broke, by stage. */
const broken = ({ stages }: Summary) =>
  stages.flatMap(({ number, limits }) =>
    limits.filter(({ kept }) => kept === false).map(({ metric }) => `${number} ${metric}`),
  );

describe('a clean run', () => {
  test('counts each chat and each look at the health as the reference target does', async (t) => {
    const target = await quickTarget(t, { assistantChatMs: 20 });
    const ended = await run(target.url, { ...USUAL, target_loop_delay: ['max<100000'] });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    const { chat, health } = target.stats().assistant.endpoints;
    assert.deepEqual(bookCounts(summary, 'request'), [35, 35, 0, 0]);
    assert.deepEqual([chat.begun, chat.answered['200']], [35, 35]);
    assert.equal(summary.operations['look']?.began, health.begun);
    assert.deepEqual(failureCounts(summary), {});
    assert.deepEqual(
      summary.stages.map(({ level, operations }) => [level, operations['request']?.began]),
      [
        [10, 10],
        [25, 25],
      ],
    );
    assert.match(ended.stdout, /event loops {2}target /);
  });

  test('of several rounds has all of a level in each, as another server counts them', async (t) => {
    const server = await assistantServer(t, { chatMs: 200 });
    const ended = await run(server.url, USUAL, { CHATS: '8', ROUNDS: '3', ROUND_SECONDS: '1' });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    const { chat, chatsAtOnce, health } = server.counts();
    assert.deepEqual([chat, chatsAtOnce], [24, 8], 'all of a round at once');
    assert.equal(summary.operations['look']?.began, health);
    assert.deepEqual(bookCounts(summary, 'request'), [24, 24, 0, 0]);
  });

  test('needs no health where no limit asks for it', async (t) => {
    const server = await assistantServer(t);
    const ended = await run(server.url, USUAL, { CHATS: '5', HEALTH_URL: `${server.url}/nothing` });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    const { began = 0, good } = summary.operations['look'] ?? {};
    assert.deepEqual([began > 0, good, summary.loops?.target.worstMs], [true, 0, null]);
  });
});

describe('a fault is counted exactly, and named', () => {
  test('chats that take 3 s', async (t) => {
    const target = await quickTarget(t, { assistantChatMs: 3000 });
    const ended = await run(target.url, USUAL, { CHATS: '10', ROUND_SECONDS: '5' });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(broken(summary), ['1 request_latency']);
  });

  test('one chat at a time: all are done too late, though each is short', async (t) => {
    const server = await assistantServer(t, { chatMs: 150, serial: true });
    const limits = { request_success: ['rate>0.99'], done_after: ['max<2000'] };
    const ended = await run(server.url, limits, { CHATS: '20', ROUND_SECONDS: '5' });
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual([broken(summary), server.counts().chatsAtOnce], [['1 done_after'], 1]);
    assert.match(ended.stdout, /what serves one at a time/);
  });

  test('every 50th chat is an error, and so is an empty answer', async (t) => {
    const target = await quickTarget(t, { faults: { 'chat-500': 50, 'chat-empty': 25 } });
    const ended = await run(target.url, USUAL, { CHATS: '100' });
    const { faults } = target.stats().assistant;
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(faults, { 'chat-500': 2, 'chat-empty': 2 });
    assert.deepEqual(failureCounts(summary), { 'request http_500': 2, 'request bad_body': 2 });
    assert.deepEqual(broken(summary), ['1 request_success']);
  });

  test('a blocked loop of the target', async (t) => {
    const target = await targetProcess(t, { assistantBlockMs: 600, assistantBlockEveryMs: 700 });
    const ended = await run(target.url, { ...ANY, target_loop_delay: ['max<300'] }, { CHATS: '5' });
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual([broken(summary), summary.loops?.target.blocked], [['1 target_loop_delay'], true]);
    assert.match(ended.stdout, /event loops {2}target blocked/);
  });

  test('a health that tells nothing, where a limit needs it', async (t) => {
    const target = await quickTarget(t, { faults: { 'api-health-500': 1 } });
    const ended = await run(target.url, { ...ANY, target_loop_delay: ['max<100000'] }, { CHATS: '5' });
    const { verdict } = proved(ended, target.stats());
    assert.equal(verdict.result, 'INVALID');
    assert.match(verdict.sentence, /stage 1 has no samples for target loop delay.*check HEALTH_URL/);
  });
});

describe('a load generator that is at fault itself', () => {
  test('because it stood still, makes the run INVALID', { skip: process.platform === 'win32' }, async (t) => {
    const server = await assistantServer(t, { chatMs: 10 });
    const paused = (pid: number) => {
      const waiting = setInterval(() => {
        if (server.counts().chat === 0) return;
        clearInterval(waiting);
        process.kill(pid, 'SIGSTOP');
        setTimeout(() => process.kill(pid, 'SIGCONT'), 1500);
      }, 20);
    };
    const env = { CHATS: '5', ROUNDS: '3', GENERATOR_LAG_LIMIT_MS: '500' };
    const ended = await run(server.url, ANY, env, paused);
    const { verdict, loops } = proved(ended);
    assert.deepEqual([ended.exitCode, verdict.result], [99, 'INVALID'], ended.stdout);
    assert.equal(loops?.generator.blocked, true);
    assert.match(
      verdict.reasons.join('\n'),
      /the load generator's own event loop was blocked for \d+\.\d % of stage 1/,
    );
  });

  test('because a round came before the one before was over, says so', async (t) => {
    const server = await assistantServer(t, { chatMs: 2500 });
    const ended = await run(server.url, ANY, { CHATS: '3,4', ROUND_SECONDS: '1' });
    const { verdict } = proved(ended);
    assert.equal(verdict.result, 'INVALID', ended.stdout);
    assert.match(verdict.sentence, /^only \d of 4 chats of stage 2 began: what went before ended too late/);
  });

  test('because rounds were left out, says how many, and plain k6 does not pass', async (t) => {
    const server = await assistantServer(t, { chatMs: 700 });
    const env = { CHATS: '8', ROUNDS: '6', ROUND_SECONDS: '0.5' };
    const ended = await run(server.url, USUAL, env);
    const summary = proved(ended);
    const begun = server.counts().chat;
    assert.deepEqual([ended.exitCode, summary.verdict.result], [99, 'INVALID'], ended.stdout);
    assert.deepEqual(
      [bookCounts(summary, 'request'), summary.stages[0]?.measures['rounds_begun']],
      [[begun, begun, 0, 0], begun],
    );
    assert.equal(
      summary.verdict.sentence,
      `only ${begun} of the 48 rounds of the 8 chats of stage 1 began: what went before ended too late, or there was too little time to come: raise ROUND_SECONDS or GATHER_SECONDS`,
    );
  });

  test('but a limit that broke in the rounds that were not left out makes it FAIL', async (t) => {
    const server = await assistantServer(t, { chatMs: 700 });
    const env = { CHATS: '8', ROUNDS: '6', ROUND_SECONDS: '0.5' };
    const ended = await run(server.url, { request_latency: ['p(95)<100'] }, env);
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(broken(summary), ['1 request_latency']);
  });
});

test('settings that make no load are refused, each in a sentence', async () => {
  const ended = await run('http://127.0.0.1:1', ANY, { CHATS: '0', ROUNDS: '0', PROFILE: 'load' });
  assert.equal(ended.exitCode, 107);
  assert.match(ended.stderr, /CHATS is \\?"0\\?": it must be whole numbers of chats/);
  assert.match(ended.stderr, /ROUNDS is \\?"0\\?": it must be a whole number of rounds/);
});
