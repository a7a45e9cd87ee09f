/** What the graph service's scripts have in common that use sockets, in words. Pure. */
import {
  addressSigns,
  CONNECTION,
  CONNECTION_LOOKS,
  CONNECTION_METRICS,
  CONNECTION_PHASES,
  CONNECTION_RULES,
  exchange,
  exchangeMetrics,
  exchangePhase,
  failedUnwritten,
  FRAME_METRICS,
  PING,
  SUBSCRIPTION,
} from '../../lib/vocabulary/socketWords.ts';
import { visit, visitLooks, visitMetrics, visitRules } from '../../lib/vocabulary/visitWords.ts';
import type { AtTarget, Vocabulary } from '../../lib/vocabulary/vocabulary.ts';

/** Whoever comes. */
export const CLIENT = { one: 'client', many: 'clients' };

/** What clients say, and the phases in which it fails. */
const SAYINGS = ['subscription', 'ping'];

/** The metrics of clients, their connections and what they say. */
export const CLIENT_METRICS: Vocabulary['metrics'] = {
  ...visitMetrics(CLIENT),
  ...CONNECTION_METRICS,
  ...exchangeMetrics('subscription', SUBSCRIPTION, 'channels that were to be subscribed'),
  ...exchangeMetrics('ping', PING, 'pings'),
  ...FRAME_METRICS,
};

/** Where to look when their limits break. */
export const CLIENT_LOOKS: Readonly<Record<string, string>> = { ...visitLooks(CLIENT), ...CONNECTION_LOOKS };

/** The operations of clients. */
export const CLIENT_OPERATIONS: Vocabulary['operations'] = {
  client: visit(CLIENT),
  connection: CONNECTION,
  subscription: exchange('subscription', SUBSCRIPTION),
  ping: exchange('ping', PING),
};

/** Where they fail. */
export const CLIENT_PHASES: Vocabulary['phases'] = {
  connect: CONNECTION_PHASES.connect,
  ...Object.fromEntries(SAYINGS.map((name) => [name, exchangePhase(name)])),
  socket: CONNECTION_PHASES.socket,
  stray: CONNECTION_PHASES.stray,
};

/** `sent`: the Counters of what else clients send, which gets no reply. */
export function clientRules(sent: readonly string[] = []): Vocabulary['rules'] {
  return [
    ...visitRules(CLIENT),
    ...CONNECTION_RULES,
    {
      left: ['subscriptions_asked', 'pings_sent', ...sent],
      is: '<=',
      right: ['ws_msgs_sent', ...failedUnwritten([...SAYINGS, 'socket'])],
    },
  ];
}

/** Failures that only a wrong address explains. */
export const CLIENT_SIGNS = addressSigns(SAYINGS);

/** What the reference target's own counts must be; `/ws` is the agents', so theirs are its sockets. */
export const CLIENTS_AT_TARGET: readonly AtTarget[] = [
  { what: 'handshakes', theirs: 'agents.attempts', ours: 'connections_attempted' },
  { what: 'sockets', theirs: 'agents.upgrades', ours: 'connections_opened' },
  { what: 'refused handshakes', theirs: 'agents.refused.*', ours: 'connections_failed' },
  { what: 'subscriptions', theirs: 'agents.subscribes', ours: 'subscriptions_asked' },
  { what: 'confirmed subscriptions', theirs: 'agents.subscribed', ours: 'subscriptions_confirmed' },
  { what: 'pings', theirs: 'agents.pings', ours: 'pings_sent' },
  { what: 'pongs', theirs: 'agents.pongs', ours: 'pings_ponged' },
  { what: 'malformed frames', theirs: 'agents.malformed', is: '<=' },
  { what: 'bytes received', theirs: 'agents.bytesReceived', is: '<=', ours: 'data_sent' },
  { what: 'bytes sent', theirs: 'agents.bytesSent', is: '<=', ours: 'data_received' },
];

/** What these counts must be among themselves. */
export const CLIENTS_TARGET_RULES: Vocabulary['targetRules'] = [
  {
    left: ['agents.attempts'],
    is: '=',
    right: ['agents.upgrades', 'agents.refused.*', 'agents.faults.connection-silent'],
  },
  { left: ['agents.upgrades'], is: '=', right: ['agents.open', 'agents.closes.*'] },
  {
    left: ['agents.received'],
    is: '=',
    right: ['agents.pings', 'agents.subscribes', 'agents.published', 'agents.malformed'],
  },
  { left: ['agents.pings'], is: '=', right: ['agents.pongs', 'agents.faults.pong-lost'] },
  { left: ['agents.published'], is: '=', right: ['graph.published'] },
  { left: ['agents.peak'], is: '<=', right: ['agents.upgrades'] },
];
