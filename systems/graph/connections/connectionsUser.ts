/** A client in one stage: opens a connection at its place, shows again and again that it lives, and closes it. */
import { delay, now, passed } from '../../../lib/k6/clock.ts';
import type { SocketTarget } from '../../../lib/k6/socket.ts';
import { socketTarget } from '../../../lib/k6/socketTarget.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { createRetries, once } from '../../../lib/vu/retry.ts';
import { retryMetrics } from '../../../lib/vu/retryMetrics.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { LEAVE_MS } from '../../../lib/plans/apart.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { ChannelSocket } from '../channelSocket.ts';
import { connectionsBooks, type ConnectionsBooks } from './connectionsBooks.ts';
import type { ConnectionsVuConfig } from './connectionsSettings.ts';

const nothing = (): void => undefined;

/** Makes the visits of a VU; while it is initialised. */
export function connectionsUser(config: ConnectionsVuConfig, words: VuWords): RunVisit {
  const beginClient = connectionsBooks(words);
  const socketOf = socketTarget('graph', config);
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay);
  const staggerMs = config.levels.staggerSeconds * 1000;

  /** One client in one stage, from the quiet time to the end; whatever fails, it comes back only in the next one. */
  return async (clock, place, iteration) => {
    await begun(clock);
    const stageEnd = clock.stageEnds(now());
    const leaveAt = stageEnd - LEAVE_MS;
    const books = beginClient(clock);
    const socket = new ChannelSocket(books, config.replySeconds * 1000, {
      broadcast: nothing,
      lagged: (milliseconds) => books.lagged(milliseconds),
      lost: nothing,
    });
    const attempt = retries?.(books, clock, place, iteration) ?? once;
    let isDone = false;
    try {
      const dialAt = clock.judgedFrom(now()) + (place - 1) * staggerMs;
      await delay(dialAt - now());
      if (isInTime(dialAt, leaveAt)) {
        await attempt('connect', () => socket.open(until(leaveAt, socketOf())));
        isDone = await stay(socket, config, leaveAt);
      }
    } catch (error) {
      book(books, error);
    } finally {
      socket.leave();
      books.end(isDone);
    }
    await passed(stageEnd);
    return true;
  };
}

/** With less than that left of a stage, a client comes in the next one. */
const LEAST_STAY_MS = 100;

async function begun(clock: StageClock): Promise<void> {
  const end = clock.stageEnds(now());
  if (end - now() < LEAST_STAY_MS) await passed(end);
}

/** Who was kept in the stage before for too long stays away, for a connection would have no time to open. */
function isInTime(dialAt: number, leaveAt: number): boolean {
  return leaveAt - now() > (leaveAt - dialAt) / 2;
}

/** A connection that is not open by then is of no use any more. */
function until(time: number, target: SocketTarget): SocketTarget {
  return { ...target, timeoutMs: Math.max(1, Math.min(target.timeoutMs, time - now())) };
}

/** Subscribes, and pings until it is time to leave; resolves to whether the connection lived so long. */
async function stay(
  socket: ChannelSocket,
  { channel, pingSeconds }: ConnectionsVuConfig,
  leaveAt: number,
): Promise<boolean> {
  if (channel !== undefined && socket.isOpen()) await socket.subscribe(channel);
  for (let next = now(); socket.isOpen(); next = Math.max(next + pingSeconds * 1000, now())) {
    await delay(Math.min(next, leaveAt) - now());
    if (next >= leaveAt) return socket.isOpen();
    if (socket.isOpen()) await socket.ping();
  }
  return false;
}

function book(books: ConnectionsBooks, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  books.fail(error.phase, error.reason, error.detail);
}
