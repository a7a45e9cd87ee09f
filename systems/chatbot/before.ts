/**
 * What only the first evaluation of a chatbot's script needs of the chatbot. Pure; it reaches scripts as text
 * (`./before.ts?text`).
 */
import defaultPools from '../../data/questions.json' with { type: 'json' };
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../lib/before/prepare.ts';
import { longestThink } from '../../lib/words/think.ts';
import { flatten, parsePools, parseShares } from './questions.ts';
import { CHATBOT_SECTIONS } from './settings.ts';
import { parseUsers } from './client/users.ts';
import type { ChatFacts } from './chatFacts.ts';
import { CHATBOT_WORDS } from './words.ts';

/** The chatbot before the load; `pools`: text of the question pools that it brings along. */
export function chatbotBefore(pools: string): SystemBefore<ChatFacts, typeof CHATBOT_SECTIONS> {
  return {
    words: CHATBOT_WORDS,
    sections: CHATBOT_SECTIONS,
    has: ({ heartbeatSeconds }) => (heartbeatSeconds > 0 ? ['heartbeats'] : []),
    share: ({ questionsFile: file, questions, usersFile }, readFile) => {
      const given =
        file === undefined
          ? parsePools(pools, 'data/questions.json')
          : parsePools(readFile('QUESTIONS_FILE', file), file);
      const { texts, slices } = flatten(given, parseShares(questions, given));
      const users = usersFile === undefined ? [] : parseUsers(readFile('USERS_FILE', usersFile), usersFile);
      return {
        facts: { slices, users: { from: texts.length, count: users.length } },
        texts: [...texts, ...users.map((user) => JSON.stringify(user))],
      };
    },
    longestVisit: ({ answerTimeoutSeconds, think }, { facts: { slices } }) => {
      const questions = slices.reduce((sum, { count }) => sum + count, 0);
      return questions * (answerTimeoutSeconds + longestThink(think));
    },
    longestEnd: ({ answerTimeoutSeconds }) => answerTimeoutSeconds,
  };
}

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<ChatFacts> | string {
  return prepareRun(chatbotBefore(JSON.stringify(defaultPools)), input);
}
