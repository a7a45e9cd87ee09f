/** The settings that say how often, and after which wait, what failed is tried again. Pure data. */
import { section } from '../../words/sections.ts';
import { ANY_SECONDS, OF_SESSIONS } from './ranges.ts';

export const RETRIES = section({
  title: 'Retries',
  settings: {
    restartDelaySeconds: {
      ...ANY_SECONDS,
      env: 'RESTART_DELAY_SECONDS',
      default: 1,
      meaning: 'wait after a session that got no answer, jittered by half',
      ...OF_SESSIONS,
    },
    retries: {
      kind: 'whole',
      unit: 'further attempts',
      min: 0,
      max: 10,
      env: 'RETRIES',
      default: 0,
      meaning: "further attempts in the phases that the system's page says are tried again, at most 10",
      ...OF_SESSIONS,
    },
    retryBaseSeconds: {
      ...ANY_SECONDS,
      env: 'RETRY_BASE_SECONDS',
      default: 0.5,
      meaning: 'longest wait before the first retry; doubles with each',
      ...OF_SESSIONS,
    },
    retryCapSeconds: {
      ...ANY_SECONDS,
      env: 'RETRY_CAP_SECONDS',
      default: 10,
      meaning: 'longest wait of all',
      ...OF_SESSIONS,
    },
    retryBudget: {
      kind: 'number',
      unit: 'retries',
      min: 0,
      max: 10,
      env: 'RETRY_BUDGET',
      default: 0.1,
      meaning: 'retries per first attempt in the long run; each VU starts with 10, and never has more',
      ...OF_SESSIONS,
    },
  },
});
