// Are commands to a real Redis server counted as it counts them, are its errors named, and is no key left behind?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { loopbackCertificate } from './support/certificate.ts';
import { runK6, type Summary } from './support/k6.ts';
import { opensslUnavailable } from './support/openssl.ts';
import { assertResult, bookCounts, failureCounts, proved } from './support/proved.ts';
import { tlsProxy } from './support/proxy.ts';
import { redisServer, redisUnavailable } from './support/redisServer.ts';
import { until } from './support/until.ts';

const SHORT = {
  OPERATIONS: '10,30',
  ROUND_SECONDS: '2',
  REDIS_TIMEOUT_SECONDS: '1',
  GENERATOR_LAG_LIMIT_MS: '100000',
  THRESHOLDS_FILE: 'limits.json',
};

const USUAL = {
  command_success: ['rate>0.99'],
  connection_success: ['rate>0.99'],
  done_after: ['max<60000'],
};

interface Order {
  limits?: object;
  env?: Record<string, string>;
  started?: (pid: number) => void;
}

const run = (url: string, { limits = USUAL, env = {}, started }: Order = {}) =>
  runK6({
    source: 'scripts/redis.ts',
    files: { 'limits.json': JSON.stringify({ target: limits }) },
    env: { REDIS_URL: url, ...SHORT, ...env },
    seconds: 90,
    ...(started === undefined ? {} : { started }),
  });

const COMMANDS = ['SET', 'GET', 'INCR', 'LPUSH', 'LRANGE', 'HSET', 'HGET', 'DEL'];

/** How many commands the run sent, by name in lower case. */
const sent = ({ breakdown }: Summary) =>
  Object.fromEntries(
    Object.entries(breakdown?.['command'] ?? {}).map(([name, { began }]) => [name.toLowerCase(), began]),
  );

const without = (calls: Record<string, number>, ...names: string[]) =>
  Object.fromEntries(Object.entries(calls).filter(([name]) => !names.includes(name)));

/** k6 needs its time to start on a busy machine. */
const event = (holds: () => Promise<boolean>) => until(holds, 60, 20);

describe('commands to a Redis server', { skip: redisUnavailable() }, () => {
  test('are counted as it counts them, by name, and no key stays', async (t) => {
    const redis = await redisServer(t);
    const ended = await run(`${redis.url}/3`);
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(bookCounts(summary, 'command'), [320, 320, 0, 0]);
    const own = ['hello', 'select', 'client|setinfo', 'unlink', 'ping', 'config|resetstat', 'info'];
    const calls = without(await redis.calls(), ...own);
    assert.deepEqual(sent(summary), calls);
    assert.deepEqual(calls, Object.fromEntries(COMMANDS.map((name) => [name.toLowerCase(), 40])));
    assert.deepEqual(await redis.keys(), []);
    assert.deepEqual(failureCounts(summary), {});
    assert.equal(summary.operations['connection']?.good, 30);
  });

  test('that are chosen leave keys, which are removed afterwards', async (t) => {
    const redis = await redisServer(t);
    const env = { COMMANDS: 'set,incr,lpush', OPERATIONS: '20', ROUNDS: '3', ROUND_SECONDS: '1' };
    const ended = await run(redis.url, { env });
    const summary = proved(ended);
    assertResult(ended, summary, 'PASS');
    assert.deepEqual(sent(summary), { set: 60, incr: 60, lpush: 60 });
    assert.deepEqual(await redis.keys(), []);
  });

  test('leave none after Ctrl-C, either', { skip: process.platform === 'win32' }, async (t) => {
    const redis = await redisServer(t);
    let most = 0;
    const env = {
      COMMANDS: 'SET,INCR',
      OPERATIONS: '20',
      ROUNDS: '30',
      ROUND_SECONDS: '1',
      KEY_PREFIX: 'mine',
    };
    const watch = setInterval(() => {
      void redis.keys().then(
        (keys) => (most = Math.max(most, keys.filter((key) => key.startsWith('mine:')).length)),
        () => undefined,
      );
    }, 100);
    t.after(() => clearInterval(watch));
    const ended = await run(redis.url, {
      env,
      started: (pid) => {
        const interrupt = setInterval(() => {
          if (most < 40) return;
          clearInterval(interrupt);
          process.kill(pid, 'SIGINT');
        }, 50);
        t.after(() => clearInterval(interrupt));
      },
    });
    assert.equal(ended.exitCode, 105, ended.stderr);
    assert.deepEqual([most, await redis.keys()], [40, []]);
  });

  test('with a password, user or number of a database', async (t) => {
    const redis = await redisServer(t);
    await redis.ask('ACL SETUSER tester on >p@ss/w:rd ~* +@all');
    await redis.ask('CONFIG SET requirepass zebra42');
    const env = { OPERATIONS: '3', ROUND_SECONDS: '1' };
    const [address] = redis.url.split('redis://').slice(1);
    for (const [url, REDIS_PASSWORD] of [
      [redis.url, 'zebra42'],
      [`redis://:zebra42@${address}/2`, ''],
      [`redis://tester@${address}`, 'p@ss/w:rd'],
    ] as const) {
      const ended = await run(url, { env: { ...env, REDIS_PASSWORD } });
      assertResult(ended, proved(ended), 'PASS');
      const text =
        JSON.stringify(ended.summary) + ended.stdout + ended.stderr + (ended.file('report.html') ?? '');
      assert.doesNotMatch(text, /zebra42|p@ss|p%40ss/);
    }
  });

  test('over TLS', { skip: opensslUnavailable() }, async (t) => {
    const redis = await redisServer(t);
    const { file, ...options } = loopbackCertificate(t);
    const port = await tlsProxy(t, redis.port, options);
    const env = { OPERATIONS: '3', ROUND_SECONDS: '1', SSL_CERT_FILE: file };
    const ended = await run(`rediss://localhost:${port}`, { env });
    assertResult(ended, proved(ended), 'PASS');
  });
});

describe('a server that is not there, or not for this user, is named before any load', () => {
  const refused = async (url: string, env: Record<string, string>, sentence: RegExp) => {
    const ended = await run(url, { env });
    assert.equal(ended.exitCode, 107, ended.stdout);
    assert.match(ended.stderr, sentence);
    assert.doesNotMatch(ended.stderr, /zzz/);
  };

  test('nobody listens', () =>
    refused(
      'redis://:zzz@127.0.0.1:1',
      {},
      /No Redis server answers at redis:\/\/…@127\.0\.0\.1:1 \(refused\)\. .+ apt-get install redis-server\), or set REDIS_URL/,
    ));

  test('a password is wanted', { skip: redisUnavailable() }, async (t) => {
    const { url } = await redisServer(t, ['--requirepass', 'secret']);
    await refused(url, {}, /wants a password: set REDIS_PASSWORD\./);
  });

  test('a password is wrong', { skip: redisUnavailable() }, async (t) => {
    const { url } = await redisServer(t, ['--requirepass', 'secret']);
    await refused(url, { REDIS_PASSWORD: 'zzz' }, /refuses the password, or the user: check REDIS_PASSWORD/);
  });

  test('an address that is none', () =>
    refused('http://127.0.0.1:6379', {}, /REDIS_URL is wrong: it must be redis:\/\/host:port/));
});

describe('an error of the server is counted exactly, and named', { skip: redisUnavailable() }, () => {
  /** All commands but those that were answered well. */
  const failed = (summary: Summary) =>
    Object.values(failureCounts(summary)).reduce((sum, count) => sum + count, 0);

  test('no memory: maxmemory of 1 MB, and nothing may be evicted', async (t) => {
    const redis = await redisServer(t, ['--maxmemory', '1mb', '--maxmemory-policy', 'noeviction']);
    const ended = await run(redis.url, { env: { COMMANDS: 'SET,GET', OPERATIONS: '10' } });
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(failureCounts(summary), { 'command redis_oom': 10 });
    assert.match(ended.stdout, /Redis out of memory/);
    const info = await redis.ask('INFO errorstats');
    assert.match(info, /errorstat_OOM:count=10/);
  });

  test('stopped in mid-run', async (t) => {
    const redis = await redisServer(t);
    const env = { OPERATIONS: '5', ROUNDS: '6', ROUND_SECONDS: '1', COMMANDS: 'SET,GET' };
    const killed = event(async () => {
      if (((await redis.calls())['set'] ?? 0) < 10) return false;
      redis.kill();
      return true;
    });
    const ended = await run(redis.url, { env });
    await killed;
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    const { began = 0, good = 0, bad = 0, open } = summary.operations['command'] ?? {};
    assert.deepEqual([good > 0, bad > 0, began - good - bad, open], [true, true, 0, 0]);
    assert.equal(failed(summary), bad);
    assert.match(Object.keys(failureCounts(summary)).join(), /command (refused|no_reply|reset)/);
    assert.match(ended.stderr, /Keys that begin with crescendo:\w+ could not be removed/);
  });

  test('a replica that is read-only', async (t) => {
    const primary = await redisServer(t);
    const redis = await redisServer(t, ['--replicaof', '127.0.0.1', String(primary.port)]);
    const env = { OPERATIONS: '5', COMMANDS: 'GET,SET' };
    const ended = await run(redis.url, { env });
    const summary = proved(ended);
    assert.equal(ended.exitCode, 99);
    assert.deepEqual(failureCounts(summary), { 'command redis_readonly': 5 });
    assert.match(ended.stdout, /Redis is read-only/);
  });

  test('a command that this user may not use', async (t) => {
    const redis = await redisServer(t);
    await redis.ask('ACL SETUSER default -incr');
    const ended = await run(redis.url, { env: { OPERATIONS: '5' } });
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    assert.deepEqual(failureCounts(summary), { 'command redis_error': 5 });
  });

  test('a server that answers nothing for longer than the time-out', async (t) => {
    const redis = await redisServer(t);
    const env = { OPERATIONS: '5', COMMANDS: 'SET,GET', ROUND_SECONDS: '6', GATHER_SECONDS: '5' };
    // The check before the load asks once, and each client.
    const paused = event(async () => {
      if (((await redis.calls())['ping'] ?? 0) < 6) return false;
      await redis.ask('CLIENT PAUSE 20000 ALL');
      return true;
    });
    const ended = await run(redis.url, { env });
    await paused;
    const summary = proved(ended);
    const { began = 0, good = 0, bad = 0 } = summary.operations['command'] ?? {};
    assert.deepEqual([began, began - good - bad], [10, 0]);
    assertResult(ended, summary, 'FAIL');
    // What comes behind a command that timed out needs a new connection, which is not ready in time, either.
    assert.deepEqual(
      [failed(summary), Object.keys(failureCounts(summary)).every((key) => /_timeout$/.test(key))],
      [10, true],
    );
  });

  test('values that somebody else changes', async (t) => {
    const redis = await redisServer(t);
    const env = { OPERATIONS: '5', COMMANDS: 'INCR', ROUNDS: '12', ROUND_SECONDS: '0.5' };
    const changed = event(async () => {
      const keys = await redis.keys();
      if (keys.length < 5) return false;
      for (const key of keys) await redis.ask(`INCR ${key}`);
      return true;
    });
    const ended = await run(redis.url, { env, limits: { command_success: ['rate>0.99'] } });
    await changed;
    const summary = proved(ended);
    assertResult(ended, summary, 'FAIL');
    // Behind the first answer that is wrong a client does not know what to expect.
    assert.deepEqual(failureCounts(summary), { 'command wrong_reply': 5 });
  });
});
