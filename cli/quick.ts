/** What `--quick` means: small loads that take about a minute. Pure. */
import type { Environment } from '../lib/settings.ts';
import type { Variables } from './environment.ts';

/** 10, 30 and 50 sessions for 20 s each, or 20 at once; ten questions a session. */
const QUICK: Readonly<Record<string, string>> = {
  RAMP_START_SESSIONS: '10',
  RAMP_INCREMENT: '20',
  RAMP_MAX_SESSIONS: '50',
  RAMP_INTERVAL_SECONDS: '20',
  NUM_SESSIONS: '20',
  QUESTIONS: 'MED1060:5,BUMA1000:5',
};

/** Adds the quick values where the user set nothing. A question file of the user's own has other pools. */
export function withQuickValues(variables: Environment): Variables {
  const quick = Object.entries(QUICK).filter(
    ([name]) => !variables[name]?.trim() && !(name === 'QUESTIONS' && variables['QUESTIONS_FILE']),
  );
  const start = Number(variables['RAMP_START_SESSIONS']);
  const values = { ...Object.fromEntries(quick) };
  if (start > Number(values['RAMP_MAX_SESSIONS'])) values['RAMP_MAX_SESSIONS'] = String(start);
  return { ...variables, ...values };
}
