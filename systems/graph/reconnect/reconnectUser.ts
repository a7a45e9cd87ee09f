/** A client in one stage: subscribes a channel, and comes back whenever its connection is dropped. */
import { delay, now } from '../../../lib/k6/clock.ts';
import { socketTarget } from '../../../lib/k6/socketTarget.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { createRetries, once } from '../../../lib/vu/retry.ts';
import { retryMetrics } from '../../../lib/vu/retryMetrics.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import { BACKOFFS, type Backoff } from '../../../lib/words/backoff.ts';
import type { Cycles } from '../../../lib/plans/cycles.ts';
import { StepFailed } from '../../../lib/words/failures.ts';
import { seededRandom } from '../../../lib/words/random.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { Drops, dropTime } from './drops.ts';
import { reconnectBooks, type ReconnectBooks } from './reconnectBooks.ts';
import type { ReconnectVuConfig } from './reconnectSettings.ts';
import { ReturningClient, type ReturnSettings } from './returningClient.ts';

/** Makes the visits of a VU; while it is initialised. */
export function reconnectUser(config: ReconnectVuConfig, words: VuWords): RunVisit {
  const beginClient = reconnectBooks(words);
  const socketOf = socketTarget('graph', config);
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay);

  /** One client in one stage; resolves to whether it was ever subscribed. */
  return async (clock, vu, iteration) => {
    const random = seededRandom(config.seed, vu, iteration);
    const stageEnd = await come(config, clock, random);
    const cycles = cyclesUntil(stageEnd, config);
    const own = (cycle: number) => seededRandom(config.seed, vu, stageEnd - clock.startTime, cycle)();
    const drops = new Drops(config.drops, cycles, own, now());
    const books = beginClient(clock, {
      first: dropTime(cycles, 0),
      takesAsAsked: (at) => drops.takesAsAsked(at),
    });
    const how = settingsOf(config, backoffIn(clock), random);
    const client = new ReturningClient(books, socketOf(), drops, how);
    const attempt = retries?.(books, clock, vu, iteration) ?? once;
    let isDone = false;
    try {
      await attempt('connect', () => client.open());
      isDone = await client.stay(stageEnd);
    } catch (error) {
      book(books, error);
    } finally {
      client.leave();
      books.end(isDone);
      await client.gone();
    }
    return books.subscribed > 0;
  };
}

/** With less than that left of a stage, a client comes in the next one. */
const LEAST_STAY_MS = 100;
/** Clients come one after the other, in so much of the cycle before the first. */
const COMING_SHARE = 0.5;

/** Waits until the client is to come; resolves to when its stage ends (epoch ms). */
async function come(config: ReconnectVuConfig, clock: StageClock, random: () => number): Promise<number> {
  const left = clock.stageEnds(now()) - now();
  if (left < LEAST_STAY_MS) await delay(left + 1);
  const stageEnd = clock.stageEnds(now());
  const { from, length } = cyclesUntil(stageEnd, config);
  await delay(from - length + random() * COMING_SHARE * length - now());
  return stageEnd;
}

function cyclesUntil(stageEnd: number, { cycles: { count, seconds } }: ReconnectVuConfig): Cycles {
  const length = seconds * 1000;
  return { from: stageEnd - count * length, length, count };
}

/** The back-off of the stage of now. */
function backoffIn(clock: StageClock): Backoff {
  const only = clock.only(now(), 'backoff');
  return BACKOFFS.find((name) => only?.includes(name)) ?? 'none';
}

function settingsOf(
  { channel, reconnectSeconds, replySeconds, backoffBaseSeconds, backoffCapSeconds }: ReconnectVuConfig,
  backoff: Backoff,
  random: () => number,
): ReturnSettings {
  return {
    channel,
    replyMs: replySeconds * 1000,
    withinMs: reconnectSeconds * 1000,
    backoff,
    bounds: { baseMs: backoffBaseSeconds * 1000, capMs: backoffCapSeconds * 1000 },
    random,
  };
}

function book(books: ReconnectBooks, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  books.fail(error.phase, error.reason, error.detail);
}
