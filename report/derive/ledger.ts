/** The ledger: counts that must balance, because everything started ends in exactly one bucket. Pure. */
import { plannedSessions, type Plan } from '../../lib/words/load.ts';
import type { K6Metrics } from './k6Data.ts';

/** One equation: `total` must be the sum of `parts`. */
export interface LedgerLine {
  name: string;
  total: number;
  totalName: string;
  parts: Record<string, number>;
  balanced: boolean;
}

/** The line that says whether all sessions of the plan were started, where it has so many. */
export const PLANNED_SESSIONS = 'planned sessions';

/** The lines of a run. Lines that an interruption may unbalance are left out when it was cut short. */
export function ledgerOf(
  metrics: K6Metrics,
  plan: Plan,
  failures: readonly { phase: string; count: number }[],
  cutShort: boolean,
): LedgerLine[] {
  const count = (name: string) => metrics.count(name);
  const answerFailures = failures
    .filter(({ phase }) => phase === 'answer')
    .reduce((sum, row) => sum + row.count, 0);
  const lines = [
    line('sessions', count('sessions_started'), 'started', {
      completed: count('sessions_completed'),
      failed: count('sessions_failed'),
      stopped: count('sessions_stopped'),
      interrupted: count('sessions_open'),
    }),
    line('invocations', count('questions_sent'), 'sent', {
      answered: count('questions_answered'),
      failed: count('questions_failed'),
      open: count('questions_open'),
    }),
    line('failed invocations', count('questions_failed'), 'failed', { 'in their classes': answerFailures }),
    line('latency samples', metrics.distribution('answer_latency')['count'] ?? 0, 'samples', {
      answered: count('questions_answered'),
    }),
  ];
  if (cutShort) return lines;
  const planned = plannedSessions(plan);
  return [
    ...(planned === null
      ? []
      : [line(PLANNED_SESSIONS, planned, 'planned', { started: count('sessions_started') })]),
    ...lines,
    line('sockets', count('ws_sessions'), "attempts by k6's count", {
      opened: count('sockets_opened'),
      failed: count('sockets_failed'),
    }),
    ...retryLines(metrics),
    line('received messages', count('ws_msgs_received'), "by k6's count", {
      handled: count('messages_received'),
    }),
  ];
}

function retryLines(metrics: K6Metrics): LedgerLine[] {
  if (metrics.count('retries') === 0) return [];
  const parts = {
    first: metrics.share('socket_success').samples,
    again: metrics.count('retries{phase:connect}'),
  };
  return [line('handshakes', metrics.count('ws_sessions'), "attempts by k6's count", parts)];
}

function line(name: string, total: number, totalName: string, parts: Record<string, number>): LedgerLine {
  const sum = Object.values(parts).reduce((a, b) => a + b, 0);
  return { name, total, totalName, parts, balanced: total === sum };
}
