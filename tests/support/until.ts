/** Waiting for something that must come. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when it holds, asked again after so many milliseconds; rejects when it does not within so many seconds. */
export async function until(
  holds: () => boolean | Promise<boolean>,
  seconds = 5,
  everyMs = 2,
): Promise<void> {
  const deadline = Date.now() + 1000 * seconds;
  while (!(await holds())) {
    assert.ok(Date.now() < deadline, `waited ${seconds} s in vain for ${holds.toString()}`);
    await sleep(everyMs);
  }
}
