/** Log-ins in words: what every script of the messaging platform says of them. Pure. */
import { count, share, time } from '../../../lib/vocabulary/metricWords.ts';
import type { Operation, PhaseWords, Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';

/** The metrics of log-ins. */
export const LOGIN_METRICS: Vocabulary['metrics'] = {
  logins_sent: count('log-ins, the first of a user and renewals', { stages: true }),
  logins_answered: count('log-ins that got a token', { limit: 'run', stages: true }),
  logins_failed: count('those that got none, by `reason`', { limit: 'run' }),
  logins_open: count('+1 when sent, −1 when answered or failed'),
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
export const LOGIN_OPERATION: Operation = {
  noun: { one: 'log-in', many: 'log-ins' },
  began: { metric: 'logins_sent', word: 'sent' },
  good: { metric: 'logins_answered', word: 'answered' },
  bad: { metric: 'logins_failed', word: 'failed' },
  open: { metric: 'logins_open', word: 'open', ifAny: true },
  success: 'login_success',
  latency: 'login_latency',
  phase: 'login',
  setUp: true,
  row: { type: 'HTTP', name: 'login' },
};

/** Where log-ins fail. */
export const LOGIN_PHASE: PhaseWords = {
  title: 'log-in',
  prefix: 'log-in: ',
  families: ['rest'],
  repeats: true,
  retried: true,
};
