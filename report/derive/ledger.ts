/** The ledger: counts that must balance, because everything started ends in exactly one bucket. Pure. */
import { plannedSessions, type Plan } from '../../lib/plans/load.ts';
import { plannedArrivals } from '../../lib/plans/rate.ts';
import {
  operationOf,
  type Count,
  type Operation,
  type Rule,
  type Vocabulary,
} from '../../lib/vocabulary/vocabulary.ts';
import type { K6Metrics } from './k6Data.ts';

/** One equation: `total` must be the sum of `parts`. */
export interface LedgerLine {
  name: string;
  total: number;
  totalName: string;
  parts: Record<string, number>;
  balanced: boolean;
}

/** What the total of the line is called that says whether all of a plan was started, where it has so many. */
export const PLANNED = 'planned';

/** What the ledger is made of besides k6's counts. */
interface Books {
  vocabulary: Vocabulary;
  plan: Plan;
  failures: readonly { phase: string; count: number }[];
  cutShort: boolean;
}

/** The lines of a run. Lines that an interruption may unbalance are left out when it was cut short. */
export function ledgerOf(metrics: K6Metrics, books: Books): LedgerLine[] {
  const { vocabulary, plan, cutShort } = books;
  const operations = Object.entries(vocabulary.operations).filter(([, words]) => isTold(metrics, words));
  const always = operations.flatMap(([name, words]) => [
    ...(words.open === undefined ? [] : [bucketLine(metrics, words)]),
    ...classLine(metrics, words, books.failures),
    ...latencyLine(metrics, words, name === vocabulary.headline),
  ]);
  if (cutShort) return always;
  return [
    ...plannedLine(metrics, plan, vocabulary),
    ...always,
    ...operations.flatMap(([, words]) => (words.open === undefined ? [bucketLine(metrics, words)] : [])),
    ...operations.flatMap(([, words]) => attemptsLine(metrics, words)),
    ...vocabulary.rules.flatMap((rule) => ruleLine(metrics, rule)),
  ];
}

/** What nobody wants to know of none needs no line where nothing of it was counted. */
function isTold(metrics: K6Metrics, { began, good, bad, open }: Operation): boolean {
  const counts = [began, good, bad, open].map((count) => (count ? metrics.count(count.metric) : 0));
  return began.ifAny !== true || counts.some((count) => count !== 0);
}

function bucketLine(metrics: K6Metrics, { noun, began, good, bad, stopped, open }: Operation): LedgerLine {
  const buckets = [good, bad, stopped, open].filter((bucket) => bucket !== undefined);
  const parts = buckets.map(({ metric, word }) => [word, metrics.count(metric)] as const);
  return line(noun.many, metrics.count(began.metric), began.word, Object.fromEntries(parts));
}

function classLine(
  metrics: K6Metrics,
  { noun, bad, phase }: Operation,
  failures: Books['failures'],
): LedgerLine[] {
  if (phase === undefined) return [];
  const classes = failures.filter((row) => row.phase === phase).reduce((sum, { count }) => sum + count, 0);
  return [line(`failed ${noun.many}`, metrics.count(bad.metric), bad.word, { 'in their classes': classes })];
}

/** An operation that nobody counts before it ends may be cut between two of its counts. */
function latencyLine(
  metrics: K6Metrics,
  { noun, good, latency, open }: Operation,
  isHeadline: boolean,
): LedgerLine[] {
  if (latency === undefined || open === undefined) return [];
  const name = isHeadline ? 'latency samples' : `latency samples of ${noun.many}`;
  return [line(name, samplesOf(metrics, latency), 'samples', { [good.word]: metrics.count(good.metric) })];
}

function plannedLine(metrics: K6Metrics, plan: Plan, vocabulary: Vocabulary): LedgerLine[] {
  const { began, noun } = operationOf(vocabulary, vocabulary.visit);
  if (plan.isRate) return [arrivalLine(metrics, plan, noun.many, began)];
  const planned = plannedSessions(plan);
  if (planned === null) return [];
  return [line(`planned ${noun.many}`, planned, PLANNED, { [began.word]: metrics.count(began.metric) })];
}

/** The last arrival is due at the very end, when k6 may start none any more. */
function arrivalLine(metrics: K6Metrics, plan: Plan, many: string, began: Count): LedgerLine {
  const planned = plannedArrivals(plan);
  const [started, dropped] = [metrics.count(began.metric), metrics.count('dropped_iterations')];
  const last = planned - started - dropped === 1 ? 1 : 0;
  return line(`planned ${many}`, planned, PLANNED, {
    [began.word]: started,
    ...(dropped === 0 ? {} : { dropped }),
    ...(last === 0 ? {} : { 'due at the end': last }),
  });
}

function attemptsLine(metrics: K6Metrics, { noun, began, success, retriedIn }: Operation): LedgerLine[] {
  if (retriedIn === undefined || metrics.count('retries') === 0) return [];
  const parts = {
    first: metrics.share(success).samples,
    again: metrics.count(`retries{phase:${retriedIn}}`),
  };
  return [line(`attempts at ${noun.many}`, metrics.count(began.metric), began.word, parts)];
}

function ruleLine(metrics: K6Metrics, { left, right, ledger }: Rule): LedgerLine[] {
  if (ledger === undefined) return [];
  const total = left.reduce((sum, name) => sum + metrics.count(name), 0);
  const parts = right.map((name, index) => [ledger.right[index] ?? name, metrics.count(name)] as const);
  return [line(ledger.name, total, ledger.left, Object.fromEntries(parts))];
}

function samplesOf(metrics: K6Metrics, trend: string): number {
  return metrics.distribution(trend)['count'] ?? 0;
}

function line(name: string, total: number, totalName: string, parts: Record<string, number>): LedgerLine {
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  return { name, total, totalName, parts, balanced: total === sum };
}
