/** What became of operations, and the other counts of a run, as named lines for texts and pages. Pure. */
import { countedAs } from '../../lib/words/plural.ts';
import {
  headlineOf,
  metricsOf,
  operationsInOrder,
  visitNoun,
  type Count,
  type Line,
  type Operation,
  type Vocabulary,
} from '../../lib/vocabulary/vocabulary.ts';
import { booksOf } from '../derive/measures.ts';
import type { OperationSummary, RunSummary } from '../derive/summary.ts';
import { counted, duration, figureText, peakSeen, percent, whole } from './words.ts';

/** A line: its name, and what it says. */
export type NamedLine = readonly [name: string, text: string];

/** The operations, and the lines of the vocabulary; `peak`: the most of the headline that were seen open at a time. */
export function bookLines(summary: RunSummary, peak?: number): NamedLine[] {
  const { vocabulary } = summary;
  const isFirst = summary.retries.attempted === 0;
  const told = operationsInOrder(vocabulary).filter(
    ([name, { began }]) => began.ifAny !== true || booksOf(summary, name).began > 0,
  );
  const operations = told.flatMap(([name, words]) => [
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
  const text = lineText(line, summary);
  return text === '' ? [] : [[line.title, text]];
}

function lineText(line: Line, summary: RunSummary): string {
  if ('trend' in line) return trendText(line, summary);
  return 'rates' in line ? ratesText(line.rates, summary) : countsText(line.counts, summary);
}

function trendText(
  { trend, about, without, all }: Extract<Line, { trend: string }>,
  { metrics, vocabulary }: RunSummary,
): string {
  const { count = 0, avg, med, 'p(95)': p95, 'p(99)': p99, max } = metrics[trend] ?? {};
  if (count === 0) return without;
  const text = (value: number | undefined) => figureText(unitOf(vocabulary, trend), value);
  const average = all ? `average ${text(avg)}, ` : '';
  const nearMost = all ? `p99 ${text(p99)}, ` : '';
  return `${average}p50 ${text(med)}, p95 ${text(p95)}, ${nearMost}at most ${text(max)} ${about}`;
}

function unitOf(vocabulary: Vocabulary, metric: string) {
  return metricsOf(vocabulary)[metric]?.unit ?? 'count';
}

function countsText(counts: readonly Count[], { metrics }: RunSummary): string {
  const texts = counts.map((count) => told(count, metrics[count.metric]?.['count'] ?? 0));
  return texts.filter((text) => text !== '').join(', ');
}

/** k6's own rates are of the whole run. */
function ratesText(counts: readonly Count[], { metrics, durationMs }: RunSummary): string {
  const texts = counts.map(({ metric, word }) => {
    const perSecond = ((metrics[metric]?.['count'] ?? 0) * 1000) / durationMs;
    return `${figureText('per second', perSecond).replace('/s', '')} ${word} a second`;
  });
  return `${texts.join(', ')}, in ${duration(durationMs)}`;
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
  vocabulary: Vocabulary,
): string {
  return `in ${atMost ? 'at most ' : ''}${countedAs(sessions, visitNoun(vocabulary))}`;
}
