/** What `--quick` means: small loads that take about a minute. Pure. */
import type { Environment } from '../../lib/words/settings.ts';
import type { Variables } from './environment.ts';

/** Ramp: 10, 30 and 50 sessions for 20 s each; 20 sessions elsewhere; ten questions a session. */
const QUICK: Readonly<Record<string, string>> = {
  RAMP_START_SESSIONS: '10',
  RAMP_INCREMENT: '20',
  RAMP_MAX_SESSIONS: '50',
  RAMP_INTERVAL_SECONDS: '20',
  NUM_SESSIONS: '20',
  HOLD_SECONDS: '60',
  HOLD_STAGES: '3',
  SESSION_LEVELS: '1,10,20',
  LEVEL_SECONDS: '20',
  OUTAGE_BEFORE_SECONDS: '15',
  OUTAGE_SECONDS: '8',
  OUTAGE_RECOVERY_SECONDS: '7',
  OUTAGE_AFTER_SECONDS: '20',
  QUESTIONS: 'MED1060:5,BUMA1000:5',
};

/**
 * Of single scripts. Stability: its long sessions must end within a stage of 20 s, and have had a ping by then, or
 * there is nothing to judge.
 */
const QUICK_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  stability: { QUESTIONS: 'MED1060:2,BUMA1000:2', THINK_SECONDS: '1-3', HEARTBEAT_SECONDS: '2' },
};

/** Adds the quick values of a script where the user set nothing. A question file of the user's own has other pools. */
export function withQuickValues(variables: Environment, script = ''): Variables {
  const quick = Object.entries({ ...QUICK, ...QUICK_OF[script] }).filter(
    ([name]) => !variables[name]?.trim() && !(name === 'QUESTIONS' && variables['QUESTIONS_FILE']),
  );
  const start = Number(variables['RAMP_START_SESSIONS']);
  const values = { ...Object.fromEntries(quick) };
  if (start > Number(values['RAMP_MAX_SESSIONS'])) values['RAMP_MAX_SESSIONS'] = String(start);
  return { ...variables, ...values };
}
