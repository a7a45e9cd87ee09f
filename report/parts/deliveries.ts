/** What became of messages that many clients get: by channel, and the delay to the first, the median and the last client. Pure. */
import { ascending, quantileSorted } from 'd3-array';
import {
  DOUBLED,
  fanoutOf,
  LATE_CLIENTS,
  leastExpected,
  observedFanout,
  plannedDeliveries,
  REORDERED,
  UNPUBLISHED,
  watchedMessages,
  type Fanout,
} from '../../lib/measures/fanout.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { headlineOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { K6Metrics } from '../derive/k6Data.ts';
import type { RunSummary } from '../derive/summary.ts';
import { html, type Html } from '../html/escape.ts';
import { table } from '../html/table.ts';
import type { NamedLine } from '../text/books.ts';
import { counted, timeText, whole } from '../text/words.ts';
import { ifAny, type Part, type PartFigure } from './part.ts';

/** The deliveries of one channel. */
export interface ChannelDeliveries {
  channel: string;
  expected: number;
  /** In time. */
  received: number;
  /** They never came. */
  lost: number;
  late: number;
  /** Messages that a client got once more, and that it got after a later one of the same publisher. */
  doubled: number;
  reordered: number;
}

/** Of one delay of each watched message, in milliseconds; null: none was delivered. */
export interface Delay {
  p50: number | null;
  p95: number | null;
  max: number | null;
}

/** `summary.deliveries`. */
export interface DeliveriesSummary {
  channels: ChannelDeliveries[];
  /** Messages whose delay to each client was kept apart; only those that anybody got. */
  messages: number;
  /** From the send to the arrival at the client who got it first, at half of them, and at the last. */
  first: Delay;
  median: Delay;
  last: Delay;
}

function deliveriesOf(metrics: K6Metrics, vocabulary: Vocabulary, fanout: Fanout): DeliveriesSummary {
  const { began, good, phase = '' } = headlineOf(vocabulary);
  const failed = (reason: string) => metrics.count(`failures{phase:${phase},reason:${reason}}`);
  const channel = {
    channel: fanout.channel,
    expected: metrics.count(began.metric),
    received: metrics.count(good.metric),
    lost: failed('delivery_lost'),
    late: failed('delivery_late'),
    doubled: metrics.count(DOUBLED),
    reordered: metrics.count(REORDERED),
  };
  const delays = watchedMessages(fanout)
    .map((message) => metrics.distribution(fanoutOf(message)))
    .filter(({ count = 0 }) => count > 0);
  const each = (aggregate: string) => delayOf(delays.flatMap((of) => of[aggregate] ?? []));
  return {
    channels: [channel],
    messages: delays.length,
    first: each('min'),
    median: each('med'),
    last: each('max'),
  };
}

function delayOf(values: readonly number[]): Delay {
  const sorted = [...values].sort(ascending);
  const at = (share: number) => quantileSorted(sorted, share) ?? null;
  return { p50: at(0.5), p95: at(0.95), max: at(1) };
}

/** The part of runs in which many clients get one message. */
export const DELIVERIES: Part = {
  name: 'deliveries',
  title: 'Deliveries',
  field: 'deliveries',
  summarize: (metrics, { vocabulary, fanout }) =>
    fanout === undefined ? {} : { deliveries: deliveriesOf(metrics, vocabulary, fanout) },
  observed: (summary) => {
    const { vocabulary, fanout } = summary;
    if (fanout === undefined) return [];
    return observedFanout(headlineOf(vocabulary).began.metric, clientsOf(summary), fanout);
  },
  lines: (summary) => ifAny(summary.deliveries, linesOf),
  section: (summary) => ifAny(summary.deliveries, (deliveries) => [sectionOf(deliveries, summary)]),
  doubts: (summary) => ifAny(summary.deliveries, () => doubtsOf(summary)),
  figures: [
    ...(['lost', 'late', 'doubled', 'reordered'] as const).map(countFigure),
    ...(['first', 'median', 'last'] as const).map(delayFigure),
  ],
};

function clientsOf({ plan }: RunSummary): number {
  return plan.stages.at(-1)?.level ?? 0;
}

/** What each delay is, in a line and in a table. */
const DELAYS = [
  ['first', 'first has it', 'the first client'],
  ['median', 'half have it', 'half of the clients'],
  ['last', 'last has it', 'the last client'],
] as const;

function linesOf(deliveries: DeliveriesSummary): NamedLine[] {
  const channels = deliveries.channels.map(({ channel, ...of }): NamedLine => {
    const counts = (['lost', 'late', 'doubled', 'reordered'] as const).map(
      (what) => `${whole(of[what])} ${what}`,
    );
    return ['channel', `${channel}: ${counts.join(', ')}`];
  });
  const delays = DELAYS.map(([name, title]): NamedLine => [title, delayText(deliveries[name])]);
  return deliveries.messages === 0 ? channels : [...channels, ...delays];
}

function delayText({ p50, p95, max: most }: Delay): string {
  return `p50 ${timeText(p50)}, p95 ${timeText(p95)}, at most ${timeText(most)} after the send`;
}

function sectionOf(deliveries: DeliveriesSummary, { vocabulary }: RunSummary): Html {
  const { noun } = headlineOf(vocabulary);
  const { messages } = deliveries;
  return html`${channelTable(deliveries)} ${messages > 0 && delayTable(deliveries)}
    <p class="note">
      Delays are from the send of a message, in the clock of this machine, to its arrival, of
      ${countedAs(messages, { one: 'message', many: 'messages' })} that ${messages === 1 ? 'was' : 'were'}
      watched, in time ${noun.many} only.
    </p>`;
}

function channelTable({ channels }: DeliveriesSummary): Html {
  const columns = [
    { head: 'channel', kind: 'left' as const },
    { head: 'expected', title: 'messages × clients that were there' },
    { head: 'in time' },
    { head: 'lost', title: 'never came' },
    { head: 'late', title: 'came after DELIVERY_TIMEOUT_SECONDS' },
    { head: 'doubled', title: 'came once more' },
    { head: 'reordered', title: 'came after a later one of the same publisher' },
  ];
  const rows = channels.map(({ channel, expected, received, lost, late, doubled, reordered }) => ({
    cells: [channel, ...[expected, received, lost, late, doubled, reordered].map(whole)],
    kind: lost + late + doubled + reordered > 0 ? ('broke' as const) : undefined,
  }));
  return table('Deliveries by channel', columns, rows);
}

function delayTable(deliveries: DeliveriesSummary): Html {
  const columns = [
    { head: 'until', kind: 'left' as const },
    { head: 'p50' },
    { head: 'p95' },
    { head: 'max' },
  ];
  const rows = DELAYS.map(([name, , title]) => {
    const { p50, p95, max: most } = deliveries[name];
    return { cells: [`${title} had it`, ...[p50, p95, most].map(timeText)] };
  });
  return table('Delay of a message', columns, rows);
}

/** Fewer deliveries than planned are less load, but for stages that broke: there a limit says why. */
function doubtsOf(summary: RunSummary): string[] {
  const { stages, vocabulary, operations, fanout } = summary;
  if (fanout === undefined) return [];
  const clients = clientsOf(summary);
  const { began = 0 } = operations[vocabulary.headline] ?? {};
  if (began >= leastExpected(clients, fanout) || stages.some(({ state }) => state === 'broke')) return [];
  return [
    `only ${whole(began)} of ${whole(plannedDeliveries(clients, fanout))} deliveries could be expected: ${causesOf(summary)}`,
  ];
}

function causesOf({ measures, vocabulary }: RunSummary): string {
  const count = (metric: string) => Number(measures[metric] ?? 0);
  const [late, unpublished, ended] = [LATE_CLIENTS, UNPUBLISHED, 'disconnects'].map(count);
  const causes = [
    late && `${countedAs(late, vocabulary.level)} subscribed late`,
    unpublished && `${counted(unpublished, 'message')} could not be published`,
    ended && `${counted(ended, 'connection')} ended too soon`,
  ].filter(Boolean);
  return causes.length === 0 ? 'not all clients were there' : causes.join(', ');
}

type Count = Exclude<keyof ChannelDeliveries, 'channel'>;

/** One more is too many: a delivery is not lost by chance. */
function countFigure(what: Count): PartFigure {
  const value = ({ deliveries }: RunSummary) =>
    deliveries === undefined ? null : deliveries.channels.reduce((sum, channel) => sum + channel[what], 0);
  return {
    ...{ metric: `deliveries_${what}`, name: `deliveries ${what}`, unit: 'count', more: false },
    ...{ relative: 0.1, absolute: 0, value },
  };
}

/** Delays of a few milliseconds differ by a few from run to run. */
function delayFigure(name: 'first' | 'median' | 'last'): PartFigure {
  return {
    ...{ metric: `delay_${name}`, name: `delay to the ${name} client p95`, unit: 'ms', more: false },
    ...{ relative: 0.1, absolute: 20, value: ({ deliveries }) => deliveries?.[name].p95 ?? null },
  };
}
