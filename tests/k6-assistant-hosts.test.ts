// Are many hosts asked at once, each by itself, and is it told of each how fast it is, or why it does not answer?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:https';
import { describe, test, type TestContext } from 'node:test';
import { assistantServer } from './support/assistantServer.ts';
import { loopbackCertificate } from './support/certificate.ts';
import { runK6, type Summary } from './support/k6.ts';
import { listen, listenFor } from './support/listen.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { quickTarget } from './support/target.ts';

const run = (hosts: Record<string, string>, env: Record<string, string> = {}) =>
  runK6({
    source: 'scripts/hosts.ts',
    env: {
      HOSTS: Object.entries(hosts)
        .map(([name, url]) => `${name}=${url}`)
        .join(','),
      ROUND_SECONDS: '4',
      HTTP_TIMEOUT_SECONDS: '2',
      GENERATOR_LAG_LIMIT_MS: '100000',
      ...env,
    },
    seconds: 90,
  });

/** Of each host: answered checks, and the classes of the others. */
const outcomes = ({ breakdown }: Summary) =>
  Object.fromEntries(
    Object.entries(breakdown?.['health_check'] ?? {}).map(([host, { good, reasons = {} }]) => [
      host,
      [good, Object.keys(reasons).join()],
    ]),
  );

const GONE = 'http://127.0.0.1:1';

/** Takes connections and says nothing. */
async function silent(t: TestContext): Promise<string> {
  const server = createTcpServer((socket) => void socket.on('error', () => undefined));
  t.after(() => server.close());
  return `http://127.0.0.1:${await listen(server)}`;
}

async function untrusted(t: TestContext): Promise<string> {
  const { key, cert } = loopbackCertificate(t);
  const server = createTlsServer({ key, cert }, (_, response) => response.end('{}'));
  return `https://127.0.0.1:${await listenFor(t, server)}`;
}

describe('six hosts', () => {
  test('that are well are asked once each, as both servers count', async (t) => {
    const [target, server] = [await quickTarget(t), await assistantServer(t)];
    const hosts = {
      main: target.url,
      api: target.url,
      www: server.url,
      a: server.url,
      b: server.url,
      c: server.url,
    };
    const ended = await run(hosts, { ROUNDS: '2', ROUND_SECONDS: '1' });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(bookCounts(summary, 'health_check'), [12, 12, 0, 0]);
    assert.deepEqual([target.stats().assistant.endpoints.health.begun, server.counts().health], [4, 8]);
    assert.deepEqual(
      outcomes(summary),
      Object.fromEntries(Object.keys(hosts).map((name) => [name, [2, '']])),
    );
  });

  test('of which three are gone, each in its own way: half is enough, and each costs its own time-out only', async (t) => {
    const server = await assistantServer(t);
    const hosts = {
      main: server.url,
      refused: GONE,
      silent: await silent(t),
      unknown: 'http://nobody.invalid',
      api: server.url,
      www: server.url,
    };
    const ended = await run(hosts);
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    const { unknown, ...others } = outcomes(summary);
    assert.deepEqual(others, {
      main: [1, ''],
      refused: [0, 'refused'],
      silent: [0, 'request_timeout'],
      api: [1, ''],
      www: [1, ''],
    });
    // A resolver that never answers takes its time; a proxy of this machine may answer itself.
    assert.equal(unknown?.[0], 0);
    assert.equal(
      Object.values(failureCounts(summary)).reduce((sum, count) => sum + count, 0),
      3,
    );
    const slowest = summary.stages[0]?.operations['health_check']?.latency?.['max'] ?? NaN;
    assert.ok(slowest < 2000, `those that are well waited for none: ${slowest} ms`);
    assert.match(ended.stdout, /silent +1 check, success 0\.00 %, no reply in time/);
    assert.match(ended.file('report.html') ?? '', /connection refused/);
  });

  test('of which four are gone fail, with the reason of each', async (t) => {
    const server = await assistantServer(t);
    const certificate = await untrusted(t);
    const hosts = {
      main: server.url,
      a: GONE,
      b: GONE,
      c: certificate,
      d: `${server.url}/nothing`,
      api: server.url,
    };
    const ended = await run(hosts);
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(outcomes(summary), {
      main: [1, ''],
      a: [0, 'refused'],
      b: [0, 'refused'],
      c: [0, 'tls_certificate'],
      d: [0, 'http_404'],
      api: [1, ''],
    });
    assert.deepEqual(failureCounts(summary), {
      'check refused': 2,
      'check tls_certificate': 1,
      'check http_404': 1,
    });
  });
});

test('hosts that are none are refused in a sentence', async () => {
  for (const HOSTS of [
    'main',
    'main=ftp://a',
    'a=http://b,a=http://c',
    'main=http://user:secret@b',
    'a=http://b?x',
  ]) {
    const { exitCode, stderr } = await run({}, { HOSTS });
    assert.equal(exitCode, 107, HOSTS);
    assert.match(stderr, /HOSTS is wrong: it must be 1 to 50 names with http:\/\/ or https:\/\/ addresses/);
    assert.doesNotMatch(stderr, /secret/);
  }
});
