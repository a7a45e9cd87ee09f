/** How the back end came through an outage, from the probes that watched it. Pure. */
import { inSecond, MAX_PROBE_SECONDS, plannedProbes, type Outage, type Plan } from '../../lib/words/load.ts';
import { headlineOf, type Vocabulary } from '../../lib/words/vocabulary.ts';
import type { K6Metrics } from '../derive/k6Data.ts';

/** Times are milliseconds. */
export interface RecoverySummary {
  /** When the outage began, since the start of the scenario; null: no probe failed and nothing said when. */
  startedAt: number | null;
  /** From then until errors stopped: 0 when no probe failed; null when they went on to the end. */
  errorsLastedMs: number | null;
  /** From then until answers kept their p95 limit again: 0 when they always did; null when they did not. */
  p95BackAfterMs: number | null;
  /** Failed questions of the whole run but those of probes. */
  lost: number;
  /** `planned` is absent in runs of an earlier version. */
  probes: { planned?: number; answered: number; failed: number; dropped: number };
}

/** Recovers the times from the probes' starts and ends; a probe every `interval` is how exact they are. */
export function recoveryOf(
  metrics: K6Metrics,
  { plan, vocabulary }: { plan: Plan; vocabulary: Vocabulary },
  outage: Outage,
): RecoverySummary {
  const lost = headlineOf(vocabulary).bad.metric;
  const interval = 1000 / outage.probesPerSecond;
  const starts = metrics.distribution('probe_failed_start');
  const startedAt = beginning(metrics);
  const last = starts['max'];
  const runEnd = (plan.end ?? 0) - interval;
  const errorsEnd = last === undefined ? startedAt : last + interval / 2;
  const answered = metrics.distribution('probe_duration')['count'] ?? 0;
  const { count: failed = 0 } = starts;
  const since = (time: number | null) => (time === null ? 0 : Math.max(0, time - (startedAt ?? time)));
  const slowEnd = endOfSlowness(metrics, plan, outage);
  return {
    startedAt,
    errorsLastedMs: last !== undefined && last >= runEnd - interval ? null : since(errorsEnd),
    p95BackAfterMs: slowEnd === undefined ? null : since(slowEnd),
    lost: metrics.count(lost) - metrics.count(`${lost}{stage:probe}`),
    probes: {
      planned: plannedProbes(plan, outage),
      answered,
      failed,
      dropped: metrics.count('dropped_iterations'),
    },
  };
}

/**
 * When the outage began. What caught probes at work failed them at once, or let them wait for an answer that would
 * have come when such an answer usually comes; both can't be before the outage.
 */
function beginning(metrics: K6Metrics): number | null {
  const told = metrics.distribution('outage_started');
  if (told['min'] !== undefined) return told['min'];
  const firstStart = metrics.distribution('probe_failed_start')['min'];
  const firstEnd = metrics.distribution('probe_failed_end')['min'];
  if (firstStart === undefined || firstEnd === undefined) return null;
  const usual = metrics.distribution('probe_duration')['med'] ?? 0;
  return Math.min(firstEnd, firstStart + usual);
}

/** Probes of so many seconds are looked at together: one that is late among many is no outage. */
const WINDOW_SECONDS = 4;
const SHARE = 0.95;

interface Second {
  good: number;
  all: number;
}

/**
 * The end of the last second from which a window of probes had fewer than 95 % in time, less that second's own good
 * part; null: there is none; undefined: the last window of the run is one.
 */
function endOfSlowness(metrics: K6Metrics, plan: Plan, outage: Outage): number | null | undefined {
  const seconds = secondsOf(metrics, plan, outage);
  const isSlow = (first: number) => {
    const window = seconds.slice(first, first + WINDOW_SECONDS);
    const [good, all] = [sum(window, 'good'), sum(window, 'all')];
    return all > 0 && good < SHARE * all;
  };
  const last = seconds.findLastIndex((_, index) => isSlow(index) && bad(seconds[index]) > 0);
  if (last < 0) return null;
  const trailing = seconds.findLastIndex((second) => second.all > 0);
  if (last === trailing && bad(seconds[last]) === 1) return undefined;
  return outage.start + (last + bad(seconds[last])) * 1000;
}

function secondsOf(metrics: K6Metrics, { end }: Plan, { start }: Outage): Second[] {
  const count = Math.min(MAX_PROBE_SECONDS, Math.ceil(((end ?? start) - start) / 1000));
  return Array.from({ length: count }, (_, second) => {
    const { rate, samples } = metrics.share(inSecond(second));
    return { good: (rate ?? 0) * samples, all: samples };
  });
}

function sum(seconds: readonly Second[], part: keyof Second): number {
  return seconds.reduce((total, second) => total + second[part], 0);
}

/** The share of a second's probes that failed or were late. */
function bad(second: Second | undefined): number {
  return second === undefined || second.all === 0 ? 0 : (second.all - second.good) / second.all;
}
