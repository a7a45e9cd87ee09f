/** What one of a level does in a stage of rounds: it waits for each round to begin, and does its thing. */
import { now, passed } from '../k6/clock.ts';
import { timeIn, type Cycles } from '../plans/cycles.ts';
import type { Rounds } from '../plans/rounds.ts';
import type { RoundBooks } from './roundBooks.ts';
import type { StageClock } from './stages.ts';

/** Who is later than that, in milliseconds, would not begin with the others, and waits for the next round. */
const LATEST_MS = 250;

/**
 * Calls `act` with the start of each round of the stage of now, once at a time, and resolves when the stage is over. A round
 * that begins while `act` is still at the one before is left out; `books` count those that are not. Times are epoch
 * milliseconds.
 */
export async function eachRound(
  clock: StageClock,
  { count, seconds }: Pick<Rounds, 'count' | 'seconds'>,
  books: Pick<RoundBooks, 'roundBegins'>,
  act: (startedAt: number) => Promise<void>,
): Promise<void> {
  const stageEnds = clock.stageEnds(now());
  const cycles = { from: clock.judgedFrom(now()), length: seconds * 1000, count };
  for (let round = firstInTime(cycles); round < count; round = Math.max(round + 1, firstInTime(cycles))) {
    const start = timeIn(cycles, round, 0);
    await passed(start);
    books.roundBegins();
    await act(start);
  }
  await passed(stageEnds);
}

/** The number, from 0, of the first round that can still be begun with the others. */
function firstInTime({ from, length }: Cycles): number {
  return Math.max(0, Math.ceil((now() - LATEST_MS - from) / length));
}
