/** The table of requests at the end of a run, a kind in two lines of at most 80 columns, with the columns of Locust's. Pure. */
import type { Distribution } from '../derive/k6Data.ts';
import { mixedPercentile } from '../derive/mixture.ts';
import { averageOf, requestRows, withTotal, type RequestRow } from '../csv/requestRows.ts';
import type { RunSummary } from '../derive/summary.ts';
import type { Paint } from './paint.ts';
import { NOTHING, whole } from './words.ts';

/** Heads, and the characters that each column takes. */
const COLUMNS: readonly (readonly [head: string, width: number])[] = [
  ['requests', 12],
  ['failures', 10],
  ['average', 8],
  ['min', 7],
  ['max', 7],
  ['median', 7],
  ['p95', 7],
  ['p99', 7],
  ['req/s', 7],
  ['fail/s', 7],
];

const NOTE = ' requests by type and name: how many, their times in ms, how many a second';

/** Its lines; none of systems that have no such table. */
export function requestTable(summary: RunSummary, paint: Paint): string[] {
  if (summary.vocabulary.table !== true) return [];
  const seconds = summary.durationMs / 1000;
  return [
    '',
    paint(NOTE, 'dim'),
    paint(line(COLUMNS.map(([head]) => head)), 'dim'),
    ...withTotal(requestRows(summary)).flatMap((row) => [nameOf(row), line(cells(row, seconds))]),
    '',
  ];
}

function nameOf({ type, name }: RequestRow): string {
  return ` ${type} ${name}`.replace('  ', ' ');
}

function line(texts: readonly string[]): string {
  return texts.map((text, index) => text.padStart(COLUMNS[index]?.[1] ?? 0)).join('');
}

function cells({ requests, failures, times }: RequestRow, seconds: number): string[] {
  return [
    ...[requests, failures].map(whole),
    ...timesOf(times).map(milliseconds),
    ...[requests, failures].map((count) => rate(seconds > 0 ? count / seconds : 0)),
  ];
}

function timesOf(times: readonly Distribution[]): number[] {
  const all = [0, 100, 50, 95, 99].map((percent) => mixedPercentile(times, percent));
  const average = averageOf(times);
  return [all.some(Number.isFinite) ? average : NaN, ...all];
}

function milliseconds(value: number): string {
  if (!Number.isFinite(value)) return NOTHING;
  return value < 99.95 ? value.toFixed(1) : value.toFixed(0);
}

function rate(value: number): string {
  if (value === 0) return '0';
  return value < 99.995 ? value.toFixed(2) : value < 9999.5 ? value.toFixed(1) : value.toFixed(0);
}
