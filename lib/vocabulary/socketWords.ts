/**
 * What systems have in common whose visits use one WebSocket and say things over it that get one reply each, in words:
 * `systems/<name>/words.ts` adds what is its own. Pure.
 */
import { count, share, time, totalTime } from './metricWords.ts';
import { openOf, operation, type Verbs } from './operationWords.ts';
import type { Line, Operation, PhaseWords, Rule, Sign, Vocabulary } from './vocabulary.ts';

type Metrics = Vocabulary['metrics'];

/** What can be said, and the words for those that were said and those that were replied to. */
export const SUBSCRIPTION = ['asked', 'confirmed'] as const;
export const PING = ['sent', 'ponged'] as const;
export const HEARTBEAT = ['sent', 'acked'] as const;

/** The metrics of what is said once or a few times, and gets one reply. */
export function exchangeMetrics(name: string, [began, good]: Verbs, what: string): Metrics {
  return {
    [`${name}s_${began}`]: count(what),
    [`${name}s_${good}`]: count('replies to them in time', { limit: 'run' }),
    [`${name}s_failed`]: count('those without one, by `reason`', { limit: 'run' }),
    [`${name}s_open`]: count('+1 when said, −1 when replied or failed'),
    [`${name}_success`]: share('replied (1) or failed (0)', { limit: 'run', samples: `${name}s_${began}` }),
    [`${name}_latency`]: time('from what was said to its reply', {
      limit: 'run',
      samples: `${name}s_${good}`,
    }),
  };
}

/** It as an operation. */
export function exchange(name: string, verbs: Verbs): Operation {
  const noun = { one: name, many: `${name}s` };
  const { began, ...others } = operation(noun, verbs, 'WS', { open: openOf(noun), phase: name });
  return { ...others, began: { ...began, ifAny: true } };
}

/** It as a phase. */
export function exchangePhase(name: string): PhaseWords {
  return { title: name, prefix: `${name}: `, families: ['reply', 'lost'], repeats: true };
}

/** The metrics of connections, and of all that comes through them. */
export const CONNECTION_METRICS: Metrics = {
  hold_connection_time: totalTime('open connections in the judged part of a stage', { stages: true }),
  connections_attempted: count('connections that were dialled', { stages: true }),
  connections_opened: count('connections that opened in time', { limit: 'run', stages: true }),
  connections_failed: count('connections that did not, by `reason`', { limit: 'run' }),
  connections_dialling: count('+1 when dialled, −1 when opened or failed'),
  connection_success: share('opened in time (1) or not (0)', {
    limit: 'run',
    samples: 'connections_attempted',
    stages: true,
  }),
  connection_latency: time('dial to open connection, of those that opened in time', {
    limit: 'run',
    samples: 'connections_opened',
    stages: true,
  }),
  disconnects: count('connections that had opened and ended without our closing them', { limit: 'run' }),
};

/** The metrics of what comes through connections. */
export const FRAME_METRICS: Metrics = {
  replies_late: count('other replies after what they reply to had failed', { limit: 'run' }),
  frames_received: count('frames that connections received'),
  frames_unknown: count('frames of a type that the protocol does not know', { limit: 'run' }),
};

/** The line of what comes through connections. */
export const FRAMES_LINE: Line = {
  title: 'frames',
  counts: [
    { metric: 'frames_received', word: 'received' },
    { metric: 'frames_unknown', word: 'of a type that the protocol does not know', ifAny: true },
  ],
};

/** Where to look when their limits break. */
export const CONNECTION_LOOKS = {
  connection_success:
    'the limit of connections of the server and of the proxy before it, and their open files',
  connection_latency:
    'what a handshake waits for: the backlog, TLS, the check of its credentials, one busy thread',
  ping_success: "the server's event loop, and what closes idle connections on the way",
  ping_latency: "what keeps the server's event loop busy: long calculations, garbage collection, logging",
  subscription_success: 'what the server does with a subscription, and whether it waits for another service',
  subscription_latency: 'what the server does with a subscription, and whether it waits for another service',
} as const;

/** The connection as an operation. */
export const CONNECTION: Operation = {
  noun: { one: 'connection', many: 'connections' },
  began: { metric: 'connections_attempted', word: 'attempted' },
  good: { metric: 'connections_opened', word: 'successful' },
  bad: { metric: 'connections_failed', word: 'failed' },
  open: { metric: 'connections_dialling', word: 'not open yet', ifAny: true },
  success: 'connection_success',
  latency: 'connection_latency',
  phase: 'connect',
  setUp: true,
  row: { type: 'WS', name: 'connect' },
};

/** Where connections themselves fail, and what comes through them and nobody waits for. */
export const CONNECTION_PHASES: Readonly<Record<'connect' | 'socket' | 'stray', PhaseWords>> = {
  connect: { title: 'connect', prefix: '', families: ['handshake', 'transport'], retried: true },
  socket: { title: 'between messages', prefix: 'between messages: ', families: ['lost'] },
  stray: { title: 'frames that nobody waits for', prefix: '', families: ['stray', 'frame'], repeats: true },
};

/** What must hold of connections and frames. */
export const CONNECTION_RULES: readonly Rule[] = [
  { left: ['connections_opened'], is: '<=', right: ['ws_sessions'] },
  { left: ['connections_attempted'], is: '=', right: ['ws_sessions'], only: 'whole' },
  { left: ['disconnects'], is: '<=', right: ['connections_opened'] },
  {
    left: ['ws_msgs_received'],
    is: '=',
    right: ['frames_received'],
    only: 'whole',
    ledger: { name: 'received frames', left: "by k6's count", right: ['handled'] },
  },
];

/** What of these phases failed with its connection: k6 may never have written it. */
export function failedUnwritten(phases: readonly string[]): string[] {
  return phases.flatMap((phase) =>
    ['connection_lost', 'write_failed', 'closed_*'].map(
      (reason) => `failures{phase:${phase},reason:${reason}}`,
    ),
  );
}

/** Failures that only a wrong address explains; `said`: the phases of what gets a reply, `address`: the setting that has it. */
export function addressSigns(said: readonly string[], address = 'WS_URL'): Sign[] {
  return [
    {
      phases: ['connect'],
      reasons: '^handshake_(refused|invalid)$',
      expected: 'status 101',
      check: `${address} and WEBSOCKET_ORIGIN`,
    },
    {
      phases: ['stray'],
      reasons: '^(bad_(type|json|message)|misrouted)$',
      expected: 'the messages of the protocol',
      check: `${address}: what answers there may be another system`,
    },
    {
      phases: said,
      reasons: '^answer_timeout$',
      none: 'frames_received',
      expected: 'a reply',
      check: `${address}: what listens there may be another system`,
    },
  ];
}
