/** What `--quick` means: small loads that take about a minute. Pure. */
import { LOAD } from '../../lib/before/settings/load.ts';
import type { Environment } from '../../lib/words/settings.ts';
import type { Variables } from './environment.ts';
import { SETTINGS } from './knownSettings.ts';

/**
 * Of single scripts. Stability: its long sessions must end within a stage of 20 s, and have had a ping by then, or
 * there is nothing to judge. Connections have less to do in a stage than sessions. Uploads of the target and of k6 share
 * one machine, whose CPU has no room for the throughput of a platform.
 * Few users wait for notifications, so they may hear and tell more. Event loops of target and k6 wait for each other on
 * one machine.
 */
const QUICK_OF: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'chat-http': { ROUND_SECONDS: '3', LIMITS: 'critical' },
  connections: { LEVEL_SECONDS: '10' },
  hosts: { ROUND_SECONDS: '3' },
  'mixed-io': { ROUNDS: '10', LIMITS: 'critical' },
  redis: { ROUND_SECONDS: '3' },
  'messages-api': { HOLD_SECONDS: '30', HOLD_STAGES: '1' },
  upload: { LIMITS: 'critical' },
  notifications: { CONNECTIONS: '100', CONVERSATIONS: '10', MESSAGE_SECONDS: '2', HEARTBEAT_SECONDS: '5' },
  stability: { QUESTIONS: 'MED1060:2,BUMA1000:2', THINK_SECONDS: '1-3', HEARTBEAT_SECONDS: '2' },
};

/** Adds the quick values of a script where the user set nothing. A question file of the user's own has other pools. */
export function withQuickValues(variables: Environment, script = ''): Variables {
  const values = { ...ofSettings(), ...QUICK_OF[script] };
  const isFree = (name: string) =>
    !variables[name]?.trim() && !(name === 'QUESTIONS' && variables['QUESTIONS_FILE']);
  const quick = Object.fromEntries(Object.entries(values).filter(([name]) => isFree(name)));
  return { ...variables, ...withUsableRamp(quick, variables) };
}

/** The names of the settings that have a quick value for this script. */
export function quickNames(script: string): string[] {
  return Object.keys({ ...ofSettings(), ...QUICK_OF[script] });
}

function ofSettings(): Record<string, string> {
  return Object.fromEntries(
    SETTINGS.flatMap(({ env, quick }): [string, string][] => (quick === undefined ? [] : [[env, quick]])),
  );
}

/** The quick end of a ramp is not below the user's own start. */
function withUsableRamp(quick: Record<string, string>, variables: Environment): Record<string, string> {
  const { startSessions, maxSessions } = LOAD.settings.ramp;
  const start = Number(variables[startSessions.env]);
  return start > Number(quick[maxSessions.env]) ? { ...quick, [maxSessions.env]: String(start) } : quick;
}
