/**
 * The requests of a run by kind, as Locust has them: operations are requests of the type and name that their vocabulary
 * gives them, those that are told apart by a tag of the name that its value is; where none is of type HTTP, all REST calls
 * together are one. Times are those of what succeeded, for a failure has no latency; REST calls have theirs as k6
 * measures them, failed ones included. Pure.
 */
import type { Operation, Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { Distribution } from '../derive/k6Data.ts';
import { booksOf } from '../derive/measures.ts';
import type { RunSummary } from '../derive/summary.ts';

/** One kind of request, or all. `times` has a part per metric. */
export interface RequestRow {
  type: string;
  name: string;
  requests: number;
  failures: number;
  times: Distribution[];
}

/** What a request is called. */
export interface RequestName {
  type: string;
  name: string;
}

/** All REST calls together. */
export const REST: RequestName = { type: 'HTTP', name: 'REST calls' };

/** Those of a run; kinds of which there were none are left out. */
export function requestRows(summary: RunSummary): RequestRow[] {
  const { metrics, failures, vocabulary } = summary;
  const restFailures = failures.filter(({ phase }) => isOfRest(phase, vocabulary));
  const rest = {
    ...REST,
    requests: countOf(metrics['http_reqs']),
    failures: restFailures.reduce((sum, { count }) => sum + count, 0),
    times: [metrics['http_req_duration'] ?? {}],
  };
  const entries = rowOperations(vocabulary).flatMap(({ name, row, latency }): RequestRow[] => {
    const parts = Object.entries(summary.breakdown?.[name] ?? {});
    if (parts.length > 0) return parts.map(([value, part]) => entryOf({ ...row, name: value }, part));
    return [entryOf(row, { ...booksOf(summary, name), latency: metrics[latency ?? ''] ?? {} })];
  });
  return withRest(rest, entries).filter(({ requests }) => requests > 0);
}

/** Where operations are REST calls themselves, all calls together would count them twice. */
export function withRest(rest: RequestRow, entries: readonly RequestRow[]): RequestRow[] {
  return entries.some(({ type }) => type === REST.type) ? [...entries] : [rest, ...entries];
}

function entryOf(
  row: RequestName,
  { began, bad, latency }: { began: number; bad: number; latency: Distribution },
): RequestRow {
  return { ...row, requests: began, failures: bad, times: [latency] };
}

/** The operations that have a row, with their names. */
export function rowOperations({
  operations,
}: Vocabulary): (Operation & { name: string; row: RequestName })[] {
  return Object.entries(operations).flatMap(([name, words]) =>
    words.row === undefined ? [] : [{ ...words, name, row: words.row }],
  );
}

/** Whether what fails in a phase is a REST call. */
export function isOfRest(phase: string, { phases }: Vocabulary): boolean {
  return phases[phase]?.families.includes('rest') === true;
}

const countOf = (values: Record<string, number> | undefined): number => values?.['count'] ?? 0;

/** With the last row: all together. */
export function withTotal(entries: readonly RequestRow[]): RequestRow[] {
  const total = (part: 'requests' | 'failures') => entries.reduce((sum, entry) => sum + entry[part], 0);
  const all = { requests: total('requests'), failures: total('failures') };
  return [...entries, { type: '', name: 'Aggregated', ...all, times: entries.flatMap(({ times }) => times) }];
}

/** The average of all samples; 0 without any. Milliseconds. */
export function averageOf(times: readonly Distribution[]): number {
  const count = times.reduce((sum, part) => sum + countOf(part), 0);
  const total = times.reduce((sum, part) => sum + countOf(part) * (part['avg'] ?? 0), 0);
  return count === 0 ? 0 : total / count;
}
