/** What the page said again and again, as a sign of life. Pure. */
import { groupsOf, type Group } from './groups.ts';
import type { Message } from './messages.ts';
import { PING_TYPE, SOON_MS } from './replies.ts';

/** A kind of ours, how often it came, and the kind of the server's that answers it. */
export interface Heartbeat {
  group: Group;
  seconds: number;
  answer: string | undefined;
}

/** So many show a rhythm; of what is called a ping, two do. */
const ENOUGH = 4;
const LEAST_MS = 900;
/** How far a gap may be from the usual one. */
const UNEVEN = 0.25;

/** The kind that came at a regular rhythm. */
export function heartbeatIn(
  messages: readonly Message[],
  groups: readonly Group[],
  path: string | undefined,
): Heartbeat | undefined {
  const found = groups.find((group) => {
    const enough = path !== undefined && PING_TYPE.test(group.type) ? 2 : ENOUGH;
    return group.messages.length >= enough && isRegular(gapsOf(group));
  });
  if (found === undefined) return undefined;
  const seconds = Math.max(1, Math.round(median(gapsOf(found)) / 1000));
  return { group: found, seconds, answer: answerTo(found, messages) };
}

function gapsOf({ messages }: Group): number[] {
  return messages.slice(1).map(({ at }, index) => at - (messages[index]?.at ?? at));
}

function isRegular(gaps: readonly number[]): boolean {
  const usual = median(gaps);
  return usual >= LEAST_MS && gaps.every((gap) => Math.abs(gap - usual) <= usual * UNEVEN);
}

/** The middle one; of an even number, the upper of the two. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

/** The kind of which one came soon after each, and no other. */
function answerTo(group: Group, messages: readonly Message[]): string | undefined {
  const theirs = groupsOf(messages.filter(({ by }) => by === 'server'));
  const isAnswer = ({ messages: list }: Group) =>
    Math.abs(list.length - group.messages.length) <= 1 &&
    list.every(({ at }) => group.messages.some((beat) => at >= beat.at && at - beat.at <= SOON_MS));
  return theirs.groups.find((one) => one.type !== '' && isAnswer(one))?.type;
}
