// Are REST calls sent on within their host, counted rightly, and never to anybody else?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { test, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { loopbackCertificate } from './support/certificate.ts';
import { runK6, type K6Run, type Summary } from './support/k6.ts';
import { listen } from './support/listen.ts';
import { opensslUnavailable } from './support/openssl.ts';
import { otherServer, soundly, type Replying } from './support/otherServer.ts';
import { tlsProxy } from './support/proxy.ts';

interface Outcome {
  run: K6Run;
  summary: Summary;
  calls: string[];
}

async function against(t: TestContext, reply: Replying, more: Record<string, string> = {}): Promise<Outcome> {
  const { url, websocketUrl, calls } = await otherServer(t, soundly, undefined, { reply });
  const run = await runK6({ source: 'scripts/burst.ts', env: environment(url, websocketUrl, more) });
  const summary = summaryOf(run);
  assertBalanced(summary);
  return { run, summary, calls };
}

const environment = (url: string, websocketUrl: string, more: Record<string, string> = {}) => ({
  API_BASE_URL: url,
  WEBSOCKET_BASE_URL: websocketUrl,
  ENCRYPTION: 'none',
  NUM_SESSIONS: '2',
  QUESTIONS: 'MED1060:2',
  GENERATOR_LAG_LIMIT_MS: '100000',
  ...more,
});

const to = (status: number, location: string): [number, string, Record<string, string>] => [
  status,
  '',
  { location },
];
const requests = ({ metrics }: Summary): number => metrics['http_reqs']?.['count'] ?? 0;
const CHECKS = 2;

test('a redirect within the host is followed: method, body and credentials stay', async (t) => {
  const SLASHED: Record<string, [number, string, Record<string, string>]> = {
    'POST /auth/token': to(307, '/auth/token/'),
    'POST /auth/token/': [200, '{"token": "t"}', {}],
    'POST /chat/sessions': to(308, 'sessions/?v=2'),
    'POST /chat/sessions/?v=2': [201, '{"session_id": "s", "connection_id": "c"}', {}],
    'DELETE /chat/sessions/s': to(307, '/chat/sessions/s/'),
    'DELETE /chat/sessions/s/': [204, '', {}],
  };
  const { run, summary, calls } = await against(t, (call) => SLASHED[call], { RETRIES: '2' });
  assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout + run.stderr);
  assert.deepEqual(failureCounts(summary), {});
  assert.deepEqual([requests(summary), summary.retries.attempted], [CHECKS + 2 * 6, 0]);
  const user = calls.find((call) => call.startsWith('POST /auth/token/'))?.split(' ')[2];
  assert.match(user ?? '', /^\{"user":"crescendo-\d-0"\}$/);
  for (const call of ['POST /chat/sessions/?v=2 {} Bearer t', 'DELETE /chat/sessions/s/  Bearer t'])
    assert.equal(calls.filter((one) => one === call).length, 2, calls.join('\n'));
});

test('303 asks for the reply with GET, as browsers do', async (t) => {
  const { run, calls } = await against(t, (call) => {
    if (call === 'POST /auth/token') return to(303, '/auth/tokens/1');
    return call === 'GET /auth/tokens/1' ? [200, '{"token": "t"}'] : undefined;
  });
  assert.equal(run.exitCode, 0, run.stdout);
  assert.ok(calls.includes('GET /auth/tokens/1'), calls.join('\n'));
});

test('a redirect to another host is not followed, and is named', async (t) => {
  const stranger = await otherServer(t, soundly);
  const { run, summary, calls } = await against(
    t,
    (call) => (call === 'POST /chat/sessions' ? to(307, `${stranger.url}/x?token=secret-1`) : undefined),
    { RETRIES: '2' },
  );
  assert.deepEqual(failureCounts(summary), { 'session:http_other': 2 });
  assert.deepEqual([stranger.calls, calls.length, summary.retries.attempted], [[], 4, 0]);
  assert.deepEqual([run.exitCode, requests(summary)], [99, CHECKS + 4]);
  const named = `session http_other: POST /chat/sessions answered 307 Temporary Redirect to ${stranger.url}/x?…, which is another host than the call was made to`;
  assert.ok(run.stderr.includes(named), run.stderr);
  assert.doesNotMatch(run.stdout + run.stderr, /secret-1/);
});

test('a circle ends, and is named', async (t) => {
  const { run, summary, calls } = await against(t, (call) =>
    call === 'POST /auth/token' ? to(307, '/auth/token') : undefined,
  );
  assert.deepEqual(failureCounts(summary), { 'token:http_other': 2 });
  assert.deepEqual([calls.length, requests(summary)], [12, CHECKS + 12]);
  assert.match(
    run.stderr,
    /answered 307 Temporary Redirect to \/auth\/token, the redirect number 6 of one call/,
  );
});

test('what fails behind a redirect is tried again from the start, and counted once', async (t) => {
  const replies = new Map<string, number>();
  const { run, summary, calls } = await against(
    t,
    (call) => {
      replies.set(call, (replies.get(call) ?? 0) + 1);
      if (call === 'POST /auth/token') return to(307, '/auth/token/');
      if (call !== 'POST /auth/token/') return undefined;
      return replies.get(call) === 1 ? [503, '{"error": "busy"}'] : [200, '{"token": "t"}'];
    },
    { RETRIES: '1', RETRY_BASE_SECONDS: '0.1', NUM_SESSIONS: '1' },
  );
  assert.deepEqual(failureCounts(summary), { 'token:http_503': 1 });
  assert.deepEqual([summary.retries.attempted, summary.retries.succeeded], [1, 1]);
  assert.equal(summary.questions.answered, 2);
  assert.equal(calls.filter((call) => call.startsWith('POST /auth/token ')).length, 2);
  assert.ok(
    run.stderr.includes(
      String.raw`token http_503: POST /auth/token, redirected by 307 to /auth/token/, answered 503 Service Unavailable: {\"error\": \"busy\"}`,
    ),
    run.stderr,
  );
});

test('a call has its time limit once, however often it is redirected', async (t) => {
  const { summary, calls } = await against(
    t,
    async (call) => {
      await delay(call.startsWith('POST /auth/token') ? 700 : 0);
      return call === 'POST /auth/token' ? to(307, '/auth/token/') : undefined;
    },
    { HTTP_TIMEOUT_SECONDS: '1', NUM_SESSIONS: '1' },
  );
  assert.deepEqual(failureCounts(summary), { 'token:request_timeout': 1 });
  assert.equal(calls.length, 2);
});

test('the same host with TLS is no other host', { skip: opensslUnavailable() }, async (t) => {
  let place = '';
  const server = await otherServer(t, soundly, undefined, {
    reply: (call) => {
      if (call === 'POST /auth/token') return to(308, place);
      return call === 'POST /auth/token/' ? [200, '{"token": "t"}'] : undefined;
    },
  });
  const { file, ...options } = loopbackCertificate(t);
  const plainPort = Number(new URL(server.url).port);
  const { port, overTls } = await bothWays(t, plainPort, await tlsProxy(t, plainPort, options));
  place = `https://127.0.0.1:${port}/auth/token/`;
  const env = environment(`http://127.0.0.1:${port}`, `ws://127.0.0.1:${port}`, { SSL_CERT_FILE: file });
  const run = await runK6({ source: 'scripts/burst.ts', env });
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  assert.equal(overTls(), 2);
  assert.equal(server.calls.filter((call) => call.startsWith('POST /auth/token/')).length, 2);
});

/** One port for both: what begins like TLS goes to the one, all else to the other. */
async function bothWays(
  t: TestContext,
  plainPort: number,
  tlsPort: number,
): Promise<{ port: number; overTls: () => number }> {
  let overTls = 0;
  const server = createServer((client) => {
    client.on('error', () => client.destroy());
    client.once('data', (data) => {
      const isTls = data[0] === 22;
      if (isTls) overTls++;
      const onward = connect(isTls ? tlsPort : plainPort, '127.0.0.1');
      onward.on('error', () => client.destroy());
      onward.write(data);
      client.pipe(onward).pipe(client);
      t.after(() => client.destroy());
    });
  });
  t.after(() => server.close());
  return { port: await listen(server), overTls: () => overTls };
}
