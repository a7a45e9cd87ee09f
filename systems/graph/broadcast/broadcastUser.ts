/** A client of a broadcast: connects, subscribes, perhaps publishes, and stays until everything has come. */
import { delay, now } from '../../../lib/k6/clock.ts';
import { socketTarget } from '../../../lib/k6/socketTarget.ts';
import { Reception } from '../../../lib/vu/deliveries/reception.ts';
import { readStamp, type Known } from '../../../lib/vu/deliveries/stamp.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { createRetries, once } from '../../../lib/vu/retry.ts';
import { retryMetrics } from '../../../lib/vu/retryMetrics.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { ChannelSocket } from '../channelSocket.ts';
import { broadcastBooks, type BroadcastBooks } from './broadcastBooks.ts';
import type { BroadcastVuConfig } from './broadcastSettings.ts';
import { broadcastTimes, type BroadcastTimes } from './broadcastTimes.ts';
import { Publisher } from './publisher.ts';

/**
 * Makes the visits of a VU; while it is initialised. Publishers and subscribers may be in different VUs: all of them are
 * in one process of k6, whose scenario began for all at the same time of the same clock, so none need tell another when
 * to publish, and the time of send that a message carries can be compared with that of its arrival. Several machines
 * would have several clocks; k6's options that would spread a run over them are refused.
 */
export function broadcastUser(config: BroadcastVuConfig, words: VuWords): RunVisit {
  const beginClient = broadcastBooks(words, config);
  const socketOf = socketTarget('graph', config);
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay);

  /** One client; resolves to whether any message was delivered to it. */
  return async (clock, client, iteration) => {
    const times = broadcastTimes(config, clock.startTime);
    await delay(times.comes(client) - now());
    const books = beginClient(clock, times.fence);
    const visit = visitOf(config, books, { times, run: clock.startTime, client });
    const { socket, reception } = visit;
    const attempt = retries?.(books, clock, client, iteration) ?? once;
    const open = () => attempt('connect', () => socket.open(socketOf()));
    try {
      await step(books, () => takePart(visit, config, open));
      reception.end();
      await endPublishing(visit, times, open);
    } finally {
      socket.leave();
      books.end(true);
      await socket.gone();
    }
    return reception.received > 0;
  };
}

/** Who comes, and when what happens; `run`: when the load began, in epoch milliseconds. */
interface Part {
  times: BroadcastTimes;
  run: number;
  /** From 1. */
  client: number;
}

/** What a client has; not everybody publishes. */
interface Visit {
  books: BroadcastBooks;
  socket: ChannelSocket;
  reception: Reception;
  publisher: Publisher | undefined;
}

function visitOf(config: BroadcastVuConfig, books: BroadcastBooks, { times, run, client }: Part): Visit {
  const { channel, publishers, messages, replySeconds, deliverySeconds } = config;
  const known: Known = { run, first: 1, publishers, messages };
  const { published, last } = times;
  const reception = new Reception(books, { ...known, published, last, timeoutMs: deliverySeconds * 1000 });
  const socket = new ChannelSocket(books, replySeconds * 1000, {
    broadcast: ({ channel: name, payload }, at) =>
      reception.hear(name === channel ? readStamp(payload, known) : undefined, at),
    lagged: (milliseconds) => books.lagged(milliseconds),
    lost: () => reception.lost(),
  });
  const task = { channel, messages, times, sender: { run, publisher: client } };
  const publisher = client > publishers ? undefined : new Publisher(socket, books, task);
  return { books, socket, reception, publisher };
}

async function takePart(
  { socket, reception, publisher }: Visit,
  { channel, settleSeconds }: BroadcastVuConfig,
  open: () => Promise<void>,
): Promise<void> {
  await open();
  await Promise.all([socket.subscribe(channel), publisher?.publish()]);
  await reception.over();
  if (socket.isOpen()) await delay(settleSeconds * 1000);
}

/** A publisher who has lost its connection tells by another one that the others need not wait for more. */
async function endPublishing(
  { books, publisher }: Visit,
  times: BroadcastTimes,
  open: () => Promise<void>,
): Promise<void> {
  publisher?.end();
  if (publisher?.owesNotice() !== true) return;
  await delay(times.fence - now());
  await step(books, open);
  publisher.giveNotice();
}

/** Books what fails. */
async function step(books: BroadcastBooks, action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (!(error instanceof StepFailed)) throw error;
    books.fail(error.phase, error.reason, error.detail);
  }
}
