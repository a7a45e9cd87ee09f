/**
 * Everything failed before one single answer came, by what only a wrong dialect, key or path explains: then nothing was
 * measured, and nobody can say that the back end is to blame. Pure.
 */
import type { FailureSummary, RunSummary } from './summary.ts';
import { counted } from '../text/words.ts';

interface Sign {
  phases: readonly FailureSummary['phase'][];
  reasons: RegExp;
  /** What would have been right, and the settings that decide it. */
  expected: string;
  check: string;
}

const FRAMES =
  /^(bad_(type|encoding|length|json)|frame_too_short|decrypt_failed|closed_(1002|1003|1007|1008))$/;

/** Messages that are not those of the protocol. */
const OTHER_MESSAGES: Sign = {
  phases: ['connect', 'answer', 'socket'],
  reasons: /^(bad_message|misrouted|empty_answer|closed_(4401|4403))$/,
  expected: 'the messages of the protocol',
  check: 'FIELD_NAMES, or the protocol file',
};

const SIGNS: readonly Sign[] = [
  {
    phases: ['token', 'session'],
    reasons: /^http_(400|401|403|404|other)$/,
    expected: 'a status of 200 to 299',
    check: 'API_BASE_URL, TOKEN_PATH and SESSIONS_PATH, and what the log-in needs',
  },
  {
    phases: ['token', 'session'],
    reasons: /^bad_body$/,
    expected: 'JSON with the token, or the ids of the session',
    check: 'FIELD_NAMES, or the protocol file',
  },
  {
    phases: ['connect'],
    reasons: /^handshake_(refused|invalid)$/,
    expected: 'status 101',
    check: 'WEBSOCKET_BASE_URL, SOCKET_PATH and WEBSOCKET_ORIGIN',
  },
  {
    phases: ['connect', 'answer', 'socket'],
    reasons: FRAMES,
    expected: 'frames of the same encryption and key on both sides',
    check: 'ENCRYPTION and ENCRYPTION_KEY',
  },
  OTHER_MESSAGES,
];

/** Statuses of a handshake by which a server says that nobody is wanted there; others may come of load. */
const REFUSALS = [200, 301, 302, 307, 308, 400, 401, 403, 404];

/** The reason not to judge, where there is one; `undefined` as soon as a single answer came. */
export function noAnswer(summary: RunSummary): string | undefined {
  const { questions, failures, messages } = summary;
  if (questions.answered > 0) return undefined;
  const [row, sign] = mostFrequent(failures) ?? unknownMessages(summary) ?? [];
  if (row === undefined || sign === undefined) return undefined;
  const unknown =
    messages.unknown > 0
      ? `; ${counted(messages.unknown, 'message')} had a type that the protocol does not know`
      : '';
  return `no session got an answer, so nothing was measured: ${row.title} (${row.phase}) ${counted(row.count, 'time')}, where ${sign.expected} was expected${unknown}; check ${sign.check}`;
}

/** The most frequent such failure, where they are more than half of all. */
function mostFrequent(failures: readonly FailureSummary[]): [FailureSummary, Sign] | undefined {
  const counting = failures.filter(({ phase }) => phase !== 'cleanup');
  const signs = counting.flatMap((row): [FailureSummary, Sign][] => {
    const sign = signOf(row);
    return sign === undefined ? [] : [[row, sign]];
  });
  const total = (rows: readonly FailureSummary[]) => rows.reduce((sum, { count }) => sum + count, 0);
  if (total(signs.map(([row]) => row)) * 2 <= total(counting)) return undefined;
  return signs.sort(([a], [b]) => b.count - a.count)[0];
}

function signOf({ phase, reason, status }: FailureSummary): Sign | undefined {
  if (reason === 'handshake_refused' && !REFUSALS.includes(status ?? 0)) return undefined;
  return SIGNS.find(({ phases, reasons }) => phases.includes(phase) && reasons.test(reason));
}

/** Time-outs while messages came that the protocol does not know, and never one that it does. */
function unknownMessages({ failures, messages, metrics }: RunSummary): [FailureSummary, Sign] | undefined {
  const row = failures.find(({ phase, reason }) => phase === 'answer' && reason === 'answer_timeout');
  const heard = metrics['answer_chunks']?.['count'] ?? 0;
  return row && messages.unknown > 0 && heard === 0 ? [row, OTHER_MESSAGES] : undefined;
}
