/** What only the first evaluation of `reconnect` needs. Pure; it reaches the script as text (`./reconnectBefore.ts?text`). */
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { onceBeside } from '../../../lib/before/scenarios.ts';
import { observedDrops } from '../../../lib/measures/reconnections.ts';
import { RECONNECT_SECTIONS } from './reconnectSettings.ts';
import { BY_SERVER, RECONNECT_WORDS } from './reconnectWords.ts';

/** A call of DROP_URL may last so long behind the end of the plan. */
const CALL_MS = 60_000;

const RECONNECT: SystemBefore<null, typeof RECONNECT_SECTIONS> = {
  words: RECONNECT_WORDS,
  sections: RECONNECT_SECTIONS,
  has: ({ drops }) => (drops === 'server' ? [BY_SERVER] : []),
  share: () => ({ facts: null, texts: [] }),
  longestVisit: ({ cycles, reconnectSeconds, replySeconds }) =>
    (cycles.count + 1) * cycles.seconds + reconnectSeconds + 2 * replySeconds,
  longestEnd: ({ reconnectSeconds, replySeconds }) => reconnectSeconds + 2 * replySeconds,
  beside: ({ drops }, { end }) =>
    drops === 'server' ? { drops: onceBeside('drop', (end ?? 0) + CALL_MS) } : {},
  observed: ({ reconnectSeconds }, plan) => observedDrops(plan, reconnectSeconds),
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(RECONNECT, input);
}
