/** What became of operations, and the other counts of a run, as named lines for texts and pages. Pure. */
import { countedAs } from '../../lib/words/plural.ts';
import {
  headlineOf,
  metricsOf,
  operationsInOrder,
  type Count,
  type Line,
  type Operation,
  type Vocabulary,
} from '../../lib/words/vocabulary.ts';
import { booksOf, type OperationSummary, type RunSummary } from '../derive/summary.ts';
import { counted, duration, figureText, peakSeen, percent, whole } from './words.ts';

/** A line: its name, and what it says. */
export type NamedLine = readonly [name: string, text: string];

/** The operations, and the lines of the vocabulary; `peak`: the most of the headline that were seen open at a time. */
export function bookLines(summary: RunSummary, peak?: number): NamedLine[] {
  const { vocabulary } = summary;
  const isFirst = summary.retries.attempted === 0;
  const operations = operationsInOrder(vocabulary).flatMap(([name, words]) => [
    [words.noun.many, operationText(words, booksOf(summary, name), isFirst)] as const,
    ...(name === vocabulary.headline ? concurrentLines(summary, peak) : []),
  ]);
  return [...operations, ...vocabulary.lines.flatMap((line) => ownLine(line, summary))];
}

/**
 * `12 sent = 10 answered + 2 failed + 0 open; success 83.33 %`; no sum where nobody counts what is open. `isFirst`: nothing
 * was tried again, so that the counts say all of the success at first.
 */
function operationText(words: Operation, books: OperationSummary, isFirst: boolean): string {
  const { began, good, bad, stopped, open, retriedIn } = words;
  const buckets = [
    told(good, books.good),
    told(bad, books.bad),
    ...(stopped === undefined ? [] : [told(stopped, books.stopped ?? 0)]),
    ...(open === undefined ? [] : [told(open, books.open ?? 0)]),
  ].filter((text) => text !== '');
  const start = told(began, books.began);
  const counts = open === undefined ? [start, ...buckets].join(', ') : `${start} = ${buckets.join(' + ')}`;
  if (books.success.rate === null || (retriedIn !== undefined && isFirst)) return counts;
  const what = retriedIn === undefined ? 'success' : 'success at first';
  return `${counts}; ${what} ${percent(books.success.rate)}`;
}

/** `12 sent`; empty where nobody wants to know of none. */
export function told({ word, one, ifAny }: Count, count: number): string {
  if (count === 0 && ifAny === true) return '';
  return `${whole(count)} ${count === 1 && one !== undefined ? one : word}`;
}

function concurrentLines(summary: RunSummary, peak: number | undefined): NamedLine[] {
  const { vocabulary } = summary;
  const { concurrent } = booksOf(summary, vocabulary.headline);
  if (concurrent === undefined) return [];
  const seen = peakSeen(concurrent, peak);
  const most = seen === undefined ? '' : `, peak ${seen} seen`;
  return [['concurrent', `${concurrent.toFixed(1)} ${headlineOf(vocabulary).noun.many} on average${most}`]];
}

function ownLine(line: Line, summary: RunSummary): NamedLine[] {
  const text = 'trend' in line ? trendText(line, summary) : countsText(line.counts, summary);
  return text === '' ? [] : [[line.title, text]];
}

function trendText(
  { trend, about, without }: Extract<Line, { trend: string }>,
  { metrics, vocabulary }: RunSummary,
): string {
  const { count = 0, med, 'p(95)': p95, max } = metrics[trend] ?? {};
  if (count === 0) return without;
  const text = (value: number | undefined) => figureText(unitOf(vocabulary, trend), value);
  return `p50 ${text(med)}, p95 ${text(p95)}, at most ${text(max)} ${about}`;
}

function unitOf(vocabulary: Vocabulary, metric: string) {
  return metricsOf(vocabulary)[metric]?.unit ?? 'count';
}

function countsText(counts: readonly Count[], { metrics }: RunSummary): string {
  const texts = counts.map((count) => told(count, metrics[count.metric]?.['count'] ?? 0));
  return texts.filter((text) => text !== '').join(', ');
}

/** What was tried again; nothing where nothing was and nothing may be. */
export function retryLines({ retries, settings }: RunSummary): NamedLine[] {
  const { attempted, succeeded, suppressed, waitMs } = retries;
  if (attempted === 0 && Number(settings['retries'] ?? 0) === 0) return [];
  return [
    [
      'retries',
      `${counted(attempted, 'attempt')}, ${whole(succeeded)} succeeded, ${whole(suppressed)} suppressed; waited ${duration(waitMs)}`,
    ],
  ];
}

/** How often a class of failures happened, in how many visits: `in at most 29 sessions`. */
export function affectedText(
  { sessions, atMost }: { sessions: number; atMost?: true },
  { level }: Vocabulary,
): string {
  return `in ${atMost ? 'at most ' : ''}${countedAs(sessions, level)}`;
}
