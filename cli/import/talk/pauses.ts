/** How long the user thought between an answer and the next question. Pure. */
import { median } from './heartbeat.ts';
import type { Exchange } from './ids.ts';
import type { Message } from './messages.ts';

/** From so many pauses on their distribution says more than the shortest and the longest. */
const MANY = 6;

/** The setting THINK_SECONDS, such as `2.5-8`; empty: nothing was asked after an answer. */
export function thinkSeconds(exchanges: readonly Exchange[], isLast: (message: Message) => boolean): string {
  const pauses = exchanges.slice(1).flatMap(({ question }, index) => {
    const said = exchanges[index]?.said ?? [];
    const end = said.findLast(isLast) ?? said.at(-1);
    return end === undefined ? [] : [Math.max(0, question.at - end.at) / 1000];
  });
  if (pauses.length === 0) return '';
  pauses.sort((one, other) => one - other);
  const [least, most] = [rounded(pauses[0]), rounded(pauses.at(-1))];
  if (pauses.length < MANY) return least === most ? least : `${least}-${most}`;
  const [middle, long] = [rounded(median(pauses)), rounded(pauses[Math.ceil(pauses.length * 0.95) - 1])];
  return Number(middle) > 0 ? `lognormal:${middle}:${long}` : `${least}-${most}`;
}

function rounded(seconds = 0): string {
  return String(Math.round(seconds * 10) / 10);
}
