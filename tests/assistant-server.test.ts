// Do both assistants keep to the wire; does that of the tests break what it is asked to, and count all of it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { lookAt, send } from './support/assistantClient.ts';
import { assistantServer, startAssistantServer, type AssistantManners } from './support/assistantServer.ts';
import { assistantContract } from './support/assistantWire.ts';
import { quickTarget } from './support/target.ts';
import { until } from './support/until.ts';

const MESSAGE = { message: 'Hello' };
const FILE = { name: 'a', content: 'a text' };

const seven = async <T>(act: () => Promise<T>): Promise<T[]> => {
  const found: T[] = [];
  for (let number = 1; number <= 7; number++) found.push(await act());
  return found;
};

describe('the contract', () => {
  test('is kept by the assistant of the tests, which counts what was asked of it', async (t) => {
    const { url, counts } = await assistantServer(t);
    const checked = await assistantContract(url);
    assert.ok(checked.length > 60, `${checked.length} checks`);
    const { answers, health, ...others } = counts();
    assert.ok(health >= 3, 'health and the time');
    const { chatsAtOnce, ...rest } = others;
    assert.ok(chatsAtOnce > 1, 'some were at once');
    assert.deepEqual(rest, {
      chat: 1 + 8 + 2 + 40,
      filesWrite: 9 + 11 + 2 + 7 + 7 + 2,
      filesRead: 1 + 7 + 7 + 1 + 1 + 2 + 1,
      filesDelete: 2,
      others: 0,
      chatErrors: 0,
      written: 7 + 7 + 2,
      read: 7 + 7 + 1 + 1 + 1,
      deleted: 1,
      bytes: 7 * 11 + 1 + 2 + 1 + 2 + 11 + 3 + 100 + 6 + 20 + 8 + 3_000_000 + 12 + 5,
      changed: 0,
      cut: 0,
      blocks: 0,
    });
    assert.deepEqual(answers, { 200: 43 + 17 + health, 201: 16, 204: 1, 400: 8 + 20, 404: 4, 413: 2 });
  });

  test('is kept by the reference target', async (t) => {
    const target = await quickTarget(t);
    await assistantContract(target.url);
    const { endpoints, files } = target.stats().assistant;
    assert.deepEqual(endpoints.chat.answered, { 200: 43, 400: 8 });
    assert.deepEqual(endpoints.files_write.answered, { 201: 16, 400: 20, 413: 2 });
    assert.deepEqual([files.written, files.read, files.deleted], [16, 17, 1]);
  });

  const noticed: [manners: AssistantManners, says: RegExp][] = [
    [{ errorEvery: 1 }, /a chat: .*status is 500, not 200/],
    [{ errorEvery: 2 }, /replies depend on the message: .*a chat is answered 500/],
    [{ changedEvery: 1 }, /read plain: .*content is "# text", not "a text"/],
    [{ changedEvery: 17 }, /read plain: .*content is "#gain", not "again"/],
  ];
  for (const [manners, says] of noticed)
    test(`is broken by ${JSON.stringify(manners)}`, async (t) => {
      const { url } = await assistantServer(t, manners);
      await assert.rejects(assistantContract(url), says);
    });
});

describe('the assistant of the tests', () => {
  test('fails each third chat', async (t) => {
    const { url, counts } = await assistantServer(t, { errorEvery: 3 });
    const statuses = await seven(async () => (await send(url, 'POST /api/chat', MESSAGE)).status);
    assert.deepEqual(statuses, [200, 200, 500, 200, 200, 500, 200]);
    assert.deepEqual([counts().chat, counts().chatErrors, counts().answers], [7, 2, { 200: 5, 500: 2 }]);
  });

  test('cuts the connection of each third write', async (t) => {
    const { url, counts } = await assistantServer(t, { cutEvery: 3 });
    const write = () => send(url, 'POST /api/files', FILE);
    const statuses = await seven(() =>
      write().then(
        ({ status }) => status,
        () => 'cut',
      ),
    );
    assert.deepEqual(statuses, [201, 201, 'cut', 201, 201, 'cut', 201]);
    assert.deepEqual([counts().filesWrite, counts().written, counts().cut], [7, 5, 2]);
  });

  test('changes each third content in one character', async (t) => {
    const { url, counts } = await assistantServer(t, { changedEvery: 3 });
    for (const [content, changed] of [
      ['a text', '# text'],
      ['#', '%'],
    ]) {
      await send(url, 'POST /api/files', { ...FILE, content });
      const read = async () => (await send(url, 'GET /api/files/a')).body['content'];
      assert.deepEqual([await read(), await read(), await read()], [content, content, changed]);
    }
    assert.deepEqual([counts().read, counts().changed], [6, 2]);
  });

  for (const [name, manners, atOnce, leastMs] of [
    ['at the same time', {}, 4, 100],
    ['one at a time', { serial: true }, 1, 400],
  ] as [string, AssistantManners, number, number][])
    test(`serves chats ${name}`, async (t) => {
      const { url, counts } = await assistantServer(t, { chatMs: 100, ...manners });
      const began = performance.now();
      await Promise.all([1, 2, 3, 4].map(() => send(url, 'POST /api/chat', MESSAGE)));
      assert.ok(performance.now() - began >= leastMs - 5, 'they took no time');
      const most = counts().chatsAtOnce;
      assert.ok(atOnce === 1 ? most === 1 : most > 1, `${most} at a time`);
    });

  test('lets each file operation wait for others, chats not', async (t) => {
    let go: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    let waiting = 0;
    const { url, counts } = await assistantServer(t, {
      beforeFile: () => {
        waiting++;
        return gate;
      },
    });
    const answered: number[] = [];
    const calls = ['POST /api/files', 'GET /api/files/b', 'DELETE /api/files/b'].map(async (call) =>
      answered.push((await send(url, call, call.startsWith('POST') ? FILE : undefined)).status),
    );
    await until(() => waiting === 3);
    assert.equal((await send(url, 'POST /api/chat', MESSAGE)).status, 200);
    assert.deepEqual([answered, counts().written], [[], 0]);
    go();
    await Promise.all(calls);
    assert.deepEqual(answered.sort(), [201, 404, 404]);
  });

  test('tells how long its loop was blocked, once', async (t) => {
    const { url, counts } = await assistantServer(t, { blockMs: 150, blockEveryMs: 300 });
    const seek = async (isWished: (delay: number) => boolean): Promise<void> => {
      const last = Date.now() + 20_000;
      while (!isWished(await lookAt(url))) {
        assert.ok(Date.now() < last, 'no look is as wished');
        await sleep(10);
      }
    };
    await seek((delay) => delay >= 148);
    assert.ok(counts().blocks >= 1, `${counts().blocks} blocks`);
    await seek((delay) => delay < 50);
  });

  test('idles in time', async (t) => {
    const { url, counts } = await assistantServer(t);
    const last = Date.now() + 20_000;
    while ((await lookAt(url)) > 5) assert.ok(Date.now() < last, 'no look is as wished');
    assert.equal(counts().blocks, 0);
  });

  test('counts what is none of its endpoints, and its counts are those of the moment', async () => {
    const { url, counts, close } = await startAssistantServer();
    const before = counts();
    assert.equal((await send(url, 'GET /api/chat')).status, 404);
    assert.deepEqual([before.others, counts().others, counts().answers], [0, 1, { 404: 1 }]);
    await close();
    await assert.rejects(send(url, 'GET /api/health'), /fetch failed/);
  });
});
