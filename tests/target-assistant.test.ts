// Does the assistant of the reference target do what it is asked to, break as it is told to, and count all of it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, rmSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { Files } from '../target/assistant/files.ts';
import { startTarget } from '../target/server.ts';
import { DEFAULT_SETTINGS, targetSettingsFrom, type TargetSettings } from '../target/settings.ts';
import { TemporaryFolder } from '../target/temporaryFolder.ts';
import { assistantTarget, lookAt, send, type AssistantReply } from './support/assistantClient.ts';
import { folder } from './support/files.ts';
import { startOutage } from './support/target.ts';
import { until } from './support/until.ts';

const MESSAGE = { message: 'Hello' };
const FILE = { name: 'a.txt', content: 'a text' };
const CHAT = 'POST /api/chat';
const WRITE = 'POST /api/files';
const READ = 'GET /api/files/a.txt';
const DELETE = 'DELETE /api/files/a.txt';
const HEALTH = 'GET /api/health';

const QUIET = { aborted: 0, open: 0 };
const NOTHING = { begun: 0, answered: {}, aborted: 0, open: 0, peak: 0 };

const bodyOf = (call: string): unknown => (call === CHAT ? MESSAGE : call === WRITE ? FILE : undefined);

/** Makes each request when the one before is answered; resolves to the answers. */
async function inTurn(url: string, calls: readonly string[]): Promise<AssistantReply[]> {
  const replies: AssistantReply[] = [];
  for (const call of calls) replies.push(await send(url, call, bodyOf(call)));
  return replies;
}

async function statusesOf(url: string, ...calls: string[]): Promise<number[]> {
  return (await inTurn(url, calls)).map(({ status }) => status);
}

/** Lets the system's temporary folder be an empty one until the test ends. */
function ownTemporaryFolder(t: TestContext): string {
  const place = folder(t);
  for (const name of ['TMPDIR', 'TEMP', 'TMP']) {
    const before = process.env[name];
    process.env[name] = place;
    t.after(() => {
      if (before === undefined) Reflect.deleteProperty(process.env, name);
      else process.env[name] = before;
    });
  }
  return place;
}

const filesUnder = (place: string): string[] =>
  readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) => /[\\/]/.test(name));

describe('requests', () => {
  test('are answered and counted, each with its endpoint', async (t) => {
    const { target, url, stats } = await assistantTarget(t);
    const calls = [CHAT, WRITE, WRITE, READ, READ, READ, DELETE, DELETE, HEALTH];
    const statuses = await statusesOf(url, ...calls);
    assert.deepEqual(statuses, [200, 201, 201, 200, 200, 200, 204, 404, 200]);
    assert.equal((await send(url, CHAT, { message: '' })).status, 400);
    assert.equal((await send(url, WRITE, { name: 'b', content: '\uD800' })).status, 400, 'half a character');
    await send(url, WRITE, { name: 'b', content: '€' });
    assert.deepEqual(stats(), {
      endpoints: {
        chat: { begun: 2, answered: { 200: 1, 400: 1 }, peak: 1, ...QUIET },
        files_write: { begun: 4, answered: { 201: 3, 400: 1 }, peak: 1, ...QUIET },
        files_read: { begun: 3, answered: { 200: 3 }, peak: 1, ...QUIET },
        files_delete: { begun: 2, answered: { 204: 1, 404: 1 }, peak: 1, ...QUIET },
        health: { begun: 1, answered: { 200: 1 }, peak: 1, ...QUIET },
      },
      files: { written: 3, read: 3, deleted: 1, bytes: 15 },
      blocks: 0,
      faults: {},
      outages: { count: 0, requestsRefused: 0, requestsLost: 0, requestsDelayed: 0 },
    });
    const { body } = await send(url, 'GET /stats');
    assert.deepEqual(body['assistant'], stats());
    assert.equal(target.stats().health.begun, 0, '/health is another');
  });

  test('that can not be read are refused with a sentence', async (t) => {
    const { url, stats } = await assistantTarget(t);
    for (const [call, body, status] of [
      [CHAT, '{', 400],
      [CHAT, { message: 'x'.repeat(2 ** 20) }, 413],
      [WRITE, { ...FILE, more: 'x'.repeat(7_100_000) }, 413],
    ] as const) {
      const { status: got, body: said } = await send(url, call, body);
      assert.equal(got, status, call);
      assert.match(String(said['error']), /^The body must be a JSON object.+\.$/);
    }
    const typed = await fetch(`${url}/api/chat`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'message=Hello',
    });
    assert.equal(typed.status, 400);
    assert.deepEqual(stats().endpoints.chat.answered, { 400: 2, 413: 1 });
  });

  test('whose client goes away are aborted', async (t) => {
    const { url, stats } = await assistantTarget(t, { assistantChatMs: 600_000 });
    const gone = new AbortController();
    const request = send(url, CHAT, MESSAGE, gone.signal);
    await until(() => stats().endpoints.chat.open === 1);
    gone.abort();
    await assert.rejects(request, /abort/);
    await until(() => stats().endpoints.chat.open === 0);
    assert.deepEqual(stats().endpoints.chat, { ...NOTHING, begun: 1, aborted: 1, peak: 1 });
  });
});

describe('faults', () => {
  type Row = [fault: string, call: string, bad: AssistantReply | number, good: number];
  const CHANGED = { status: 200, body: { name: 'a.txt', content: '` text', size: 6 } };
  const rows: Row[] = [
    ['chat-500', CHAT, 500, 200],
    ['chat-empty', CHAT, { status: 200, body: { reply: '' } }, 200],
    ['file-write-500', WRITE, 500, 201],
    ['file-read-500', READ, 500, 200],
    ['file-read-changed', READ, CHANGED, 200],
    ['file-delete-500', DELETE, 500, 404],
    ['api-health-500', HEALTH, 500, 200],
  ];
  for (const [fault, call, bad, good] of rows)
    test(`${fault}: every third, no other`, async (t) => {
      const { url, stats } = await assistantTarget(t, targetSettingsFrom({ faults: `${fault}:3` }));
      // Requests of other places have numbers of their own.
      const others = [CHAT, WRITE, READ, HEALTH, 'GET /health'].filter((each) => each !== call);
      await inTurn(url, call === DELETE ? [WRITE, DELETE, WRITE, DELETE] : [WRITE, WRITE, WRITE, WRITE]);
      const before = call === WRITE ? 4 : call === DELETE ? 2 : 0;
      const replies = (
        await inTurn(
          url,
          Array.from({ length: 7 }, () => call),
        )
      ).map((reply, index) => ({
        reply,
        isBad: (before + index + 1) % 3 === 0,
      }));
      for (const { reply, isBad } of replies) {
        if (!isBad) assert.equal(reply.status, good);
        else if (typeof bad === 'object') assert.deepEqual(reply, bad);
        else
          assert.deepEqual(reply, {
            status: bad,
            body: { error: `This is the fault ${fault}, asked for at the start.` },
          });
      }
      assert.deepEqual(stats().faults, { [fault]: Math.floor((before + 7) / 3) });
      for (const other of others) assert.ok((await send(url, other, bodyOf(other))).status < 300, other);
    });

  test('a refused write does nothing, a changed content stays as it is on disk', async (t) => {
    const { url, stats } = await assistantTarget(t, {
      faults: { 'file-write-500': 2, 'file-read-changed': 2 },
    });
    await send(url, WRITE, FILE);
    assert.equal((await send(url, WRITE, { ...FILE, content: 'another' })).status, 500);
    const contents = (await inTurn(url, [READ, READ, READ])).map(({ body }) => body['content']);
    assert.deepEqual(contents, ['a text', '` text', 'a text']);
    assert.deepEqual(stats().files, { written: 1, read: 3, deleted: 0, bytes: 6 });
  });

  for (const content of ['', '😀x', '\u0000', '\uD7FF', '￿'])
    test(`a changed content has the same length: ${JSON.stringify(content)}`, async (t) => {
      const { url } = await assistantTarget(t, { faults: { 'file-read-changed': 1 } });
      await send(url, WRITE, { ...FILE, content });
      const changed = String((await send(url, READ)).body['content']);
      assert.deepEqual(
        [changed.length, Buffer.byteLength(changed), changed === content],
        [content.length, Buffer.byteLength(content), content === ''],
      );
    });
});

describe('outages', () => {
  const ALL = [CHAT, WRITE, READ, DELETE, HEALTH];

  test('down refuses with 503, error with 500, and health is spared; no fault falls on them', async (t) => {
    const { url, stats } = await assistantTarget(t, { faults: { 'chat-500': 3 }, retryAfter: 4 });
    await startOutage({ url }, { seconds: 60, mode: 'error' });
    assert.deepEqual(await statusesOf(url, ...ALL), [500, 500, 500, 500, 200]);
    await startOutage({ url }, { seconds: 60 });
    assert.deepEqual(await statusesOf(url, ...ALL), [503, 503, 503, 503, 200]);
    const response = await fetch(`${url}/api/files/a.txt`);
    assert.deepEqual([response.status, response.headers.get('retry-after')], [503, '4']);
    await startOutage({ url }, { seconds: 60, mode: 'slow', delayMs: 0 });
    assert.deepEqual(await statusesOf(url, CHAT, CHAT), [500, 200], 'numbers 3 and 4');
    const outages = { count: 3, requestsRefused: 9, requestsLost: 0, requestsDelayed: 1 };
    assert.deepEqual([stats().outages, stats().faults], [outages, { 'chat-500': 1 }]);
  });

  test('silent answers nothing but health', async (t) => {
    const { url, stats } = await assistantTarget(t);
    await startOutage({ url }, { seconds: 60, mode: 'silent' });
    const gone = new AbortController();
    const calls = [CHAT, WRITE, READ, DELETE].map((call) => send(url, call, bodyOf(call), gone.signal));
    await until(() => stats().outages.requestsLost === 4);
    assert.equal((await send(url, HEALTH)).status, 200);
    gone.abort();
    for (const call of calls) await assert.rejects(call, /abort/);
    await until(() => Object.values(stats().endpoints).every(({ open }) => open === 0));
    assert.deepEqual([stats().endpoints.chat.aborted, stats().files.written], [1, 0]);
  });

  test('slow delays', async (t) => {
    const { url, stats } = await assistantTarget(t);
    await startOutage({ url }, { seconds: 60, mode: 'slow', delayMs: 300 });
    const began = performance.now();
    assert.deepEqual(await statusesOf(url, CHAT, WRITE), [200, 201]);
    assert.ok(performance.now() - began >= 598, 'they waited');
    assert.equal(stats().outages.requestsDelayed, 2);
  });
});

describe('times', () => {
  /** Calls at once, in the order in which they were answered. */
  async function order(url: string, stats: () => { open: number }, calls: string[]): Promise<string[]> {
    const answered: string[] = [];
    const all: Promise<void>[] = [];
    for (const [index, call] of calls.entries()) {
      all.push(send(url, call, bodyOf(call)).then(() => void answered.push(call)));
      if (index === 0) await until(() => stats().open === 1);
    }
    await Promise.all(all);
    return answered;
  }

  for (const [name, settings, calls, leastMs] of [
    ['a chat takes its time', { assistantChatMs: 200 }, [CHAT], 200],
    ['a write takes its time', { assistantFileMs: 200 }, [WRITE], 200],
    ['so do reads and removals', { assistantFileMs: 100 }, [READ, DELETE], 200],
  ] as [string, Partial<TargetSettings>, string[], number][])
    test(name, async (t) => {
      const { url } = await assistantTarget(t, settings);
      const began = performance.now();
      await inTurn(url, calls);
      assert.ok(performance.now() - began >= leastMs - 2, 'it took no time');
    });

  test('with a capacity of one, what comes later waits in line, whatever it is', async (t) => {
    const { url, stats } = await assistantTarget(t, { assistantChatMs: 500, assistantCapacity: 1 });
    assert.deepEqual(await order(url, () => stats().endpoints.chat, [CHAT, WRITE]), [CHAT, WRITE]);
  });

  for (const [name, settings] of [
    ['a capacity of two', { assistantCapacity: 2 }],
    ['no capacity', {}],
  ] as const)
    test(`with ${name}, it does not`, async (t) => {
      const { url, stats } = await assistantTarget(t, { assistantChatMs: 2000, ...settings });
      assert.deepEqual(await order(url, () => stats().endpoints.chat, [CHAT, WRITE]), [WRITE, CHAT]);
    });

  test('a capacity of one serialises chats', async (t) => {
    const { url, stats } = await assistantTarget(t, { assistantChatMs: 100, assistantCapacity: 1 });
    const began = performance.now();
    await Promise.all([1, 2, 3, 4].map(() => send(url, CHAT, MESSAGE)));
    assert.ok(performance.now() - began >= 396, 'they were served at the same time');
    assert.equal(stats().endpoints.chat.peak, 4, 'those in line are open');
  });

  test('health waits in no line', async (t) => {
    const { url, stats } = await assistantTarget(t, { assistantChatMs: 600_000, assistantCapacity: 1 });
    const gone = new AbortController();
    const chat = send(url, CHAT, MESSAGE, gone.signal);
    await until(() => stats().endpoints.chat.open === 1);
    assert.equal((await send(url, HEALTH)).status, 200);
    gone.abort();
    await assert.rejects(chat, /abort/);
  });
});

describe('the event loop', () => {
  /** Looks again and again until one is as wished; what a busy machine delays is overlooked. */
  async function seek(url: string, isWished: (delay: number) => boolean): Promise<number> {
    const seen: number[] = [];
    const last = Date.now() + 20_000;
    while (Date.now() < last) {
      const delay = await lookAt(url);
      if (isWished(delay)) return delay;
      seen.push(delay);
      // Long enough for many ticks, whose average is never below a millisecond.
      await sleep(30);
    }
    throw new Error(`no look is as wished: ${seen.slice(0, 50).join()}`);
  }

  test('that idles is in time: less than the millisecond in which it is looked at', async (t) => {
    const { url } = await assistantTarget(t);
    assert.equal(await lookAt(url), 0, 'nothing was measured yet');
    const delay = await seek(url, (each) => each > 0 && each < 1);
    assert.match(String(delay), /^0\.\d{1,3}$/);
  });

  test('that is blocked is late, and a look resets it', async (t) => {
    const { url, stats } = await assistantTarget(t, { assistantBlockMs: 150, assistantBlockEveryMs: 300 });
    await seek(url, (delay) => delay >= 149);
    const { blocks } = stats();
    assert.ok(blocks >= 1, `${blocks} blocks`);
    await seek(url, (delay) => delay < 50);
    await until(() => stats().blocks > blocks);
  });

  test('shows what blocked it just before it took the look', async (t) => {
    const { target, url } = await assistantTarget(t);
    await lookAt(url);
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const [blocker, looker] = [connect(port, '127.0.0.1'), connect(target.port, '127.0.0.1')];
    const [[peer]] = (await Promise.all([once(other, 'connection'), once(looker, 'connect')])) as [
      [Socket],
      [],
    ];
    t.after(() => {
      for (const socket of [blocker, looker, peer]) socket.destroy();
      other.close();
    });
    blocker.on('data', () => {
      const end = performance.now() + 80;
      while (performance.now() < end);
    });
    let heard = '';
    looker.on('data', (part: Buffer) => (heard += part.toString()));
    const look = async (): Promise<number> => {
      heard = '';
      // Both are there when the loop turns to its sockets; no timer comes between them.
      peer.write('block');
      looker.write('GET /api/health HTTP/1.1\r\nHost: localhost\r\n\r\n');
      await until(() => heard.includes('}'));
      return Number(/"event_loop_delay_ms":([\d.]+)/.exec(heard)?.[1]);
    };
    const seen: number[] = [];
    while (!seen.some((delay) => delay >= 79)) {
      // The delay begins anew with the next tick.
      await sleep(10);
      assert.ok(seen.push(await look()) <= 20, seen.join());
    }
  });

  test('is not blocked without being told to, nor after the end', async (t) => {
    const quiet = await assistantTarget(t, { assistantBlockEveryMs: 1 });
    const busy = await assistantTarget(t, { assistantBlockMs: 1, assistantBlockEveryMs: 1 });
    await until(() => busy.stats().blocks >= 3);
    assert.equal(quiet.stats().blocks, 0);
    await busy.target.close();
    const { blocks } = busy.stats();
    await sleep(50);
    assert.equal(busy.stats().blocks, blocks);
  });
});

describe('the disk', () => {
  test('holds each file once, and nothing of a target that is closed', async (t) => {
    const place = ownTemporaryFolder(t);
    const { target, url } = await assistantTarget(t);
    await inTurn(url, [CHAT, READ, HEALTH]);
    assert.deepEqual(readdirSync(place), [], 'it is made when it is needed');
    await inTurn(url, [WRITE, WRITE]);
    await send(url, WRITE, { name: 'b', content: 'another' });
    assert.equal(readdirSync(place).length, 1);
    assert.equal(filesUnder(place).length, 2);
    await inTurn(url, [DELETE]);
    assert.equal(filesUnder(place).length, 1);
    await target.close();
    assert.deepEqual(readdirSync(place), []);
  });

  test('has nothing of a write that was under way', async (t) => {
    const place = ownTemporaryFolder(t);
    const { target, url, stats } = await assistantTarget(t, { assistantFileMs: 300 });
    const write = send(url, WRITE, FILE);
    await until(() => stats().endpoints.files_write.open === 1);
    const closed = target.close();
    await Promise.allSettled([write, closed]);
    await closed;
    assert.deepEqual(readdirSync(place), []);
  });

  test('has nothing of a process that ends without closing its target', async (t) => {
    const place = folder(t);
    const serve = fileURLToPath(new URL('../target/server.ts', import.meta.url));
    const code = `import { startTarget } from ${JSON.stringify(serve)};
      const { url } = await startTarget({ port: 0 });
      console.log(url);
      process.stdin.once('data', () => process.exit(0));`;
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', code], {
      cwd: fileURLToPath(new URL('..', import.meta.url)),
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, TMPDIR: place, TEMP: place, TMP: place },
    });
    t.after(() => child.kill('SIGKILL'));
    const [url] = (await once(createInterface(child.stdout), 'line')) as [string];
    assert.equal((await send(url, WRITE, FILE)).status, 201);
    const kept = (): string[] => filesUnder(place).filter((name) => name.includes('crescendo-target-'));
    assert.equal(kept().length, 1);
    child.stdin.end('end');
    await once(child, 'close');
    assert.deepEqual(kept(), []);
  });

  test('that is not there gets 500 and a sentence', async (t) => {
    const place = ownTemporaryFolder(t);
    process.env['TMPDIR'] = process.env['TEMP'] = process.env['TMP'] = join(place, 'gone');
    const target = await startTarget({ port: 0 });
    t.after(() => target.close());
    assert.deepEqual(await send(target.url, WRITE, FILE), {
      status: 500,
      body: { error: "The server's disk failed (ENOENT); look at its temporary folder." },
    });
    assert.deepEqual(await statusesOf(target.url, READ), [404]);
  });

  test('holds so many files: the oldest goes, what is written again is new', async (t) => {
    const place = folder(t);
    const files = new Files(new TemporaryFolder(place, 'file'), 3);
    for (const name of ['a', 'b', 'c', 'a', 'd']) await files.write(name, `content of ${name}`);
    const contents = ['a', 'b', 'c', 'd'].map((name) => files.read(name));
    assert.deepEqual(await Promise.all(contents), [
      'content of a',
      undefined,
      'content of c',
      'content of d',
    ]);
    assert.equal(filesUnder(place).length, 3);
  });

  test('a file that goes while it is read is none; one that only the disk has lost is an error', async (t) => {
    const place = folder(t);
    const files = new Files(new TemporaryFolder(place, 'file'), 10);
    for (const name of ['a', 'b']) await files.write(name, 'a text');
    for (const path of filesUnder(place)) rmSync(join(place, path));
    const [read] = await Promise.all([files.read('a'), files.delete('a')]);
    assert.equal(read, undefined);
    await assert.rejects(files.read('b'), /ENOENT/);
  });

  test('gets no folder after the end', async (t) => {
    const place = folder(t);
    const temporary = new TemporaryFolder(place, 'file');
    await temporary.remove();
    await assert.rejects(temporary.make(), /closes/);
    assert.deepEqual(readdirSync(place), []);
  });
});

describe('the settings of the assistant', () => {
  const TEXTS = {
    assistantChatMs: '1.5',
    assistantFileMs: '2',
    assistantCapacity: '3',
    assistantBlockMs: '4',
    assistantBlockEveryMs: '5',
  };

  test('are read from texts', () => {
    const known = Object.keys(DEFAULT_SETTINGS).filter((name) => name.startsWith('assistant'));
    assert.deepEqual(Object.keys(TEXTS), known);
    const numbers = Object.entries(TEXTS).map(([name, text]) => [name, Number(text)]);
    assert.deepEqual(targetSettingsFrom(TEXTS), Object.fromEntries(numbers));
  });

  const wrong: [Record<string, string>, RegExp][] = [
    [{ assistantChatMs: '-1' }, /assistantChatMs is "-1"; give a number from 0/],
    [{ assistantCapacity: '1.5', assistantChatMs: '1' }, /assistantCapacity is "1.5"; give a whole number/],
    [{ assistantBlockEveryMs: '0' }, /assistantBlockEveryMs is "0"; give a number from 1/],
    [{ assistantCapacity: '5' }, /assistantCapacity is 5, but no chat .* takes time; give assistantChatMs/],
    [{ faults: 'file-500:1' }, /hold "file-500:1"/],
  ];
  for (const [options, pattern] of wrong)
    test(`are refused: ${JSON.stringify(options)}`, () => {
      assert.throws(() => targetSettingsFrom(options), pattern);
    });

  for (const time of ['assistantChatMs', 'assistantFileMs'])
    test(`a capacity is fine with ${time}`, () => {
      assert.ok(targetSettingsFrom({ assistantCapacity: '5', [time]: '1' }));
    });

  test('given to startTarget are checked too', async () => {
    await assert.rejects(startTarget({ port: 0, assistantCapacity: 3 }), /assistantCapacity is 3/);
  });
});
