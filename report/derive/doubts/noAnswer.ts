/**
 * Everything failed before one single good outcome, by what only a wrong dialect, key or path explains: then nothing was
 * measured, and nobody can say that the back end is to blame. Pure.
 */
import { visitNoun, type Sign } from '../../../lib/vocabulary/vocabulary.ts';
import { booksOf } from '../measures.ts';
import type { FailureSummary, RunSummary } from '../summary.ts';
import { counted } from '../../text/words.ts';

/** Statuses of a handshake by which a server says that nobody is wanted there; others may come of load. */
const REFUSALS = [200, 301, 302, 307, 308, 400, 401, 403, 404];

/** The reason not to judge, where there is one; `undefined` as soon as a single one came. */
export function noAnswer(summary: RunSummary): string | undefined {
  const { vocabulary } = summary;
  if (booksOf(summary, vocabulary.headline).good > 0) return undefined;
  const [row, sign] = mostFrequent(summary) ?? [];
  if (row === undefined || sign === undefined) return undefined;
  const strange = totalOf(summary, vocabulary.unknown);
  const unknown =
    strange > 0 ? `; ${counted(strange, 'message')} had a type that the protocol does not know` : '';
  return `no ${visitNoun(vocabulary).one} got ${vocabulary.answer}, so nothing was measured: ${row.title} (${row.phase}) ${counted(row.count, 'time')}, where ${sign.expected} was expected${unknown}; check ${sign.check}`;
}

/** The most frequent failure with such a sign, where they are more than half of all. */
function mostFrequent(summary: RunSummary): [FailureSummary, Sign] | undefined {
  const { phases } = summary.vocabulary;
  const counting = summary.failures.filter(({ phase }) => phases[phase]?.harmless !== true);
  const signs = counting.flatMap((row): [FailureSummary, Sign][] => {
    const sign = signOf(row, summary);
    return sign === undefined ? [] : [[row, sign]];
  });
  const total = (rows: readonly FailureSummary[]) => rows.reduce((sum, { count }) => sum + count, 0);
  if (total(signs.map(([row]) => row)) * 2 <= total(counting)) return undefined;
  return signs.sort(([a], [b]) => b.count - a.count)[0];
}

function signOf({ phase, reason, status }: FailureSummary, summary: RunSummary): Sign | undefined {
  if (reason === 'handshake_refused' && !REFUSALS.includes(status ?? 0)) return undefined;
  return summary.vocabulary.signs.find(
    ({ phases, reasons, some, none }) =>
      phases.includes(phase) &&
      new RegExp(reasons).test(reason) &&
      (some === undefined || totalOf(summary, some) > 0) &&
      totalOf(summary, none) === 0,
  );
}

function totalOf({ measures }: RunSummary, counter: string | undefined): number {
  const total = counter === undefined ? 0 : measures[counter];
  return typeof total === 'number' ? total : 0;
}
