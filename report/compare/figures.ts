/** The figures by which runs are compared: those of the vocabulary, stage by stage, and those of the whole run. Pure. */
import { metricsOf, type Metric, type Unit, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { Evidence } from '../derive/evidence.ts';
import type { Distribution } from '../derive/k6Data.ts';
import { aggregateOf, isShare, measureOf, perSecondIn, type Measure } from '../derive/measures.ts';
import type { StageSummary } from '../derive/summary.ts';
import type { PartFigure } from '../parts/part.ts';
import { partsOf } from '../parts/parts.ts';
import { limitName } from '../text/words.ts';
import { countInterval, quantileInterval, shareInterval, type Interval } from './noise.ts';
import { unitOf, type HouseFigure, type Units } from './tolerance.ts';

type Run = Pick<Evidence, 'summary' | 'verdict'>;

/** One figure, as each run has it. */
export interface Source {
  /** null: of the whole run. */
  stage: number | null;
  metric: string;
  /** `latency p95`, with the words of the metric. */
  name: string;
  unit: Unit;
  /** Whether more is better. */
  more: boolean;
  /** null or undefined: not measured. */
  value: (run: Run) => number | null | undefined;
  /** Where the true value probably is; without it a figure is not a matter of chance. */
  interval?: (run: Run) => Interval | undefined;
}

/** The figures of a run: of the whole run first, then stage by stage. */
export function sourcesOf(run: Run): Source[] {
  const { plan, vocabulary } = run.summary;
  return [...wholeSources(run), ...plan.stages.flatMap(({ number }) => stageSources(vocabulary, number))];
}

function whole(metric: HouseFigure, name: string, more: boolean, value: Source['value']): Source {
  return { stage: null, metric, name, unit: unitOf(metric), more, value };
}

function wholeSources({ summary }: Run): Source[] {
  const failures = (run: Run) => run.summary.failures.reduce((sum, { count }) => sum + count, 0);
  return [
    whole('holds', `${summary.vocabulary.level.many} held`, true, levelHeld),
    { ...whole('failures', 'failures', false, failures), interval: (run) => countInterval(failures(run)) },
    ...partsOf(summary).flatMap(({ figures = [] }) => figures.map(partSource)),
  ];
}

function partSource({ metric, name, unit, more, value }: PartFigure): Source {
  return { stage: null, metric, name, unit, more, value: ({ summary }) => value(summary) };
}

/** None, where the level is not what a plan raises; 0 when no stage held. */
function levelHeld({ summary, verdict }: Run): number | null {
  return summary.plan.arrivals === undefined ? (verdict.holds ?? 0) : null;
}

function stageSources(vocabulary: Vocabulary, stage: number): Source[] {
  const { times, shares } = comparedMetrics(vocabulary);
  const metrics = metricsOf(vocabulary);
  const unit = (metric: string): Unit => metrics[metric]?.unit ?? 'count';
  const held: Source = {
    stage,
    metric: 'held',
    name: 'held',
    unit: unitOf('held'),
    more: true,
    value: (run) => measured(run, stage)?.held,
  };
  return [
    ...times.flatMap(({ metric, percentiles }) =>
      metrics[metric]?.once
        ? [onceSource(stage, metric, unit(metric))]
        : percentiles.map((percentile) => percentileSource(stage, metric, unit(metric), percentile)),
    ),
    ...shares.map((metric) => shareSource(stage, metric, unit(metric))),
    ...ratesOf(vocabulary).map((metric) => rateSource(stage, metric)),
    held,
  ];
}

/** The metrics of which stages are compared, with their units. */
export function comparedUnits(vocabulary: Vocabulary): Units {
  const { times, shares } = comparedMetrics(vocabulary);
  const metrics = metricsOf(vocabulary);
  const names = [...times.map(({ metric }) => metric), ...shares];
  const rates = ratesOf(vocabulary).map((metric) => [perSecond(metric), 'per second'] as const);
  return Object.fromEntries([
    ...names.map((name): [string, Unit] => [name, metrics[name]?.unit ?? 'count']),
    ...rates,
  ]);
}

/** Latencies of operations with their percentiles, other Trends with one; success rates, then other Rates. */
function comparedMetrics(vocabulary: Vocabulary) {
  const operations = Object.values(vocabulary.operations);
  const kept = Object.entries(vocabulary.metrics).filter(([, { stages }]) => stages === true);
  const names = (kind: Metric['kind']) => kept.filter(([, of]) => of.kind === kind).map(([name]) => name);
  const inOrder = (first: readonly (string | undefined)[], all: readonly string[]) => [
    ...all.filter((name) => first.includes(name)),
    ...all.filter((name) => !first.includes(name)),
  ];
  const latencies = operations.map(({ latency }) => latency);
  const times = inOrder(latencies, names('trend')).map((metric) => ({
    metric,
    percentiles: latencies.includes(metric) ? [50, 95, 99] : [95],
  }));
  const successes = operations.map(({ success }) => success);
  return { times, shares: inOrder(successes, names('rate')) };
}

function percentileSource(stage: number, metric: string, unit: Unit, percentile: number): Source {
  const aggregate = `p(${percentile})`;
  const kept = percentile === 50 ? 'med' : aggregate;
  const of = (run: Run) => values(run, stage, metric);
  return {
    stage,
    metric,
    name: limitName({ metric, aggregate }),
    unit,
    more: false,
    value: (run) => aggregateOf(of(run), kept),
    interval: (run) => {
      const measure = of(run);
      return isDistribution(measure) ? quantileInterval(measure, percentile / 100) : undefined;
    },
  };
}

/** The Counters that the table of stages has per second. */
function ratesOf({ columns, metrics }: Vocabulary): string[] {
  return columns.flatMap(({ metric, aggregate }) =>
    aggregate === 'rate' && metrics[metric]?.kind === 'counter' ? [metric] : [],
  );
}

function rateSource(stage: number, metric: string): Source {
  return {
    stage,
    metric: perSecond(metric),
    name: limitName({ metric: perSecond(metric), aggregate: 'rate' }),
    unit: 'per second',
    more: true,
    value: (run) => {
      const row = measured(run, stage);
      return row && perSecondIn(row, run.summary.vocabulary, metric);
    },
  };
}

/** Its figure, which is no metric of its own. */
const perSecond = (metric: string): string => `${metric}_per_second`;

/** Of a metric of which a stage has one value. */
function onceSource(stage: number, metric: string, unit: Unit): Source {
  return {
    stage,
    metric,
    name: limitName({ metric, aggregate: 'value' }),
    unit,
    more: false,
    value: (run) => aggregateOf(values(run, stage, metric), 'max'),
  };
}

function shareSource(stage: number, metric: string, unit: Unit): Source {
  const of = (run: Run) => values(run, stage, metric);
  return {
    stage,
    metric,
    name: limitName({ metric, aggregate: 'rate' }),
    unit,
    more: true,
    value: (run) => aggregateOf(of(run), 'rate'),
    interval: (run) => {
      const measure = of(run);
      return isShare(measure) ? shareInterval(measure) : undefined;
    },
  };
}

function values(run: Run, stage: number, metric: string): Measure | undefined {
  const row = measured(run, stage);
  return row && measureOf(row, run.summary.vocabulary, metric);
}

/** A stage that was not finished has other figures than a whole one. */
function measured({ summary }: Run, stage: number): StageSummary | undefined {
  const row = summary.stages.find(({ number }) => number === stage);
  return row?.state === 'unfinished' || row?.state === 'not reached' ? undefined : row;
}

function isDistribution(measure: Measure | undefined): measure is Distribution {
  return typeof measure === 'object' && !isShare(measure);
}
