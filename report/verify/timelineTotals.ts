/** k6's web dashboard keeps totals of its own in timeline.ndjson: they must be those of the summary. Pure. */
import { thresholdsOf, type Thresholds } from '../../lib/before/thresholds.ts';
import { partsOf } from '../parts/parts.ts';
import type { Rules } from './invariants.ts';
import type { RunSummary } from '../derive/summary.ts';
import { parseTimeline } from '../derive/timeline.ts';

type Values = Readonly<Record<string, number>>;

/** Compares the thresholds that k6 was given, and its totals; metrics without samples are not in the timeline. */
export function timelineRules(summary: RunSummary, text: string, rules: Rules): void {
  thresholdRules(summary, text, rules);
  const { points, metrics } = parseTimeline(text);
  const end = points.at(-1);
  const known = new Set(metrics);
  for (const [name, values] of Object.entries(summary.metrics)) {
    if (!known.has(name)) {
      rules.holds(sampleCount(values) === 0, `k6 saw no ${name}, summary.json has some`);
      continue;
    }
    for (const [key, value] of comparable(values)) {
      const seen = end?.total(name, key) ?? null;
      const sentence = `${name} ${key} is ${value} in summary.json, ${seen ?? 'not'} in timeline.ndjson`;
      rules.holds(seen === null ? !ALWAYS.includes(key) : isCut(seen, value), sentence);
    }
  }
  const others = metrics.filter((name) => !name.includes('{') && name !== 'time');
  for (const name of others.filter((metric) => !(metric in summary.metrics)))
    rules.broken.push(`k6 saw ${name}, which summary.json does not have`);
}

/** What the dashboard records of every metric that has it. */
const ALWAYS = ['avg', 'max', 'value'];

function sampleCount({ count = 0, passes = 0, fails = 0 }: Values): number {
  return count + passes + fails;
}

/** Rates of Counters go by another clock there; Trends have no count, and Gauges no least and most. */
function comparable(values: Values): [string, number][] {
  const isCounter = !('avg' in values) && !('passes' in values) && !('value' in values);
  const isGauge = 'value' in values;
  return Object.entries(values).filter(([key]) =>
    isCounter ? key === 'count' : isGauge ? key === 'value' : true,
  );
}

/** The dashboard cuts numbers after five digits or five places, but not before the point. */
function isCut(seen: number, value: number): boolean {
  if (Number.isInteger(value)) return seen === value;
  const digits = Math.min(5, Math.max(0, 4 - Math.floor(Math.log10(Math.abs(value)))));
  const unit = 10 ** -digits;
  const slack = unit * 1e-6;
  return value - seen > -slack && value - seen < unit + slack;
}

/** What k6 judged by is what the summary says of plan and limits. */
function thresholdRules(summary: RunSummary, text: string, rules: Rules): void {
  const given = givenThresholds(text);
  const { vocabulary, plan, requiredSessions, generatorLagLimitMs, stopsAtBreak } = summary;
  const retries = Number(summary.settings['retries'] ?? 0);
  const observed = partsOf(summary).flatMap((part) => part.observed?.(summary) ?? []);
  const judged = { vocabulary, observed, plan, requiredSessions, generatorLagLimitMs, stopsAtBreak, retries };
  const own = texts(thresholdsOf(summary.limits, judged));
  for (const key of new Set([...Object.keys(own), ...Object.keys(given)]))
    rules.holds(
      sorted(own[key]) === sorted(given[key]),
      `k6 judged ${key} by ${sorted(given[key])}, plan and limits say ${sorted(own[key])}`,
    );
}

function givenThresholds(text: string): Record<string, string[]> {
  const line = text.split('\n', 20).find((one) => one.startsWith('{"event":"param"')) ?? '{}';
  const { data } = JSON.parse(line) as { data?: { thresholds?: Record<string, string[]> } };
  return data?.thresholds ?? {};
}

function texts(thresholds: Thresholds): Record<string, string[]> {
  const entries = Object.entries(thresholds).map(
    ([key, list]) => [key, list.map((one) => (typeof one === 'string' ? one : one.threshold))] as const,
  );
  return Object.fromEntries(entries);
}

function sorted(list: readonly string[] | undefined): string {
  return [...(list ?? [])].sort().join(', ') || 'nothing';
}
