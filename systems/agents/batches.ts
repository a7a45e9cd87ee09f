/** When connections are opened that do not arrive by a rate: in batches. Pure; apart from the settings, which VUs do not need. */

/** When the batch of connection number `rank` (from 1) begins, in seconds after the first. */
export function batchSeconds(batch: { batch: number; batchSeconds: number }, rank: number): number {
  return Math.floor((rank - 1) / batch.batch) * batch.batchSeconds;
}
