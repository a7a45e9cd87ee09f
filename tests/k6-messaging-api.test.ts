// Are log-ins and requests of a messaging platform counted as the platform counts them, tokens renewed, and each fault named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { renderStats } from '../report/csv/locust.ts';
import { wrongList, wrongMessage } from '../systems/messaging/api/messagesProtocol.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { listenFor } from './support/listen.ts';
import { messagingServer } from './support/messagingServer.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { quickTarget } from './support/target.ts';

const SHORT = {
  NUM_USERS: '10',
  SPAWN_RATE: '20',
  HOLD_SECONDS: '4',
  HOLD_STAGES: '1',
  THINK_SECONDS: '0.1-0.2',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

const ANY = { request_success: ['rate>0'] };

const run = (url: string, limits: object = ANY, env: Record<string, string> = {}, script = 'messages-api') =>
  runK6({
    source: `scripts/${script}.ts`,
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { API_BASE_URL: url, ...SHORT, ...env },
    seconds: 90,
  });

/** How many of each endpoint were sent. */
function sent({ breakdown }: Summary): Record<string, number> {
  const rows = Object.entries(breakdown?.['request'] ?? {});
  return Object.fromEntries(rows.map(([name, { began }]) => [name, began]));
}

/** The limits that broke, by stage. */
function broken({ stages }: Summary): string[] {
  return stages.flatMap(({ number, limits }) =>
    limits.filter(({ kept }) => kept === false).map(({ metric }) => `${number} ${metric}`),
  );
}

const count = ({ measures }: Summary, metric: string) => Number(measures[metric] ?? 0);

describe('a clean run', () => {
  test('counts as the reference target does, and ends with the table of its requests', async (t) => {
    const target = await quickTarget(t);
    const limits = {
      'request_latency{endpoint:messages}': ['p(99)<60000'],
      'request_success{endpoint:conversations}': ['rate>0.99'],
      login_success: ['rate>0.99'],
      login_latency: ['p(95)<60000'],
    };
    const ended = await run(target.url, limits, { READ_SHARE: '0.3' });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    const { endpoints, messages, tokens } = target.stats().messaging;
    const { login, message, conversations } = endpoints;
    assert.deepEqual(sent(summary), { messages: message.begun, conversations: conversations.begun });
    assert.equal(summary.breakdown?.['request']?.['messages']?.good, messages);
    assert.deepEqual(bookCounts(summary, 'user'), [10, 10, 0, 0]);
    assert.deepEqual(bookCounts(summary, 'login'), [10, 10, 0, 0]);
    assert.deepEqual([login.begun, tokens.issued, tokens.refused], [10, 10, {}]);
    assert.deepEqual(failureCounts(summary), {});
    // Users log in while they come, before anything is judged.
    assert.deepEqual(summary.stages[0]?.operations['login']?.success, { rate: 1, samples: 10 });
    assertTable(ended, summary, { login: 10, ...sent(summary) });
  });

  test('counts as another server does, whose tokens live for seconds: none of them expires', async (t) => {
    const server = await messagingServer(t, { tokenSeconds: 5 });
    const ended = await run(server.url, ANY, { CONVERSATIONS: '7', RENEW_AFTER: '0.2' });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    const { requests, logins, unauthorised } = server.counts;
    const { messages = 0, conversations = 0 } = sent(summary);
    assert.deepEqual(requests, {
      'GET /health': 1,
      'POST /v1/auth/login': logins,
      'POST /v1/messages': messages,
      'GET /v1/conversations': conversations,
    });
    // That is the check before the load.
    assert.deepEqual(unauthorised, { token_missing: 1 });
    assert.deepEqual(bookCounts(summary, 'login'), [logins, logins, 0, 0]);
    assert.equal(count(summary, 'tokens_renewed'), logins - 10);
    assert.ok(logins >= 20, `${logins} log-ins`);
    assert.equal(count(summary, 'tokens_expired'), 0);
    assert.deepEqual(failureCounts(summary), {});
  });
});

/** The rows of the text, of `stats.csv`, and what k6 counted. */
function assertTable({ stdout }: K6Run, summary: Summary, rows: Record<string, number>): void {
  const all = Object.values(rows).reduce((sum, each) => sum + each, 0);
  const [, table = ''] = stdout.split(' requests by type and name');
  const lines = table.split('\n');
  for (const [name, requests] of Object.entries({ ...rows, Aggregated: all })) {
    const place = lines.findIndex((line) => line === ` HTTP ${name}` || line === ` ${name}`);
    assert.match(lines[place + 1] ?? '', new RegExp(`^ +${requests} +0 `), `${name} in ${table}`);
  }
  for (const line of lines) assert.ok(line.length <= 80, line);
  const [, ...csv] = renderStats({ summary, verdict: summary.verdict }).trim().split('\n');
  assert.deepEqual(
    csv.map((row) => row.split(',').slice(0, 4).join()),
    [...Object.entries(rows).map(([name, requests]) => `HTTP,${name},${requests},0`), `,Aggregated,${all},0`],
  );
}

describe('a token that the platform calls expired', () => {
  test('is counted, renewed once, and what was asked is asked again', async (t) => {
    const target = await quickTarget(t, { faults: { 'bearer-expired': 20 } });
    const ended = await run(target.url);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    const { endpoints, faults } = target.stats().messaging;
    const expired = faults['bearer-expired'] ?? 0;
    assert.ok(expired > 0, 'none was');
    assert.equal(count(summary, 'tokens_expired'), expired);
    assert.equal(count(summary, 'tokens_renewed'), expired);
    assert.deepEqual(bookCounts(summary, 'login'), [10 + expired, 10 + expired, 0, 0]);
    const { began = 0, bad } = summary.operations['request'] ?? {};
    assert.deepEqual([began + expired, bad], [endpoints.message.begun + endpoints.conversations.begun, 0]);
    assert.deepEqual(failureCounts(summary), {});
  });

  test('for whom there is no other costs the request and the visit', async (t) => {
    // The first ten log-ins are those of users who come.
    const manners = { expireEarly: 15, refuseLogin: (number: number) => number > 10 && number % 2 === 1 };
    const server = await messagingServer(t, { faults: manners, loginStatus: 503, tokenSeconds: 600 });
    const env = { CONVERSATIONS: '7', RESTART_DELAY_SECONDS: '0.1' };
    const ended = await run(server.url, ANY, env);
    const summary = proved(ended);
    const { expireEarly = 0, refuseLogin = 0 } = server.counts.broken;
    assert.ok(refuseLogin > 0, 'none was refused');
    assert.equal(count(summary, 'tokens_expired'), expireEarly);
    assert.equal(failureCounts(summary)['login http_503'], refuseLogin);
    // Of a request that got no other token, its 401 is the failure.
    assert.equal(summary.operations['login']?.bad, refuseLogin);
    const { bad = 0 } = summary.operations['request'] ?? {};
    assert.equal(bad, failureCounts(summary)['request http_401']);
    assert.ok(bad > 0, 'no request failed');
  });
});

describe('log-ins that are refused', () => {
  test('now and then are counted, and break their own limit', async (t) => {
    const target = await quickTarget(t, { faults: { 'login-503': 3 } });
    const limits = { ...ANY, login_success: ['rate>0.99'] };
    const ended = await run(target.url, limits, { RESTART_DELAY_SECONDS: '0.2' });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    const refused = target.stats().messaging.faults['login-503'] ?? 0;
    assert.deepEqual(failureCounts(summary), { 'login http_503': refused });
    assert.equal(summary.operations['login']?.bad, refused);
    assert.deepEqual(broken(summary), ['1 login_success']);
    assert.match(summary.verdict.sentence, /login success/);
  });

  test('are tried again where RETRIES says so, and end no visit', async (t) => {
    const target = await quickTarget(t, { faults: { 'login-503': 3 } });
    const env = { RETRIES: '5', RETRY_BASE_SECONDS: '0.05', RETRY_BUDGET: '5' };
    const ended = await run(target.url, ANY, env);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'PASS');
    assert.equal(summary.retries.phases['login'], target.stats().messaging.faults['login-503']);
    const [users = 0, good = 0, bad = 0] = bookCounts(summary, 'user');
    assert.deepEqual([users, good + bad], [10, 10]);
  });

  test('all of them leave nothing to judge: the verdict names what to check', async (t) => {
    const target = await quickTarget(t, { faults: { 'login-401': 1 } });
    const ended = await run(target.url);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'INVALID');
    assert.match(summary.verdict.sentence, /no user got an answer.*USER_NAME and PASSWORD/);
    assert.equal(summary.operations['request']?.began, 0);
  });
});

describe('a fault', () => {
  test('of one endpoint breaks its limit and no other, and is counted exactly', async (t) => {
    const target = await quickTarget(t, { faults: { 'conversations-503': 2 } });
    const limits = {
      'request_success{endpoint:conversations}': ['rate>0.99'],
      'request_success{endpoint:messages}': ['rate>0.99'],
      login_success: ['rate>0.99'],
    };
    const ended = await run(target.url, limits, { READ_SHARE: '0.3' });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    const faults = target.stats().messaging.faults['conversations-503'] ?? 0;
    assert.deepEqual(failureCounts(summary), { 'request http_503': faults });
    assert.deepEqual(broken(summary), ['1 request_success{endpoint:conversations}']);
  });

  test('that makes messages slow breaks the limit of messages', async (t) => {
    const target = await quickTarget(t, { messageMs: 1500 });
    const limits = {
      'request_latency{endpoint:messages}': ['p(99)<1200'],
      'request_success{endpoint:messages}': ['rate>0.99'],
    };
    const ended = await run(target.url, limits);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(broken(summary), ['1 request_latency{endpoint:messages}']);
  });

  test('is an answer that is not what was asked for', async (t) => {
    const wrong = await wrongServer(t);
    const ended = await run(wrong.url, ANY, { READ_SHARE: '0.5' });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(failureCounts(summary), { 'request bad_body': wrong.answers() });
    assert.match(ended.stderr, /the answer of (messages|conversations) (lacks|is not of|has another) /);
  });
});

/** Answers everything, but every second time with something missing or somebody else's. */
async function wrongServer(t: TestContext): Promise<{ url: string; answers: () => number }> {
  let [asked, wrong] = [0, 0];
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      response.setHeader('Content-Type', 'application/json');
      response.end(JSON.stringify(replyTo(request.url ?? '', Buffer.concat(parts).toString())));
    });
  });
  return { url: `http://127.0.0.1:${await listenFor(t, server)}`, answers: () => wrong };

  function replyTo(path: string, body: string): unknown {
    if (path === '/v1/auth/login') return { token: 'abc', token_type: 'Bearer', expires_in: 3600 };
    if (path === '/health') return {};
    const isWrong = ++asked % 2 === 0;
    if (isWrong) wrong++;
    if (path === '/v1/conversations') return isWrong ? { list: [] } : { conversations: [] };
    const message = { id: asked, ...(JSON.parse(body) as { sent_at: number; conversation_id: string }) };
    if (!isWrong) return message;
    const ways = [{ id: undefined }, { conversation_id: 'other' }, { sent_at: message.sent_at + 1 }];
    return { ...message, ...ways[(asked / 2) % 3] };
  }
}

test('an answer must be of what was asked', () => {
  const message = { conversationId: 'conv-3', sentAt: 17 };
  const good = { id: 'a', conversation_id: 'conv-3', sent_at: 17, created_at: 18 };
  assert.equal(wrongMessage(good, message), undefined);
  assert.equal(wrongMessage({ ...good, id: 9 }, message), undefined);
  assert.equal(wrongMessage({ ...good, id: '' }, message), 'lacks "id"');
  assert.equal(wrongMessage({ ...good, conversation_id: 'conv-4' }, message), 'is not of conv-3');
  assert.equal(wrongMessage({ ...good, sent_at: '17' }, message), 'has another "sent_at" than 17');
  assert.equal(wrongMessage(undefined, message), 'lacks "id"');
  assert.equal(wrongList({ conversations: [] }), undefined);
  for (const list of [{ conversations: {} }, [], undefined])
    assert.equal(wrongList(list), 'lacks "conversations"');
});

describe('sustained', () => {
  const env = { NUM_USERS: '4', HOLD_SECONDS: '8', HOLD_STAGES: '2', CONVERSATIONS: '7', READ_SHARE: '0' };
  const limits = (most: number) => ({
    ...ANY,
    request_latency_drift: [`p(95)<${most}`],
    request_failure_drift: ['avg<0.01'],
  });

  test('compares each user with what it was in stage 1', async (t) => {
    const server = await messagingServer(t);
    const ended = await run(server.url, limits(100_000), env, 'sustained');
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    const [, second] = summary.stages;
    const compared = summary.measures['requests_compared'];
    assert.equal(compared, second?.operations['request']?.began);
    assert.ok(Number(compared) > 0, 'nothing was compared');
  });

  test('tells a platform that gets slower as time goes by', async (t) => {
    let first = Infinity;
    const slow = () => Date.now() - (first = Math.min(first, Date.now())) > 4200;
    const server = await messagingServer(t, { faults: { slow }, delayMs: 2000 });
    const ended = await run(server.url, limits(8), env, 'sustained');
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(broken(summary), ['2 request_latency_drift']);
  });
});

describe('a limit on messages a second', () => {
  const limits = (least: number) => ({ 'requests_answered{endpoint:messages}': [`rate>${least}`] });

  test('is broken by a platform that takes its time', async (t) => {
    const target = await quickTarget(t, { messageMs: 1000 });
    const ended = await run(target.url, limits(100), { THINK_SECONDS: '0.01', READ_SHARE: '0' });
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'FAIL');
    assert.match(summary.verdict.sentence, /messages requests answered .*\/s, limit 100\/s/);
  });

  test('is not the fault of the platform where the load generator was late', async (t) => {
    const target = await quickTarget(t);
    const env = { THINK_SECONDS: '0', GENERATOR_LAG_LIMIT_MS: '0.0001', NUM_USERS: '4' };
    const ended = await run(target.url, limits(166_667), env);
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'INVALID');
    assert.match(summary.verdict.sentence, /^the load generator was starved: lag p99 /);
    assert.match(ended.stdout, /^ throughput +[\d,]+ messages a minute /m);
  });

  test('nor where its users pause too long to come to it', async (t) => {
    const target = await quickTarget(t);
    const ended = await run(target.url, limits(166_667));
    const summary = proved(ended, target.stats());
    assertResult(ended, summary, 'INVALID');
    assert.match(
      summary.verdict.sentence,
      /^10 users make at most [\d.]+ messages\/s, even if none takes any time, and the limit of stage 1 is 166,667\/s: have more users, or shorter pauses \(THINK_SECONDS\)$/,
    );
  });
});

describe('bad input', () => {
  const cases: [env: Record<string, string>, sentence: RegExp][] = [
    [{ SPAWN_RATE: '1' }, /SPAWN_RATE is 1, with which 10 take 10 s to come/],
    [{ READ_SHARE: '10' }, /READ_SHARE is \\"10\\": it must be a number of a share of 1/],
    [{ NUM_USER: '5', NUM_USERS: '' }, /NUM_USER is not a setting of Crescendo. Did you mean NUM_USERS\?/],
    [{ PLAN_FILE: 'arrivals.json' }, /PLAN_FILE has arrivals, but users of this script stay/],
  ];
  for (const [env, sentence] of cases)
    test(`${Object.keys(env).join()} is refused before any load`, async () => {
      const { stderr, exitCode } = await runK6({
        source: 'scripts/messages-api.ts',
        files: {
          'limits.json': JSON.stringify({ target: ANY }),
          'arrivals.json': '{"arrivals": [{"perSecond": 2, "hold": 10}], "atMost": 5}',
        },
        env: { API_BASE_URL: 'http://127.0.0.1:1', ...SHORT, ...env },
      });
      assert.equal(exitCode, 107);
      assert.match(stderr, sentence);
    });
});
