/** The reference target counts for itself: what it saw must be what k6 did. Pure. */
import type { Evidence } from '../derive/evidence.ts';
import { idleRules } from './idleParts.ts';
import type { RawFigures, Rules } from './invariants.ts';

type Counts = Record<string, number>;

/** The part of the target's `/stats` that is compared. */
interface Stats {
  attempts: Counts;
  tokens: number;
  sessions: number;
  sessionsOpen: number;
  deleted: number;
  upgrades: number;
  upgradesRefused: Counts;
  open: number;
  peak: number;
  questions: number;
  badQuestions: number;
  answers: number;
  chunks: number;
  pings: number;
  closes: Counts;
  bytesReceived: number;
  bytesSent: number;
  badFrames: number;
  faults: Counts;
  outages: Counts;
  uptimeSeconds: number;
}

/**
 * Compares the counts. In a run in which nothing failed, was tried again or was cut they are equal; else both sides may
 * differ by as many, for one of them may have seen what never reached the other.
 */
export function targetRules({ summary, run }: Evidence, figures: RawFigures, rules: Rules): void {
  const stats = run?.target.stats as Stats | null | undefined;
  if (!stats) return;
  const count = (name: string) => figures.count(name);
  const slack =
    count('failures') +
    count('retries') +
    count('sessions_open') +
    count('questions_open') +
    count('probe_failed_start');
  const near = (what: string, seen: number | undefined, name: string) =>
    rules.near(`${what} at the back end`, seen ?? NaN, name, count(name), slack);
  near('log-ins', stats.attempts['token'], 'sessions_started');
  near('tokens', stats.tokens, 'sessions_started');
  near('attempts at sessions', stats.attempts['session'], 'sessions_started');
  near('sessions', stats.sessions, 'sessions_started');
  near('attempts to delete sessions', stats.attempts['delete'], 'sessions_started');
  near('deleted sessions', stats.deleted, 'sessions_started');
  near('handshakes', stats.attempts['upgrade'], 'ws_sessions');
  near('sockets', stats.upgrades, 'sockets_opened');
  near('questions', stats.questions, 'questions_sent');
  near('answers', stats.answers, 'questions_answered');
  rules.atMost('heartbeats_answered', count('heartbeats_answered'), 'pings', stats.pings + slack);
  rules.atMost('pings at the back end', stats.pings, 'heartbeats_sent', count('heartbeats_sent') + slack);
  if (slack === 0)
    rules.equal('chunks at the back end', stats.chunks, 'received', count('messages_received'));
  ownRules(stats, slack, rules);
  idleRules(stats, [], rules);
  if (summary.plan.outage === undefined) rules.equal('outages', stats.outages['count'] ?? 0, 'planned', 0);
  byteRules(stats, count, rules);
  rules.atMost('length of the run', Math.floor(summary.durationMs / 1000), 'up-time', stats.uptimeSeconds);
}

/** What the target's counts must be among themselves. */
function ownRules(stats: Stats, slack: number, rules: Rules): void {
  const { sessions, deleted, sessionsOpen, upgrades, upgradesRefused, open, closes, faults, outages } = stats;
  rules.equal('open sessions at the back end', sessionsOpen, 'made − deleted', sessions - deleted);
  const unanswered = faults['upgrade-silent'] ?? 0;
  const handshakes = upgrades + total(upgradesRefused) + unanswered;
  rules.equal('handshakes at the back end', stats.attempts['upgrade'] ?? 0, 'accepted + refused', handshakes);
  rules.equal('sockets at the back end', upgrades, 'closed + open', total(closes) + open);
  rules.atMost('most sockets at a time', stats.peak, 'sockets', upgrades);
  rules.holds(upgrades === 0 || stats.peak > 0, 'sockets were open, but never one at a time');
  rules.atMost('bad questions', stats.badQuestions + stats.badFrames, 'what failed', slack);
  rules.atMost('faults', total(faults), 'what failed', slack);
  for (const [name, value] of Object.entries(stats))
    rules.holds(typeof value !== 'number' || value >= 0, `${name} at the back end is ${String(value)}`);
  const { count = 0, ...effects } = outages;
  if (count === 0) rules.equal('effects of outages', total(effects), 'without one', 0);
}

function byteRules(stats: Stats, count: (name: string) => number, rules: Rules): void {
  rules.atMost('bytes sent by the back end', stats.bytesSent, 'data_received', count('data_received'));
  rules.atMost('bytes received by the back end', stats.bytesReceived, 'data_sent', count('data_sent'));
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
