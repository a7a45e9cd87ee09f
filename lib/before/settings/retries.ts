/** The settings that say how often, and after which wait, what failed is tried again. Pure data. */
import { section } from '../../words/sections.ts';
import { ANY_SECONDS } from './ranges.ts';

export const RETRIES = section({
  title: 'Retries',
  settings: {
    restartDelaySeconds: {
      ...ANY_SECONDS,
      env: 'RESTART_DELAY_SECONDS',
      default: 1,
      meaning: 'wait after a session that got no answer, jittered by half',
      shapes: 'load',
      vu: true,
    },
    retries: {
      kind: 'whole',
      unit: 'further attempts',
      min: 0,
      max: 10,
      env: 'RETRIES',
      default: 0,
      meaning:
        'further attempts at log-in, session, handshake and clean-up (at most 10), after connection errors, 408, 429, 502, 503, 504 and any refused handshake; never of questions',
      shapes: 'load',
      vu: true,
    },
    retryBaseSeconds: {
      ...ANY_SECONDS,
      env: 'RETRY_BASE_SECONDS',
      default: 0.5,
      meaning:
        'the wait before retry n (from 0) is uniform between 0 and the smaller of this × 2ⁿ and `RETRY_CAP_SECONDS`, by `SEED`',
      shapes: 'load',
      vu: true,
    },
    retryCapSeconds: {
      ...ANY_SECONDS,
      env: 'RETRY_CAP_SECONDS',
      default: 10,
      meaning: 'the wait is at least what `Retry-After` says; above the cap there is no retry',
      shapes: 'load',
      vu: true,
    },
    retryBudget: {
      kind: 'number',
      unit: 'retries',
      min: 0,
      max: 10,
      env: 'RETRY_BUDGET',
      default: 0.1,
      meaning: 'retries per first attempt in the long run; each VU starts with 10, and never has more',
      shapes: 'load',
      vu: true,
    },
  },
});
