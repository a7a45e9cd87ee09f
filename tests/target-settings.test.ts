// Does the reference target read its settings, start and stop?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { startTarget } from '../target/server.ts';
import { DEFAULT_SETTINGS, targetSettingsFrom } from '../target/settings.ts';
import { PASSPHRASE } from './support/chatCodecs.ts';
import { start, call, login, dial, open, FAST } from './support/chatClient.ts';
import { until } from './support/until.ts';

describe('starting and stopping', () => {
  test('a taken port is an error in a full sentence', async (t) => {
    const target = await start(t);
    await assert.rejects(startTarget({ port: target.port }), (error: Error) => {
      assert.match(
        error.message,
        new RegExp(`^Port ${target.port} on 127.0.0.1 is in use .* another port .*\\.$`),
      );
      return true;
    });
  });

  test('a host that is not here is an error in a full sentence', async () => {
    await assert.rejects(
      startTarget({ ...FAST, host: '192.0.2.1' }),
      /can't listen on 192\.0\.2\.1, port 0 .*give another/,
    );
  });

  test('open sockets get 1001, twice closing is once, the port is free afterwards', async (t) => {
    const target = await start(t);
    const clients = [await open(target), await open(target)];
    clients[0]?.ask();
    const began = performance.now();
    await Promise.all([target.close(), target.close()]);
    assert.ok(performance.now() - began < 1000);
    for (const client of clients) assert.equal(await client.closeCode(), 1001);
    const { open: sockets, closes } = target.stats();
    assert.deepEqual([sockets, closes], [0, { 1001: 2 }]);
    await (await startTarget({ port: target.port })).close();
  });

  test('sockets that do not answer, silent upgrades and half requests are cut off within 2 s', async (t) => {
    const target = await start(t, { faults: { 'upgrade-silent': 2, 'close-ignored': 1 } });
    const deaf = await open(target);
    deaf.socket.pause();
    const silent = dial(target, await login(target)).on('error', () => undefined);
    await until(() => target.stats().faults['upgrade-silent'] === 1);
    const half = connect(target.port, '127.0.0.1').on('error', () => undefined);
    await once(half, 'connect');
    half.write('POST /auth/token HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n');
    await call(target, 'GET', '/health');
    const began = performance.now();
    await target.close();
    assert.ok(performance.now() - began < 2000);
    assert.equal(target.stats().open, 0);
    deaf.socket.terminate();
    silent.terminate();
    half.destroy();
  });
});

describe('settings', () => {
  test('are read from texts; what is missing is absent', () => {
    const settings = targetSettingsFrom({
      host: 'localhost',
      port: '0',
      encryption: 'openssl',
      key: PASSPHRASE,
      origin: 'https://a.example, http://b.example:81',
      firstChunkMs: '1.5',
      gapMs: '0',
      chunks: '2',
      delays: '10, 20.5',
      capacity: '100',
      overloadMs: undefined,
      agentDelayMs: '0.5',
      agentDelays: '1,2',
      agentSlowdownMs: '60',
      agentLimit: '5',
      agentLimitStatus: '429',
      retryAfter: '30',
      faults: 'token-401:2,response-dropped:3',
    });
    assert.deepEqual(settings, {
      host: 'localhost',
      port: 0,
      encryption: 'openssl',
      key: PASSPHRASE,
      origins: ['https://a.example', 'http://b.example:81'],
      firstChunkMs: 1.5,
      gapMs: 0,
      chunks: 2,
      delays: [10, 20.5],
      capacity: 100,
      retryAfter: 30,
      agentDelayMs: 0.5,
      agentDelays: [1, 2],
      agentSlowdownMs: 60,
      agentLimit: 5,
      agentLimitStatus: 429,
      faults: { 'token-401': 2, 'response-dropped': 3 },
    });
    assert.deepEqual(targetSettingsFrom({}), {});
    assert.equal(DEFAULT_SETTINGS.port, 8000);
  });

  test('delays may come from a JSON file', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'target-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return join(folder, name);
    };
    assert.deepEqual(targetSettingsFrom({ delays: file('good.json', '[1, 2.5]') }), { delays: [1, 2.5] });
    assert.throws(() => targetSettingsFrom({ delays: file('object.json', '{}') }), /object\.json.*no array/);
    assert.throws(() => targetSettingsFrom({ delays: file('text.json', '[1, "x"]') }), /delays is "x"/);
    assert.throws(() => targetSettingsFrom({ delays: join(folder, 'none.json') }), /none\.json.*ENOENT/);
  });

  const wrong: [Record<string, string>, RegExp][] = [
    [{ prot: '1' }, /no option "prot"; the options are host, port/],
    [{ port: '65536' }, /port is "65536"; give a whole number from 0 to 65535/],
    [{ port: '' }, /port is ""/],
    [{ chunks: '0' }, /chunks is "0"; give a whole number from 1/],
    [{ chunks: '1e3' }, /chunks is "1e3"/],
    [{ gapMs: '-1' }, /gapMs is "-1"; give a number from 0/],
    [{ retryAfter: '1.5' }, /retryAfter is "1.5"; give a whole number from 0 to 86400/],
    [{ delays: '10,-1' }, /delays is "-1"/],
    [{ encryption: 'rot13' }, /encryption is "rot13"; give one of aes-256-gcm/],
    [{ key: 'abc' }, /key has 3 characters .* 64 hex digits/],
    [{ encryption: 'openssl', key: '' }, /key is empty/],
    [{ origin: 'http://a.example/path' }, /origin "http:\/\/a.example\/path" is not an origin/],
    [{ agentLimit: '-1' }, /agentLimit is "-1"; give a whole number from 0/],
    [{ agentLimitStatus: '200' }, /agentLimitStatus is "200"; give a whole number from 400 to 599/],
    [{ agentDelays: '1,x' }, /agentDelays are "1,x"/],
    [{ host: 'a b' }, /host is "a b"/],
    [{ faults: 'nothing:1' }, /hold "nothing:1"/],
    [{ faults: 'answer-gap:1', chunks: '1' }, /answer-gap .* chunks is 1; give at least 2/],
  ];
  for (const [options, pattern] of wrong) {
    test(`are refused: ${JSON.stringify(options)}`, () => {
      assert.throws(() => targetSettingsFrom(options), pattern);
    });
  }

  test('given to startTarget are checked too', async () => {
    await assert.rejects(startTarget({ ...FAST, chunks: 0 }), /chunks is "0"/);
    await assert.rejects(startTarget({ ...FAST, key: 'abc' }), /64 hex digits/);
  });
});
