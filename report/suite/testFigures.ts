/** What a test came to over its whole run, as the table of a suite has it. Pure. */
import type { Evidence, Remains } from '../derive/evidence.ts';
import type { Distribution } from '../derive/k6Data.ts';
import type { RunSummary } from '../derive/summary.ts';
import type { Blocked, TestFigures } from './suiteRecord.ts';

/** null of a run that left no summary. */
export function figuresOf(evidence: Evidence | Remains): TestFigures | null {
  const { result } = evidence.verdict;
  if (!('summary' in evidence)) return null;
  const { summary } = evidence;
  const { operations, vocabulary, durationMs } = summary;
  const { began, good, bad, latency } = operations[vocabulary.headline] ?? {};
  const ended = (good ?? 0) + (bad ?? 0);
  return {
    requests: began ?? null,
    successes: good ?? null,
    ...timesOf(latency),
    requestsPerSecond: began === undefined || durationMs <= 0 ? null : (1000 * began) / durationMs,
    totalSeconds: totalSeconds(summary),
    blocked: blockedOf(summary),
    errorRate: bad === undefined || ended === 0 ? null : bad / ended,
    met: result === 'PASS' ? true : result === 'FAIL' ? false : null,
  };
}

type Times = 'minSeconds' | 'averageSeconds' | 'p50Seconds' | 'p95Seconds' | 'p99Seconds' | 'maxSeconds';

function timesOf(latency: Distribution = {}): Pick<TestFigures, Times> {
  const seconds = (aggregate: string) => inSeconds(latency[aggregate]);
  return {
    minSeconds: seconds('min'),
    averageSeconds: seconds('avg'),
    p50Seconds: seconds('med'),
    p95Seconds: seconds('p(95)'),
    p99Seconds: seconds('p(99)'),
    maxSeconds: seconds('max'),
  };
}

function inSeconds(milliseconds: number | undefined): number | null {
  return milliseconds === undefined ? null : milliseconds / 1000;
}

/** The greatest value of a whole run is that of its slowest stage. */
function totalSeconds({ vocabulary, durationMs, metrics }: RunSummary): number | null {
  const { allDone } = vocabulary;
  if (allDone === undefined) return inSeconds(durationMs);
  const { count = 0, max } = metrics[allDone] ?? {};
  // k6 itself says 0 of no samples.
  return inSeconds(count === 0 ? undefined : max);
}

function blockedOf({ loops }: RunSummary): Blocked | null {
  return loops === undefined ? null : blockedWhere(loops.target.blocked, loops.generator.blocked);
}

/** null: nobody knows; one that is blocked says so whatever is known of the other. */
export function blockedWhere(target: boolean | null, generator: boolean | null): Blocked | null {
  if (target && generator) return 'both';
  if (target) return 'target';
  if (generator) return 'generator';
  return target === null || generator === null ? null : 'no';
}
