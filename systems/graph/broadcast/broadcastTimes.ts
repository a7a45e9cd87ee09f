/** What happens when in a broadcast: who comes, by when everybody must be there, and each message. Pure. */

/** The settings that say it. */
export interface TimeSettings {
  numSessions: number;
  publishers: number;
  messages: number;
  staggerSeconds: number;
  subscribeSeconds: number;
  messageSeconds: number;
}

/** Epoch milliseconds; publishers and clients are numbered from 1, messages and their places in the plan from 0. */
export interface BroadcastTimes {
  comes: (client: number) => number;
  /** Whoever has no subscription by then is not there. */
  fence: number;
  published: (publisher: number, place: number) => number;
  /** The last message of all. */
  last: number;
}

/** No message comes sooner after the fence: by more than this no two clocks of VUs differ. */
const FENCE_MS = 20;

/** The times of a broadcast that began at `startTime`: publishers take turns, at even distances. */
export function broadcastTimes(settings: TimeSettings, startTime: number): BroadcastTimes {
  const { numSessions, publishers, messages, staggerSeconds, subscribeSeconds, messageSeconds } = settings;
  const comes = (client: number) => startTime + (client - 1) * staggerSeconds * 1000;
  const fence = comes(numSessions) + subscribeSeconds * 1000;
  const published = (publisher: number, place: number) =>
    fence + FENCE_MS + ((publisher - 1) / publishers + place) * messageSeconds * 1000;
  return { comes, fence, published, last: published(publishers, messages - 1) };
}
