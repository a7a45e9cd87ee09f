/** A user of an agent platform: connects, subscribes, pings, sends messages to an agent, says farewell. */
import { delay, now } from '../../lib/k6/clock.ts';
import { socketTarget } from '../../lib/k6/socketTarget.ts';
import type { RunVisit } from '../../lib/system.ts';
import { createRetries, once } from '../../lib/vu/retry.ts';
import { retryMetrics } from '../../lib/vu/retryMetrics.ts';
import type { StageClock } from '../../lib/vu/stages.ts';
import { StepFailed } from '../../lib/words/failures.ts';
import { seededRandom } from '../../lib/words/random.ts';
import type { VuWords } from '../../lib/vocabulary/vuWords.ts';
import { batchSeconds } from './batches.ts';
import { userBooks, type UserBooks } from './books.ts';
import { Connection } from './connection.ts';
import type { Parties } from './protocol.ts';
import type { AgentsVuConfig } from './settings.ts';

/** Makes the visits of a VU; while it is initialised. */
export function agentsUser(config: AgentsVuConfig, words: VuWords): RunVisit {
  const beginUser = userBooks(words);
  const socketOf = socketTarget('agents', config);
  const retries = words.retried && createRetries(config, words.retried, retryMetrics(), delay);

  /** One user, from the first dial to the end of the connection; resolves to whether any message was answered. */
  return async (clock, vu, iteration, observer) => {
    if (iteration === 0 && clock.dueAt === undefined) await delay(1000 * batchSeconds(config, vu));
    const user = beginUser(clock, observer);
    const random = seededRandom(config.seed, vu, iteration);
    const connection = new Connection(user, partiesOf(random), config.replySeconds * 1000);
    const attempt = retries?.(user, clock, vu, iteration) ?? once;
    let isDone = false;
    try {
      await attempt('connect', () => connection.open(socketOf()));
      isDone = await converse(connection, config, clock, random);
    } catch (error) {
      book(user, error);
    } finally {
      connection.leave();
      user.end(isDone);
      await connection.gone();
    }
    return user.answered > 0;
  };
}

/** Ids of this user's own. */
function partiesOf(random: () => number): Parties {
  const id = () => Math.floor(random() * 1e9);
  return { user: `user_${id()}`, agent: `agent_${id()}` };
}

/** Says everything, and waits for all that is under way; resolves to whether there was time for all of it. */
async function converse(
  connection: Connection,
  config: AgentsVuConfig,
  clock: StageClock,
  random: () => number,
): Promise<boolean> {
  const { channels } = config;
  for (const channel of channels) if (connection.isOpen()) await connection.subscribe(channel);
  const isDone = await talk(connection, config, clock, random);
  // Before the farewell, whose reply then comes behind whatever comes twice.
  await connection.fewerThan(1);
  const [first] = channels;
  if (first !== undefined && connection.isOpen()) await connection.unsubscribe(first);
  if (connection.isOpen()) await connection.sayFarewell();
  return isDone;
}

/** Pings and messages in turn. With time between messages the first one has its place in it, so that users differ. */
async function talk(
  connection: Connection,
  { pings, messages, messageSeconds, inFlight }: AgentsVuConfig,
  clock: StageClock,
  random: () => number,
): Promise<boolean> {
  const betweenMs = messageSeconds * 1000;
  let next = now() + random() * betweenMs;
  for (let turn = 0; turn < Math.max(pings, messages); turn++) {
    if (!connection.isOpen()) return true;
    if (turn < pings) await connection.ping();
    if (turn >= messages) continue;
    if (betweenMs > 0) await delay(Math.min(next - now(), clock.remaining(now())));
    await connection.fewerThan(inFlight);
    if (clock.remaining(now()) <= 0) return false;
    if (!connection.isOpen()) return true;
    connection.send();
    next = Math.max(next + betweenMs, now());
  }
  return true;
}

function book(user: UserBooks, error: unknown): void {
  if (!(error instanceof StepFailed)) throw error;
  user.fail(error.phase, error.reason, error.detail);
}
