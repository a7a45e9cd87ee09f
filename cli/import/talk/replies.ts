/** What the page said because the server had asked for it, such as a pong. Pure. */
import { groupsOf, type Group } from './groups.ts';
import type { Message } from './messages.ts';

/** A kind of ours, and the kind of the server's that each of them answers. */
export interface Reply {
  group: Group;
  to: string;
  /** Each with what it answers. */
  pairs: readonly (readonly [asked: Message, reply: Message])[];
}

/** What wants an answer, or is a sign of life. */
export const PING_TYPE = /(^|[._:/-])(ping|heartbeat|keep-?alive|ka|are_?you_?there)$/i;
const PONG_TYPE = /(^|[._:/-])(pong|heartbeat_?ack|alive)$/i;
/** A sign of life is answered within this time. */
export const SOON_MS = 5000;

/** The kinds of ours that are called like answers to pings, or answer messages that are called pings, one each. */
export function repliesIn(
  messages: readonly Message[],
  ours: readonly Group[],
  path: string | undefined,
): Reply[] {
  const theirs = groupsOf(messages.filter(({ by }) => by === 'server'));
  if (path === undefined || theirs.path === undefined) return [];
  return ours.flatMap((group) => {
    const matches = theirs.groups
      .filter(({ type }) => PING_TYPE.test(type) || (PONG_TYPE.test(group.type) && !PONG_TYPE.test(type)))
      .map((asked) => ({ group, to: asked.type, pairs: pairsOf(asked, group, messages) }))
      .filter(({ pairs }) => pairs.length === group.messages.length);
    return matches.slice(0, 1);
  });
}

/** Each reply with the latest unanswered message before it. */
function pairsOf(
  asked: Group,
  replies: Group,
  messages: readonly Message[],
): (readonly [Message, Message])[] {
  const open: Message[] = [];
  const pairs: (readonly [Message, Message])[] = [];
  for (const message of messages) {
    if (asked.messages.includes(message)) open.push(message);
    if (!replies.messages.includes(message)) continue;
    const first = open.shift();
    if (first !== undefined && message.at - first.at <= SOON_MS) pairs.push([first, message]);
  }
  return pairs;
}
