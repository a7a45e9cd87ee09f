/**
 * The custom metrics of a script: those of its vocabulary, and those of outages. k6 makes metrics only while a VU is
 * initialised, and each costs every VU 2 KB, so a script makes no other. Times are milliseconds.
 */
import { Counter, Gauge, Rate, Trend } from 'k6/metrics';
import type { MadeMetric } from '../vocabulary/vuWords.ts';

/** Adds a sample; the VU's tags are added to `tags`. */
export type Add<Value = number> = (value: Value, tags?: Record<string, string>) => void;

/* k6's `add` needs no `this`. The objects that have it are not kept: they would cost every VU 0.6 KB each. */
/* eslint-disable @typescript-eslint/unbound-method */
const counter = (name: string, isTime?: boolean): Add => new Counter(name, isTime).add;
const rate = (name: string): Add<boolean | number> => new Rate(name).add;
const trend = (name: string, isTime?: boolean): Add => new Trend(name, isTime).add;
const gauge = (name: string, isTime?: boolean): Add => new Gauge(name, isTime).add;
/* eslint-enable @typescript-eslint/unbound-method */

const makers = { counter, rate, trend, gauge };
const made: Record<string, Add> = {};

/** Makes the metrics of a script; called once per VU, while it is initialised. */
export function makeMetrics(metrics: readonly MadeMetric[]): void {
  for (const [name, kind, isTime] of metrics) made[name] = makers[kind](name, isTime);
}

/**
 * How samples are added to a metric; keep it in a variable where that is often, which is found faster than a property.
 * Throws a RangeError when the script has no such metric.
 */
export function metric(name: string): Add {
  const add = made[name];
  if (add === undefined)
    throw new RangeError(
      `This script makes no metric "${name}": its vocabulary lacks it, or says it is not needed.`,
    );
  return add;
}

/** Plans with an outage. Times are since the start of the scenario. */
export function outageMetrics() {
  return {
    /** From the start of a probe to its answer; answered probes only. */
    probeDuration: trend('probe_duration', true),
    /** When failed probes had started. */
    probeFailedStart: trend('probe_failed_start', true),
    /** When they were seen to have failed. */
    probeFailedEnd: trend('probe_failed_end', true),
    /** Answered within the answers' p95 limit; tag `second`: of the probe's start, since the planned start of the outage. */
    probeWithinLimit: rate('probe_within_limit'),
    /** When the call that starts the outage was answered; one sample. */
    outageStarted: trend('outage_started', true),
    /** Calls to start the outage that failed. */
    outageFailed: counter('outage_failed'),
  };
}

export type OutageMetrics = ReturnType<typeof outageMetrics>;
