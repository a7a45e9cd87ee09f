/** Prometheus' text, read by a library that has nothing to do with the one that writes it. */
import { createRequire } from 'node:module';

/** One metric of a text. */
export interface Family {
  name: string;
  help: string;
  type: 'COUNTER' | 'GAUGE' | 'SUMMARY' | 'UNTYPED';
  metrics: Sample[];
}

/** One series of a metric. Numbers are written out. */
export interface Sample {
  labels?: Record<string, string>;
  value?: string;
}

// The library has no types; its shape is trusted: an assertion fails where it is not met.
const parse = createRequire(import.meta.url)('parse-prometheus-text-format') as (text: string) => Family[];

/**
 * Reads a text; throws an Error where it is none. The parts of a histogram (`_bucket`, `_sum`, `_count`) are metrics of
 * their own: the library knows no histogram with labels.
 */
export function readPrometheus(text: string): Map<string, Family> {
  const families = parse(text.replaceAll(/^# TYPE \S+ histogram$/gm, ''));
  return new Map(families.map((family) => [family.name, family]));
}
