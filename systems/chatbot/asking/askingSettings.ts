/** The settings of whoever asks a chat back end, whatever it asks over. Pure data. */
import { OF_SESSIONS, SOME_SECONDS } from '../../../lib/before/settings/ranges.ts';
import { thinkSetting } from '../../../lib/before/settings/think.ts';
import { setting } from '../../../lib/words/sections.ts';
import { parseBasicAuth, parseHeaders } from '../client/clientHeaders.ts';

/** What every request carries besides. */
export const HEADER_SETTINGS = {
  httpHeaders: {
    kind: 'custom',
    env: 'HTTP_HEADERS',
    default: '',
    parse: parseHeaders,
    hidesText: true,
    meaning:
      'of each REST call and handshake, where the protocol has no header of that name: `Name: value` lines, or JSON',
    shapes: 'nothing',
    vu: true,
    inFiles: 'masked',
  },
  basicAuth: {
    kind: 'custom',
    env: 'BASIC_AUTH',
    parse: parseBasicAuth,
    hidesText: true,
    meaning: '`user:password` for the header `Authorization`, likewise',
    shapes: 'nothing',
    vu: true,
    inFiles: 'masked',
  },
} as const;

/** Who asks, what, and how. */
export const QUESTION_SETTINGS = {
  usersFile: {
    kind: 'file',
    env: 'USERS_FILE',
    meaning:
      'CSV with a line of names, or JSON `[{"user": …}]`: [a user for each VU](your-own-back-end.md#users)',
    shapes: 'nothing',
  },
  questions: {
    kind: 'text',
    env: 'QUESTIONS',
    scales: { by: 'size', least: 2 },
    default: 'MED1060:20,BUMA1000:20',
    quick: 'MED1060:5,BUMA1000:5',
    meaning: 'pool:count, in this order; pools: `MED1060`, `BUMA1000`, `general`',
    shapes: 'load',
  },
  questionOrder: {
    kind: 'choice',
    env: 'QUESTION_ORDER',
    default: 'order',
    choices: ['order', 'shuffle'],
    meaning: 'within a session; `shuffle`: drawn and mixed, by `SEED`',
    ...OF_SESSIONS,
  },
  questionsFile: {
    kind: 'file',
    env: 'QUESTIONS_FILE',
    meaning: 'JSON `{"pool": ["question", …]}` instead of the bundled pools',
    shapes: 'load',
  },
  think: thinkSetting('pause between an answer and the next question', '0'),
  onFailure: {
    kind: 'choice',
    env: 'ON_FAILURE',
    default: 'continue',
    choices: ['continue', 'end'],
    meaning: 'what a session does after a failed question',
    ...OF_SESSIONS,
  },
} as const;

export const ANSWER_TIMEOUT = setting({
  ...SOME_SECONDS,
  env: 'ANSWER_TIMEOUT_SECONDS',
  default: 60,
  meaning: 'from a question to its complete answer',
  ...OF_SESSIONS,
});
