/** What is prepared for whoever asks a chat back end: questions and users, and how long a visit takes at most. Pure. */
import type { ReadFile, SystemBefore } from '../../../lib/before/prepare.ts';
import type { Values } from '../../../lib/words/sections.ts';
import { longestThink } from '../../../lib/words/think.ts';
import type { ChatFacts } from '../chatFacts.ts';
import { flatten, parsePools, parseShares } from '../questions.ts';
import { parseUsers } from '../client/users.ts';
import type { ANSWER_TIMEOUT, QUESTION_SETTINGS } from './askingSettings.ts';

type Config = Values<typeof QUESTION_SETTINGS & { answerTimeoutSeconds: typeof ANSWER_TIMEOUT }>;
type Shared = ReturnType<SystemBefore<ChatFacts, []>['share']>;

/** `pools`: text of the question pools that a system brings along. */
export function askingBefore(pools: string) {
  return {
    share: (config: Config, readFile: ReadFile) => share(pools, config, readFile),
    perVisit: (_: Config, shared: Shared) => questionsOf(shared),
    longestVisit: ({ answerTimeoutSeconds, think }: Config, shared: Shared) =>
      questionsOf(shared) * (answerTimeoutSeconds + longestThink(think)),
    longestEnd: ({ answerTimeoutSeconds }: Config) => answerTimeoutSeconds,
  };
}

/** How many a session asks. */
function questionsOf({ facts: { slices } }: Shared): number {
  return slices.reduce((sum, { count }) => sum + count, 0);
}

function share(
  pools: string,
  { questionsFile: file, questions, usersFile }: Config,
  readFile: ReadFile,
): Shared {
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
}
