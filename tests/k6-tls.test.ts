// Over TLS, as most back ends are reached: is everything counted, and is a certificate or address at fault named?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { assertSameCounts, summaryOf } from './support/books.ts';
import { loopbackCertificate } from './support/certificate.ts';
import { runK6 } from './support/k6.ts';
import { opensslUnavailable } from './support/openssl.ts';
import { tlsProxy } from './support/proxy.ts';
import { quickTarget, settingsFor } from './support/target.ts';

/** A target behind TLS, the settings that lead to it, and its certificate's file. */
async function behindTls(t: TestContext) {
  const target = await quickTarget(t);
  const { file, ...options } = loopbackCertificate(t);
  const address = `localhost:${await tlsProxy(t, target.port, options)}`;
  const env = settingsFor({ url: `https://${address}`, websocketUrl: `wss://${address}` });
  return { target, address, file, env: { ...env, NUM_SESSIONS: '5', QUESTIONS: 'MED1060:3' } };
}

describe('TLS', { skip: opensslUnavailable() }, () => {
  test('with a trusted certificate: every count is the same on both sides', async (t) => {
    const { target, env, file } = await behindTls(t);
    const run = await runK6({ source: 'scripts/burst.ts', env: { ...env, SSL_CERT_FILE: file } });
    const summary = summaryOf(run);
    assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS']);
    assert.deepEqual([summary.sessions.completed, summary.questions.answered], [5, 15]);
    assertSameCounts(summary, target.stats());
  });

  test('with a certificate that nobody checks', async (t) => {
    const { env } = await behindTls(t);
    const run = await runK6({
      source: 'scripts/burst.ts',
      env: { ...env, K6_INSECURE_SKIP_TLS_VERIFY: 'true' },
    });
    assert.deepEqual([run.exitCode, summaryOf(run).questions.answered], [0, 15]);
  });

  test('a certificate that k6 does not trust is named before any load, with both remedies', async (t) => {
    const { target, env, address } = await behindTls(t);
    const run = await runK6({ source: 'scripts/burst.ts', env });
    assert.equal(run.exitCode, 107);
    assert.match(
      run.stderr,
      new RegExp(`k6 does not trust the certificate of https://${address}\\. Make this machine .+ any\\.`),
    );
    assert.equal(target.stats().tokens, 0);
  });

  test('an address without TLS where the back end speaks it is named before any load', async (t) => {
    const { env, target, address } = await behindTls(t);
    const url = `http://${address}`;
    const run = await runK6({ source: 'scripts/burst.ts', env: { ...env, API_BASE_URL: url } });
    assert.equal(run.exitCode, 107);
    assert.match(
      run.stderr,
      new RegExp(`What listens at ${url} does not answer .+ Set API_BASE_URL to an address with https://`),
    );
    assert.equal(target.stats().tokens, 0);
  });
});

test('an address with https where nothing speaks TLS is named before any load', async (t) => {
  const target = await quickTarget(t);
  const url = target.url.replace('http:', 'https:');
  const run = await runK6({ source: 'scripts/burst.ts', env: settingsFor({ ...target, url }) });
  assert.equal(run.exitCode, 107);
  assert.match(
    run.stderr,
    new RegExp(`There is no TLS at ${url}, .+ Set API_BASE_URL to an address with http://`),
  );
});
