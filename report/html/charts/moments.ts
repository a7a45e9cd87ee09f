/** What a run looked like over time: the periods of a timeline on the clock of the plan, thinned out. Pure. */
import { max, sum } from 'd3-array';
import type { Plan, Stage } from '../../../lib/plans/load.ts';
import { headlineOf, operationOf, type Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import type { RunSummary } from '../../derive/summary.ts';
import { perSecond, type Timeline, type TimelinePoint } from '../../derive/timeline.ts';

/** One or several seconds of a run. Rates are per second, times milliseconds; null: no samples. */
export interface Moment {
  /** End of it, in seconds since the start of the plan. */
  second: number;
  stage: Stage | undefined;
  planned: number | null;
  /** Visits that are open. */
  open: number | null;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  /** Messages; null where k6's record has none. */
  sent: number | null;
  received: number | null;
  failures: number;
  /** Failures by class, where k6's record keeps them apart. */
  classes: Record<string, number>;
  lag: number | null;
}

/** The moments of a run, at most `most` of them, and how many seconds each covers (rounded). */
export function momentsOf(
  timeline: Timeline,
  summary: RunSummary,
  most: number,
): { moments: Moment[]; seconds: number } {
  const { plan, vocabulary, durationMs } = summary;
  const names = namesOf(vocabulary);
  const start = planStart(timeline, names.began, durationMs);
  const points = timeline.points.filter(({ time, seconds }) => time > start && seconds > 0);
  const size = Math.max(1, Math.ceil(points.length / most));
  const classes = timeline.metrics.filter((name) => name.startsWith('failures{reason:'));
  const hasMessages = timeline.metrics.includes('ws_msgs_sent');
  const moments = Array.from({ length: Math.ceil(points.length / size) }, (_, index) =>
    momentOf(points.slice(index * size, (index + 1) * size), start, plan, { ...names, classes, hasMessages }),
  );
  const first = points[0]?.seconds ?? 1;
  return { moments, seconds: Math.round(size * Math.max(1, first)) };
}

/** The metrics whose time goes by. */
interface Names {
  began: string;
  open: string;
  latency: string;
}

function namesOf(vocabulary: Vocabulary): Names {
  const { began, open } = operationOf(vocabulary, vocabulary.visit);
  return {
    began: began.metric,
    open: open?.metric ?? '',
    latency: headlineOf(vocabulary).latency ?? '',
  };
}

/**
 * When the plan began, in epoch milliseconds: k6 starts its record before it makes its VUs. The end of the record less
 * the length of the run, but within the period that brought the first visit.
 */
function planStart({ startedAt, points }: Timeline, began: string, durationMs: number): number {
  const first = points.findIndex((point) => (point.total(began, 'count') ?? 0) > 0);
  const [before, at] = [points[first - 1]?.time ?? startedAt, points[first]?.time ?? startedAt];
  const end = points.at(-1)?.time ?? startedAt;
  return Math.min(Math.max(end - durationMs, before), at);
}

function momentOf(
  points: readonly TimelinePoint[],
  start: number,
  plan: Plan,
  { open, latency, classes, hasMessages }: Names & { classes: readonly string[]; hasMessages: boolean },
): Moment {
  const last = points.at(-1);
  const seconds = sum(points, (point) => point.seconds);
  const second = ((last?.time ?? start) - start) / 1000;
  // The moment belongs to what was planned in its middle.
  const middle = (second - seconds / 2) * 1000;
  const stage = plan.stages.find(({ start: from, end }) => middle >= from && middle < end);
  const worst = (metric: string, aggregate: string) =>
    max(points, (point) => point.period(metric, aggregate)) ?? null;
  const rate = (metric: string) =>
    perSecond(
      sum(points, (point) => point.period(metric, 'count')),
      seconds,
    );
  return {
    second: Math.round(second * 10) / 10,
    stage: plan.end === null ? plan.stages[0] : stage,
    planned: plannedAt(plan, stage, middle),
    open: last?.total(open, 'count') ?? null,
    p50: middleOf(points.map((point) => point.period(latency, 'med'))),
    p95: worst(latency, 'p(95)'),
    p99: worst(latency, 'p(99)'),
    sent: hasMessages ? rate('ws_msgs_sent') : null,
    received: hasMessages ? rate('ws_msgs_received') : null,
    failures: rate('failures'),
    classes: Object.fromEntries(
      classes.map((name) => [name.slice('failures{reason:'.length, -1), rate(name)]),
    ),
    lag: worst('generator_lag', 'p(99)'),
  };
}

/** The level that the plan wants at a time; null where it plans none (arrivals, or after the end). */
function plannedAt(plan: Plan, stage: Stage | undefined, time: number): number | null {
  if (plan.arrivals || plan.end === null || stage === undefined) return null;
  const since = time - stage.start;
  if (since >= stage.transition) return stage.level;
  const before = plan.stages[stage.number - 2]?.level ?? 0;
  return Math.round(before + ((stage.level - before) * since) / stage.transition);
}

function middleOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  return known[Math.floor((known.length - 1) / 2)] ?? null;
}
