/** The usual kinds of metrics, for vocabularies: `is` says when one is recorded, or of what. Pure. */
import type { Metric } from './vocabulary.ts';

/** A Counter of things. */
export function count(is: string, more: Partial<Metric> = {}): Metric {
  return { kind: 'counter', unit: 'count', is, ...more };
}

/** A Trend of milliseconds. */
export function time(is: string, more: Partial<Metric> = {}): Metric {
  return { kind: 'trend', unit: 'ms', is, ...more };
}

/** A Counter of milliseconds. */
export function totalTime(is: string, more: Partial<Metric> = {}): Metric {
  return { kind: 'counter', unit: 'ms', is, ...more };
}

/** A Rate. */
export function share(is: string, more: Partial<Metric> = {}): Metric {
  return { kind: 'rate', unit: 'share', is, ...more };
}

/** The sub-metrics of these metrics by the values of a tag: `request_latency{endpoint:health}`. */
export function byTag(
  metrics: Readonly<Record<string, Metric>>,
  tag: string,
  values: readonly string[],
): Record<string, Metric> {
  const entries = Object.entries(metrics).flatMap(([name, metric]) =>
    values.map((value): [string, Metric] => [
      tagged(name, tag, value),
      {
        ...metric,
        ...(metric.samples === undefined ? {} : { samples: tagged(metric.samples, tag, value) }),
        is: `those of ${tag} ${value}`,
        of: { metric: name, tags: { [tag]: value } },
      },
    ]),
  );
  return Object.fromEntries(entries);
}

/** The name of a sub-metric. */
export function tagged(metric: string, tag: string, value: string): string {
  return `${metric}{${tag}:${value}}`;
}
