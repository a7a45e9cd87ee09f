/** Log-ins in words: what every script of the messaging platform says of them. Pure. */
import { count, share, time } from '../../../lib/vocabulary/metricWords.ts';
import { openMetric, openOf, operation } from '../../../lib/vocabulary/operationWords.ts';
import type {
  AtTarget,
  Line,
  PhaseWords,
  ReasonWords,
  Rule,
  Vocabulary,
} from '../../../lib/vocabulary/vocabulary.ts';

/** Whoever logs in. */
export const USER = { one: 'user', many: 'users' };

const LOGIN = { one: 'login', many: 'logins' };
const VERBS = ['sent', 'answered'] as const;

/** The metrics of log-ins. */
export const LOGIN_METRICS: Vocabulary['metrics'] = {
  logins_sent: count('log-ins, the first of a user and renewals', { stages: true }),
  logins_answered: count('log-ins that got a token', { limit: 'run', stages: true }),
  logins_failed: count('those that got none, by `reason`', { limit: 'run' }),
  ...openMetric(LOGIN, VERBS),
  login_success: share('a token came (1) or not (0)', {
    limit: 'run',
    samples: 'logins_sent',
    stages: true,
  }),
  login_latency: time('from a log-in to its token', {
    limit: 'run',
    samples: 'logins_answered',
    stages: true,
  }),
  tokens_renewed: count('log-ins of users who had a token before'),
  tokens_expired: count('answers 401 to a token that should have lived: renewed once, and asked again', {
    limit: 'run',
  }),
};

/** The log-in as an operation. */
export const LOGIN_OPERATION = operation(LOGIN, VERBS, 'HTTP', {
  noun: { one: 'log-in', many: 'log-ins' },
  open: { ...openOf(LOGIN), ifAny: true },
  phase: 'login',
  setUp: true,
});

/** The line of their tokens. */
export const TOKENS_LINE: Line = {
  title: 'tokens',
  counts: [
    { metric: 'tokens_renewed', word: 'renewed', ifAny: true },
    { metric: 'tokens_expired', word: 'called expired by the platform', ifAny: true },
  ],
};

/** Where log-ins fail. */
export const LOGIN_PHASE: PhaseWords = {
  title: 'log-in',
  prefix: 'log-in: ',
  families: ['rest'],
  repeats: true,
  retried: true,
};

/** Where to look when a limit on them breaks. */
export const LOGIN_LOOKS: Readonly<Record<string, string>> = {
  login_success: 'the service that checks passwords: its limits by user and address, its pool, its lock-outs',
  login_latency:
    'the hash of passwords (bcrypt, Argon2), which costs CPU by design, and how many run at a time',
  tokens_expired:
    'the clocks and keys of the instances that check tokens, and whether expires_in is what the token itself says',
};

/** What must hold of them. */
export const LOGIN_RULES: readonly Rule[] = [
  { left: ['tokens_renewed'], is: '<=', right: ['logins_answered'] },
];

/** What the reference target's own counts of tokens must be. */
export const LOGIN_AT_TARGET: readonly AtTarget[] = [
  { what: 'log-ins', theirs: 'messaging.endpoints.login.begun', ours: 'logins_sent' },
  { what: 'tokens', theirs: 'messaging.tokens.issued', ours: 'logins_answered' },
  { what: 'tokens that were refused', theirs: 'messaging.tokens.refused.*', ours: 'tokens_expired' },
];

/** What classes of failures mean where tokens are used. */
export const LOGIN_REASONS: Readonly<Record<string, ReasonWords>> = {
  http_401: {
    title: 'HTTP 401, token or password refused',
    why: 'a log-in: a wrong USER_NAME or PASSWORD; else the platform refuses a token that it has just given',
    look: "the platform's clocks and keys: who issues tokens and who checks them must have the same",
  },
  http_403: {
    title: 'HTTP 403, not allowed',
    why: 'the user may not do that, or something before the platform keeps load tests out',
    look: 'the rights of the users, and the rules of the firewall or gateway',
  },
};
