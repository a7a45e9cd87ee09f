// Does the messaging platform of the reference target take files in chunks as agreed, and leave nothing behind?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, symlinkSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TargetSettings } from '../target/settings.ts';
import { folder } from './support/files.ts';
import { announce, call, logIn, messagingTarget, sha256, someBytes } from './support/messagingClient.ts';
import { targetProcess, untilStats } from './support/target.ts';
import { until } from './support/until.ts';

/** A target with small chunks, its folder, and a token. */
async function stage(t: TestContext, settings: Partial<TargetSettings> = {}) {
  const uploadFolder = folder(t);
  const messaging = await messagingTarget(t, { chunkBytes: 1000, uploadFolder, ...settings });
  const token = await logIn(messaging.url);
  const kept = (): string[] =>
    readdirSync(uploadFolder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.includes('/chunk-'),
    );
  return { ...messaging, token, uploadFolder, kept };
}

describe('files', () => {
  test('are merged from chunks in any order, in parallel', async (t) => {
    const { url, token, stats, kept } = await stage(t);
    const file = await announce(url, token, 4321, { sha256: sha256(someBytes(4321)).toUpperCase() });
    const replies = await Promise.all([4, 2, 0, 3].map((index) => file.chunk(index)));
    assert.deepEqual(
      replies.map(({ status, body }) => [status, body['index'], body['bytes']]),
      [4, 2, 0, 3].map((index) => [200, index, index === 4 ? 321 : 1000]),
    );
    assert.equal(replies[0]?.body['sha256'], sha256(file.bytes.slice(4000)));
    const early = await file.complete();
    assert.deepEqual([early.status, early.body], [409, { missing: [1] }]);
    await file.chunk(1);
    assert.deepEqual([kept().length, stats().files.open], [5, 1]);
    const whole = { id: file.id, size: 4321, chunks: 5, sha256: sha256(file.bytes) };
    for (const body of ['', '{}', JSON.stringify({ sha256: whole.sha256 })]) {
      const reply = await file.complete(body);
      assert.deepEqual([reply.status, reply.body], [200, whole]);
    }
    await until(() => kept().length === 0);
    assert.deepEqual(stats().files, {
      initiated: 1,
      open: 0,
      failed: 0,
      completed: 1,
      bytesCompleted: 4321,
    });
    assert.deepEqual(stats().chunks, {
      stored: 5,
      acknowledged: 5,
      repeated: 0,
      misreported: 0,
      bytesReceived: 4321,
      bytesStored: 4321,
      bytesAcknowledged: 4321,
      bytesRepeated: 0,
    });
  });

  test('of nothing, and of one full chunk', async (t) => {
    const { url, token } = await stage(t);
    const nothing = await announce(url, token, 0);
    assert.equal((await nothing.chunk(0)).status, 400);
    assert.deepEqual((await nothing.complete()).body, {
      id: nothing.id,
      size: 0,
      chunks: 0,
      sha256: sha256(new Uint8Array()),
    });
    const full = await announce(url, token, 1000);
    assert.equal((await full.chunk(1)).status, 400);
    assert.equal((await full.chunk(0)).status, 200);
    assert.deepEqual((await full.complete()).body['chunks'], 1);
  });

  test('a chunk that comes again is confirmed, with other bytes it is refused', async (t) => {
    const { url, token, stats, kept } = await stage(t);
    const file = await announce(url, token, 2000);
    const [first, again] = [await file.chunk(0), await file.chunk(0)];
    assert.deepEqual([again.status, again.body], [200, first.body]);
    assert.equal((await file.chunk(0, { bytes: someBytes(1500).slice(500) })).status, 409);
    // The sum of the known chunk does not vouch for other bytes.
    const lie = await file.chunk(0, {
      bytes: new Uint8Array(1000),
      sum: sha256(file.bytes.slice(0, 1000)),
    });
    assert.equal(lie.status, 422);
    const both = await Promise.all([file.chunk(1), file.chunk(1), file.chunk(1)]);
    assert.deepEqual(
      both.map(({ status }) => status),
      [200, 200, 200],
    );
    await until(() => kept().length === 2);
    assert.deepEqual(stats().endpoints.chunk.answered, { 200: 5, 409: 1, 422: 1 });
    const { bytesReceived, bytesStored, bytesAcknowledged, bytesRepeated } = stats().chunks;
    assert.deepEqual(
      [bytesReceived, bytesStored, bytesAcknowledged, bytesRepeated],
      [7000, 2000, 2000, 3000],
    );
    await file.complete();
    assert.equal((await file.chunk(1)).status, 200, 'also after the merge');
    assert.equal((await file.chunk(1, { bytes: new Uint8Array(1000) })).status, 409);
  });

  const ZEROS = '0'.repeat(64);
  for (const [what, index, other, status] of [
    ['too big', 0, { bytes: new Uint8Array(1001) }, 413],
    ['far too big', 0, { bytes: new Uint8Array(3_000_000) }, 413],
    ['too small', 0, { bytes: new Uint8Array(999) }, 400],
    ['too big, the last', 2, { bytes: new Uint8Array(1001) }, 413],
    ['with a wrong sum', 0, { sum: ZEROS }, 422],
    ['with no sum', 0, { sum: 'x' }, 400],
    ['with no index', NaN, {}, 400],
    ['with an index that the file has not', 3, {}, 400],
  ] as const)
    test(`a chunk ${what} gets ${status}, a sentence, and is not kept`, async (t) => {
      const { url, token, stats, kept } = await stage(t);
      const file = await announce(url, token, 2500);
      const reply = await file.chunk(index, other);
      assert.equal(reply.status, status);
      assert.match(String(reply.body['error']), /^.+\.$/);
      await until(() => kept().length === 0);
      assert.deepEqual([stats().chunks.stored, stats().endpoints.chunk.answered], [0, { [status]: 1 }]);
      for (const each of [0, 1, 2]) assert.equal((await file.chunk(each)).status, 200);
      assert.equal((await file.complete()).status, 200);
    });

  test('a last chunk of another size, and a wrong sum, are found at the end', async (t) => {
    const { url, token, stats } = await stage(t);
    const short = await announce(url, token, 1500);
    await short.chunk(0);
    await short.chunk(1, { bytes: new Uint8Array(400) });
    const wrongSize = await short.complete();
    assert.equal(wrongSize.status, 422);
    assert.match(String(wrongSize.body['error']), /1400 bytes.*1500\.$/);
    const announced = await announce(url, token, 10, { sha256: ZEROS });
    await announced.chunk(0);
    assert.equal((await announced.complete()).status, 422);
    const asked = await announce(url, token, 10);
    await asked.chunk(0);
    assert.equal((await asked.complete(JSON.stringify({ sha256: ZEROS }))).status, 422);
    assert.equal(stats().files.failed, 3);
    assert.equal((await asked.complete(JSON.stringify({ sha256: sha256(asked.bytes) }))).status, 200);
    const { open, failed, completed } = stats().files;
    assert.deepEqual([open, failed, completed], [0, 2, 1]);
  });

  test('of nobody get 404, and bodies that are none 400', async (t) => {
    const { url, token } = await stage(t);
    for (const path of ['chunks', 'complete']) {
      const { status, body } = await call(`${url}/v1/files/file-7/${path}`, { token, body: '{}' });
      assert.deepEqual([status, body], [404, { error: 'There is no file "file-7".' }]);
    }
    const { id } = await announce(url, token, 10);
    for (const [path, body] of [
      ['initiate', ''],
      ['initiate', '[]'],
      ['initiate', '{"name":"a"}'],
      ['initiate', '{"name":"","size":1}'],
      ['initiate', '{"name":"a","size":-1}'],
      ['initiate', '{"name":"a","size":1.5}'],
      ['initiate', '{"name":"a","size":1,"sha256":"x"}'],
      [`${id}/complete`, '{'],
      [`${id}/complete`, '{"sha256":"x"}'],
    ] as const) {
      const { status, body: said } = await call(`${url}/v1/files/${path}`, { token, body });
      assert.equal(status, 400, body);
      assert.match(String(said['error']), /^.+\.$/);
    }
  });

  test('of too many chunks are refused', async (t) => {
    const { url, token } = await stage(t);
    const statusOf = async (size: number): Promise<number> =>
      (await call(`${url}/v1/files/initiate`, { token, body: JSON.stringify({ name: 'a', size }) })).status;
    assert.deepEqual(
      [await statusOf(100_000_000), await statusOf(100_000_001), await statusOf(9e15)],
      [201, 413, 413],
    );
  });

  test('a chunk whose client goes away leaves nothing', async (t) => {
    const { url, token, stats, kept } = await stage(t);
    const { id } = await announce(url, token, 1000);
    const request = httpRequest(`${url}/v1/files/${id}/chunks`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-length': 1000,
        'x-chunk-index': 0,
        'x-chunk-sha256': ZEROS,
      },
    });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(400));
    await until(() => stats().chunks.bytesReceived === 400);
    request.destroy();
    await until(() => stats().endpoints.chunk.aborted === 1 && kept().length === 0);
    assert.deepEqual([stats().chunks.stored, stats().files.open], [0, 1]);
  });
});

describe('the disk', () => {
  test('that is full gets 507, and the target lives on', { skip: !existsSync('/dev/full') }, async (t) => {
    const { url, token, stats, uploadFolder } = await stage(t, { chunkBytes: 3_000_000 });
    const file = await announce(url, token, 4_000_000);
    const [own = ''] = readdirSync(uploadFolder);
    symlinkSync('/dev/full', join(uploadFolder, own, 'chunk-1'));
    // The disk is full long before the body has been read.
    const full = await file.chunk(0);
    assert.deepEqual([full.status, full.body], [507, { error: 'disk_full' }]);
    for (const index of [0, 1]) assert.equal((await file.chunk(index)).status, 200);
    assert.equal((await file.complete()).body['sha256'], sha256(file.bytes));
    assert.deepEqual(stats().endpoints.chunk.answered, { 200: 2, 507: 1 });
  });

  test('that is not there gets 500 and a sentence', async (t) => {
    const { url, token } = await stage(t, { uploadFolder: join(folder(t), 'gone') });
    const { status, body } = await call(`${url}/v1/files/initiate`, { token, body: '{"name":"a","size":1}' });
    assert.deepEqual(
      [status, body],
      [500, { error: "The server's disk failed (ENOENT); look at its uploadFolder." }],
    );
  });

  test('has nothing of a target that is closed', async (t) => {
    const { url, token, target, uploadFolder } = await stage(t);
    const file = await announce(url, token, 1500);
    await file.chunk(0);
    assert.equal(readdirSync(uploadFolder).length, 1);
    await target.close();
    assert.deepEqual(readdirSync(uploadFolder), []);
  });

  test('has nothing of a command that is stopped', { skip: process.platform === 'win32' }, async (t) => {
    const uploadFolder = folder(t);
    const command = fileURLToPath(new URL('../dist/cli/crescendo.js', import.meta.url));
    const args = [command, 'target', '--port', '0', '--upload-folder', uploadFolder];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    child.stdout.on('data', (part: Buffer) => (said += part.toString()));
    await until(() => said.includes('Ctrl-C'), 20);
    const [url = ''] = /http:\S+/.exec(said) ?? [];
    const file = await announce(url, await logIn(url), 10);
    await file.chunk(0);
    assert.equal(readdirSync(uploadFolder).length, 1);
    child.kill('SIGTERM');
    await once(child, 'close');
    assert.deepEqual(readdirSync(uploadFolder), []);
    assert.match(said, /^ {2}files {4}1 initiated, 0 completed; 1 × chunk, 10 bytes$/m);
  });
});

describe('memory', () => {
  test('does not grow with the size of a file', async (t) => {
    const MEBIBYTE = 1024 ** 2;
    const target = await targetProcess(t, { uploadFolder: folder(t), chunkBytes: 64 * MEBIBYTE });
    const token = await logIn(target.url);
    const peaks: number[] = [];
    for (const size of [16 * MEBIBYTE, 192 * MEBIBYTE]) {
      const body = JSON.stringify({ name: 'a', size });
      const { body: said } = await call(`${target.url}/v1/files/initiate`, { token, body });
      const bytes = new Uint8Array(Math.min(size, 64 * MEBIBYTE));
      const sum = sha256(bytes);
      for (let index = 0; index < Math.ceil(size / (64 * MEBIBYTE)); index++) {
        const headers = { 'x-chunk-index': String(index), 'x-chunk-sha256': sum };
        const at = `${target.url}/v1/files/${String(said['id'])}/chunks`;
        assert.equal((await call(at, { token, body: bytes, headers })).status, 200);
      }
      const done = await call(`${target.url}/v1/files/${String(said['id'])}/complete`, { token, body: '{}' });
      assert.equal(done.status, 200);
      await untilStats(target, ({ memory_peak_bytes }) => peaks.push(memory_peak_bytes) > 0);
    }
    const [small = 0, large = 0] = peaks;
    assert.ok(large - small < 64 * MEBIBYTE, `${small} bytes, then ${large}`);
  });
});
