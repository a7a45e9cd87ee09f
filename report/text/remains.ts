/** What was seen of a run of which k6 left no summary, as text. Pure. */
import { countedAs } from '../../lib/words/plural.ts';
import { operationsInOrder, type Count, type Operation } from '../../lib/vocabulary/vocabulary.ts';
import type { Remains, RunRecord } from '../derive/evidence.ts';
import { explain } from '../derive/explain.ts';
import { parseTimeline, type TimelinePoint } from '../derive/timeline.ts';
import { told } from './books.ts';
import { renderEnd, row } from './text.ts';
import { duration, metricName, percent, whole } from './words.ts';

/** The whole text of at most 80 columns; `colours` only for a terminal; `files`: where the files are. */
export function renderRemains(remains: Remains, colours: boolean, files?: string): string {
  return renderEnd(remains.verdict, seenLines(remains), colours, files);
}

/** What the record of k6 and the monitor hold, a line each; empty when k6 did not get so far. */
export function seenLines(remains: Remains): string[] {
  const { timeline, run } = remains;
  const last = timeline === undefined ? undefined : parseTimeline(timeline).points.at(-1);
  if (last === undefined) return exampleLines(remains);
  const operations = run?.vocabulary === undefined ? [] : operationsInOrder(run.vocabulary);
  return [
    ...operations.flatMap(([name, words]) => (run ? operationLines(name, words, last, run) : [])),
    ...exampleLines(remains),
    ...generatorLine(run?.observed),
  ];
}

/** How many began, and what became of them; the visit's line says what all this is. */
function operationLines(
  name: string,
  { noun, began, good, bad, open, latency }: Operation,
  last: TimelinePoint,
  { vocabulary, observed }: RunRecord,
): string[] {
  const total = ({ metric }: Count) => last.total(metric, 'count') ?? 0;
  if ([began, good, bad].every((count) => total(count) === 0)) return [];
  const ends = [good, bad].map((count) => told(count, total(count))).filter((text) => text !== '');
  if (name === vocabulary?.visit)
    return row('seen so far', [`${countedAs(total(began), noun)} ${began.word}`, ...ends].join(', '));
  const isSeen = name === vocabulary?.headline && open !== undefined;
  const peak = isSeen && observed ? [`peak ${whole(observed.peakConcurrent)} seen`] : [];
  const p95 = latency === undefined ? null : last.total(latency, 'p(95)');
  const time = p95 === null ? '' : `; ${metricName(latency ?? '')} p95 ${duration(p95)}`;
  return row(noun.many, `${[told(began, total(began)), ...ends, ...peak].join(', ')}${time}`);
}

/** Nobody has counted the failures, but the log has the first of each class. */
function exampleLines({ run }: Remains): string[] {
  const { phases, reasons } = run?.vocabulary ?? {};
  return (run?.examples ?? []).flatMap(({ phase, reason, text }, index) => {
    const { title } = explain(reason, undefined, reasons);
    return row(index === 0 ? 'failures' : '', `first ${title} (${phases?.[phase]?.title ?? phase}): ${text}`);
  });
}

function generatorLine(observed: NonNullable<Remains['run']>['observed']): string[] {
  const parts = [
    ...(typeof observed?.peakCpu === 'number' ? [`CPU peak ${percent(observed.peakCpu, 0)}`] : []),
    ...(typeof observed?.peakMemoryBytes === 'number'
      ? [`memory ${whole(observed.peakMemoryBytes / 1e6)} MB`]
      : []),
  ];
  return parts.length === 0 ? [] : row('generator', parts.join(', '));
}
