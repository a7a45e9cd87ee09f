/** Who is in which conversation, and what is sent when. Pure. */
import { hold } from '../../../lib/plans/load.ts';

/** The settings that say it; seconds as in the settings. */
export interface TimeSettings {
  numSessions: number;
  conversations: number;
  messageSeconds: number;
  hold: { seconds: number; stages: number; spawnRate: number };
}

/** The same for all users; times are milliseconds since the start of the load. */
export interface Messages {
  /** Conversations that have users: each has one who publishes. */
  publishers: number;
  /** Of each conversation. */
  messages: number;
  /** Whoever has no subscription by then is late. */
  fence: number;
  /** From one message of a conversation to its next. */
  spacing: number;
  /** When users leave. */
  end: number;
}

/** No message comes sooner after the fence: by more than this no two clocks of VUs differ. */
const FENCE_MS = 20;

/** Messages come from the judged part of the first stage on, until the end; at least one of each conversation. */
export function messagesOf(settings: TimeSettings): Messages {
  const { numSessions, conversations, messageSeconds } = settings;
  const { stages, end } = hold({ sessions: numSessions, ...settings.hold });
  const [fence, until] = [stages[0]?.hold ?? 0, end ?? 0];
  const window = until - fence - FENCE_MS;
  const messages = Math.max(1, Math.floor(window / (messageSeconds * 1000)));
  return {
    publishers: Math.min(conversations, numSessions),
    messages,
    fence,
    spacing: Math.min(messageSeconds * 1000, window / messages),
    end: until,
  };
}

/** The conversation of user number `user`: both are numbered from 1, and users take turns. The first user publishes. */
export function conversationOf({ publishers }: Messages, user: number): number {
  return ((user - 1) % publishers) + 1;
}

/** When message `place` (from 0) of a conversation is sent: conversations take turns, at even distances. */
export function sentAt(
  { publishers, fence, spacing }: Messages,
  conversation: number,
  place: number,
): number {
  return fence + FENCE_MS + ((conversation - 1) / publishers + place) * spacing;
}
