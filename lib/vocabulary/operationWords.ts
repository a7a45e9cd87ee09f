/** Operations whose metrics are named by what they are called and what becomes of them: `chunks_sent`, `chunk_success`. Pure. */
import { count, share, time } from './metricWords.ts';
import type { Column, Count, Noun, Operation, Vocabulary } from './vocabulary.ts';

/** The words for those that began and those that ended well: "sent", "acknowledged". */
export type Verbs = readonly [began: string, good: string];

/** `noun` names the metrics; `type`: of its line in Locust's columns; `more`: what else it has, or has in another way. */
export function operation(
  noun: Noun,
  [began, good]: Verbs,
  type: string,
  more: Partial<Operation> = {},
): Operation {
  const { one, many } = noun;
  return {
    noun,
    began: { metric: `${many}_${began}`, word: began },
    good: { metric: `${many}_${good}`, word: good },
    bad: { metric: `${many}_failed`, word: 'failed' },
    success: `${one}_success`,
    latency: `${one}_latency`,
    row: { type, name: one },
    ...more,
  };
}

/** The Counter of those that are under way. */
export function openOf({ many }: Noun): Count {
  return { metric: `${many}_open`, word: 'open' };
}

/** What the metrics of an operation are of. */
export interface Meanings {
  began: string;
  good: string;
  /** Counted by `reason`. */
  failed: string;
  /** The usual words when left out. */
  success?: string;
  latency: string;
}

/** The metrics by which operations are judged in each stage. */
export function judgedMetrics(
  { one, many }: Noun,
  [began, good]: Verbs,
  { success = `${good} (1) or failed (0)`, ...is }: Meanings,
): Vocabulary['metrics'] {
  const judged = { limit: 'every stage', stages: true } as const;
  return {
    [`${many}_${began}`]: count(is.began, { stages: true }),
    [`${many}_${good}`]: count(is.good, judged),
    [`${many}_failed`]: count(is.failed, { limit: 'run' }),
    [`${one}_success`]: share(success, { ...judged, samples: `${many}_${began}` }),
    [`${one}_latency`]: time(is.latency, { ...judged, samples: `${many}_${good}` }),
  };
}

/** The Counter of those that are under way, as a metric. */
export function openMetric({ many }: Noun, [began, good]: Verbs): Vocabulary['metrics'] {
  return { [`${many}_open`]: count(`+1 when ${began}, −1 when ${good} or failed`) };
}

/** The columns of its latency in the table of stages. */
export function latencyColumns(name: string): Column[] {
  const metric = `${name}_latency`;
  return [
    { head: 'p50', title: `${name} p50`, metric, aggregate: 'med' },
    { head: 'p95', title: `${name} p95`, metric, aggregate: 'p(95)' },
    { head: 'p99', title: `${name} p99`, metric, aggregate: 'p(99)' },
  ];
}

/** What an observer beside the visits asks again and again: only its outcome counts. */
export function observation(noun: Noun, [began, good]: Verbs): Operation {
  const { many } = noun;
  return {
    noun,
    began: { metric: `${many}_${began}`, word: began, ifAny: true },
    good: { metric: `${many}_${good}`, word: good },
    bad: { metric: `${many}_failed`, word: 'failed' },
    open: { ...openOf(noun), ifAny: true },
    success: `${noun.one}_success`,
  };
}
