/**
 * How much room k6's garbage collector gets. Memory saves CPU time, and a collector that has to run often makes a load
 * generator late, which shows as `generator_lag`: so k6 may take what is free.
 */
import { freemem } from 'node:os';
import type { Variables } from '../setup/environment.ts';

/** Go lets the heap grow by so many percent over what is live; above this there is little left to save. */
const GOGC = 400;
/** The same where each request leaves megabytes behind: to collect them costs little, to leave them a lot of memory. */
const GOGC_OF_BULK = 25;
/** The share of the free memory that k6 may take; the rest is for what the system does meanwhile. */
const SHARE = 0.75;
/** No k6 works with less. */
const LEAST_BYTES = 256e6;

/**
 * GOGC and GOMEMLIMIT for k6, of which the user's own come first. Near GOMEMLIMIT the collector runs as often as it has
 * to, so memory that is short costs CPU time instead of the run. `isBulky`: of a script whose requests are large.
 */
export function collectorSettings(
  { GOGC: gogc, GOMEMLIMIT: limit }: Variables,
  { isBulky }: { isBulky?: true } = {},
): Variables {
  return {
    GOGC: gogc ?? String(isBulky ? GOGC_OF_BULK : GOGC),
    GOMEMLIMIT: limit ?? String(memoryLimit(freeBytes())),
  };
}

/** The limit for so many free bytes. */
export function memoryLimit(free: number): number {
  return Math.round(Math.max(LEAST_BYTES, free * SHARE));
}

/** The memory that is free; a container has less than the machine: `availableMemory` knows of it. */
export function freeBytes(): number {
  return typeof process.availableMemory === 'function' ? process.availableMemory() : freemem();
}
