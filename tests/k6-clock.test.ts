// Is the clock with which VUs measure right, however busy the VU was when it was set?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ClockReading } from './support/clockReading.ts';
import { runK6 } from './support/k6.ts';

test('the clock of a VU is within a millisecond of the time, however late the event was handled that set it', async (t) => {
  const run = await runK6({ source: 'tests/k6/clock.ts', env: {} });
  const readings = JSON.parse(run.file('clock.json') ?? '[]') as ClockReading[];
  assert.equal(readings.length, 4);
  for (const { handledAfterMs, before, clock, after, late, fromTheFuture, corrected } of readings) {
    t.diagnostic(`handled after ${handledAfterMs} ms: ${(clock - before).toFixed(3)} ms from Date.now()`);
    assert.ok(clock > before - 1 && clock < after + 1, `${clock} is not between ${before} and ${after}`);
    assert.equal(late, 0);
    assert.ok(corrected >= fromTheFuture, 'an event of the future moves a clock that is behind');
  }
});
