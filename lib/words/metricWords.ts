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
