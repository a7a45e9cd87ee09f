/**
 * What only the first evaluation of a script needs whose questions are HTTP requests. Pure; it reaches scripts as text
 * (`./turnBefore.ts?text`).
 */
import defaultPools from '../../../data/questions.json' with { type: 'json' };
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { askingBefore } from '../asking/askingBefore.ts';
import type { ChatFacts } from '../chatFacts.ts';
import { TURN_SECTIONS } from './turnSettings.ts';
import { TURN_WORDS } from './turnWords.ts';

const BEFORE: SystemBefore<ChatFacts, typeof TURN_SECTIONS> = {
  words: TURN_WORDS,
  sections: TURN_SECTIONS,
  has: () => [],
  ...askingBefore(JSON.stringify(defaultPools)),
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<ChatFacts> | string {
  return prepareRun(BEFORE, input);
}
