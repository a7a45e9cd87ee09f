/** What was prepared for the VUs of a chat, beside its texts. Types only. */
import type { Slice } from './questions.ts';

/** Where in the shared texts things are. */
export interface ChatFacts {
  /** Of questions. */
  slices: readonly Slice[];
  /** Of users, as JSON; `count` 0: there are none. */
  users: { from: number; count: number };
}
