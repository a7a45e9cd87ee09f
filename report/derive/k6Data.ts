/** Reads the data that k6 hands to `handleSummary`. Pure. */
import type { Kind } from '../../lib/vocabulary/vocabulary.ts';

/** The part of k6's data that is used; `metrics` has a key per metric and sub-metric. */
export interface K6Data {
  metrics: Record<string, { values: Record<string, number>; thresholds?: unknown } | undefined>;
  state: { testRunDurationMs: number; isStdOutTTY?: boolean };
  options?: { noColor?: boolean };
}

/** Values of a Trend: `count`, `min`, `avg`, `med`, `max` and `p(x)` in milliseconds; all absent without samples. */
export type Distribution = Record<string, number>;

/** A Rate: the share of good samples, and how many there were. */
export interface Share {
  rate: number | null;
  samples: number;
}

/** What tells that a Counter or Trend, a Rate, or a Gauge has samples. */
const SAMPLES = ['count', 'passes', 'fails', 'value'];

/** Whether values are of any samples: a sub-metric is there from the start. */
export function hasSamples(values: Readonly<Record<string, number>>): boolean {
  return SAMPLES.some((count) => (values[count] ?? 0) !== 0);
}

export class K6Metrics {
  private readonly metrics: K6Data['metrics'];

  constructor(data: K6Data) {
    this.metrics = data.metrics;
  }

  /** Total of a Counter; 0 without samples. */
  count(name: string): number {
    return this.metrics[name]?.values['count'] ?? 0;
  }

  /** A Rate; `rate` is null without samples. */
  share(name: string): Share {
    const { passes = 0, fails = 0 } = this.metrics[name]?.values ?? {};
    const samples = passes + fails;
    return { rate: samples === 0 ? null : passes / samples, samples };
  }

  /** A Trend; empty without samples (k6 itself says 0 then). */
  distribution(name: string): Distribution {
    const values = this.metrics[name]?.values ?? {};
    return (values['count'] ?? 0) > 0 ? values : {};
  }

  /** Whether k6 has made this metric. */
  has(name: string): boolean {
    return this.metrics[name] !== undefined;
  }

  /** Whether it has samples. */
  hasSamples(name: string): boolean {
    return hasSamples(this.metrics[name]?.values ?? {});
  }

  /** Value of a Gauge; 0 without samples. */
  value(name: string): number {
    return this.metrics[name]?.values['value'] ?? 0;
  }

  /** The values of a metric of this kind. */
  measure(name: string, kind: Kind): Distribution | Share | number {
    if (kind === 'trend') return this.distribution(name);
    if (kind === 'rate') return this.share(name);
    return kind === 'gauge' ? this.value(name) : this.count(name);
  }

  /** The aggregate that a limit names; null without samples. Counters always have a value. */
  aggregate(name: string, aggregate: string): number | null {
    const values = this.metrics[name]?.values;
    if (aggregate === 'count') return values?.['count'] ?? 0;
    if (values === undefined) return null;
    if ('passes' in values) return this.share(name).rate;
    if ('avg' in values && values['count'] === 0) return null;
    return values[aggregate] ?? null;
  }
}
