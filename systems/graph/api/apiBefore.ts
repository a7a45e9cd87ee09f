/** What only the first evaluation of `graph-api` needs. Pure; it reaches the script as text (`./apiBefore.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { comparedStages } from '../../../lib/plans/mix.ts';
import type { Margin } from './apiBooks.ts';
import { API_SECTIONS } from './apiSettings.ts';
import { API_WORDS } from './apiWords.ts';

/** Clients share which stages are compared. */
const GRAPH_API: SystemBefore<Margin | null, typeof API_SECTIONS> = {
  words: API_WORDS,
  sections: API_SECTIONS,
  has: () => [],
  share: ({ mix, keptShare }) => {
    const stages = comparedStages(mix);
    return { facts: stages === undefined ? null : { ...stages, keptShare }, texts: [] };
  },
  longestVisit: ({ httpTimeoutSeconds }) => httpTimeoutSeconds,
  longestEnd: ({ httpTimeoutSeconds }) => httpTimeoutSeconds,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<Margin | null> | string {
  return prepareRun(GRAPH_API, input);
}
