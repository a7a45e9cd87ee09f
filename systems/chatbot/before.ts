/**
 * What only the first evaluation of a chatbot's script needs of the chatbot. Pure; it reaches scripts as text
 * (`./before.ts?text`).
 */
import defaultPools from '../../data/questions.json' with { type: 'json' };
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../lib/before/prepare.ts';
import { askingBefore } from './asking/askingBefore.ts';
import { CHATBOT_SECTIONS } from './settings.ts';
import type { ChatFacts } from './chatFacts.ts';
import { CHATBOT_WORDS } from './words.ts';

/** The chatbot before the load; `pools`: text of the question pools that it brings along. */
export function chatbotBefore(pools: string): SystemBefore<ChatFacts, typeof CHATBOT_SECTIONS> {
  return {
    words: CHATBOT_WORDS,
    sections: CHATBOT_SECTIONS,
    has: ({ heartbeatSeconds }) => (heartbeatSeconds > 0 ? ['heartbeats'] : []),
    ...askingBefore(pools),
  };
}

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<ChatFacts> | string {
  return prepareRun(chatbotBefore(JSON.stringify(defaultPools)), input);
}
