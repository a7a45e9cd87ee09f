// Does the reference target slow down above its capacity, and as its table of delays has it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { overloadDelay, refusesSocket } from '../target/capacity.ts';
import { start, login, open, upgradeStatus, firstChunkMs, leastFirstChunkMs } from './support/chatClient.ts';

describe('capacity', () => {
  const rows: [number, number, number, number, string][] = [
    [1000, 0, 30_000, 0, 'unlimited'],
    [10, 10, 30_000, 0, 'at the capacity'],
    [12, 10, 30_000, 6000, 'a fifth above'],
    [20, 10, 30_000, 30_000, 'twice'],
  ];
  for (const [sockets, capacity, overloadMs, delay, words] of rows) {
    test(`delays the first chunk by ${delay} ms: ${words}`, () => {
      assert.equal(Math.round(overloadDelay(sockets, capacity, overloadMs)), delay);
    });
  }

  test('refuses sockets above twice the capacity only', () => {
    assert.deepEqual(
      [20, 21].map((sockets) => refusesSocket(sockets, 10)),
      [false, true],
    );
    assert.equal(refusesSocket(1000, 0), false);
  });

  test('shows in a running target', async (t) => {
    const target = await start(t, { capacity: 1, overloadMs: 200 });
    const first = await open(target);
    const alone = await leastFirstChunkMs(first);
    assert.ok(alone < 150, `${alone} ms with one socket`);
    await open(target);
    const slow = await leastFirstChunkMs(first);
    assert.ok(slow >= 195 && slow < 390, `${slow} ms with two sockets`);
    await open(target);
    assert.ok((await firstChunkMs(first)) >= 395);
    assert.equal(await upgradeStatus(target, await login(target)), 502);
    const { open: sockets, peak, upgradesRefused } = target.stats();
    assert.deepEqual([sockets, peak, upgradesRefused], [3, 3, { 502: 1 }]);
  });
});

test('the delay table gives each question its delay, over all sockets', async (t) => {
  const delays = [100, 0, 200];
  const target = await start(t, { delays, chunks: 2 });
  const [one, other] = [await open(target), await open(target)];
  const taken: number[] = [];
  for (let round = 0; round < 5; round++) taken.push(await firstChunkMs(one), await firstChunkMs(other));
  delays.forEach((planned, place) => {
    const least = Math.min(...taken.filter((_, question) => question % delays.length === place));
    assert.ok(least >= planned - 5 && least < planned + 90, `${least} ms instead of ${planned}`);
  });
});
