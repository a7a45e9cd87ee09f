/** What connections cost a process in memory: readings before they open, and readings while they are open. Pure. */
import type { MemoryReading } from './memoryReading.ts';

/** What a level of connections costs; bytes. */
export interface LevelMemory {
  /** Before they opened. */
  before: number;
  /** While they were open. */
  open: number;
  /** How much more that is, by connection; 0 where it is not more. */
  perConnection: number;
}

/**
 * Compares the memory of both times; `undefined` where one of them has no readings, or no connections were open. `level`:
 * how many connections were to be open, for a process that does not tell how many are.
 *
 * A collector of garbage makes the memory jump up for less than a second, and can give back megabytes at any moment, also
 * while connections are open. So before them the least counts; while they are open the most that lasted for `lasting`
 * readings in a row does, or for half of them where there are few: what was given back in between hides no connection, and
 * a short peak is none.
 */
export function levelMemory(
  quiet: readonly MemoryReading[],
  held: readonly MemoryReading[],
  level: number,
  lasting: number,
): LevelMemory | undefined {
  const [fewest, most] = [Math.min(...quiet.map(socketsOf)), Math.max(...held.map(socketsOf))];
  const connections = held.some(({ sockets }) => sockets !== undefined) ? most - fewest : level;
  const before = least(quiet.filter((reading) => socketsOf(reading) === fewest));
  const open = mostLasting(
    held.filter((reading) => socketsOf(reading) === most),
    lasting,
  );
  if (before === undefined || open === undefined || connections <= 0) return undefined;
  return { before, open, perConnection: Math.max(0, open - before) / connections };
}

function socketsOf({ sockets = 0 }: MemoryReading): number {
  return sockets;
}

function least(readings: readonly MemoryReading[]): number | undefined {
  return readings.length === 0 ? undefined : Math.min(...readings.map(({ bytes }) => bytes));
}

/** The greatest of the least of so many readings in a row; at most of half of them. */
function mostLasting(readings: readonly MemoryReading[], lasting: number): number | undefined {
  const many = Math.min(lasting, Math.ceil(readings.length / 2));
  const starts = Array.from({ length: readings.length - many + 1 }, (_, start) => start);
  const kept = starts.flatMap((start) => least(readings.slice(start, start + many)) ?? []);
  return kept.length === 0 ? undefined : Math.max(...kept);
}
