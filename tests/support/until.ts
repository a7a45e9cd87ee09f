/** Waiting for something that must come. */
import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves when it holds; rejects when it does not within 5 s. */
export async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!holds()) {
    assert.ok(Date.now() < deadline, `waited 5 s in vain for ${holds.toString()}`);
    await sleep(2);
  }
}
