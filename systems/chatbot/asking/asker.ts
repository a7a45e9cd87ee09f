/** Whoever asks the questions of a VU's sessions and waits for their answers, one at a time. Types only. */
import type { StageClock } from '../../../lib/vu/stages.ts';
import type { AskingSession } from './askingBooks.ts';

/** What a session needs of it, whatever it asks over. */
export interface Asker<S extends AskingSession, P> {
  /** Forgets the session before; nothing of it may be under way. */
  begin: (session: S, clock: StageClock, protocol: P) => void;
  isOpen: () => boolean;
  /** Asks one question and waits for its answer; resolves to whether it was answered. */
  ask: (course: string, text: string) => Promise<boolean>;
  /** Ends what it asks over behind an answer; it can be opened again. */
  hangUp: () => void;
  /** Ends it, if there is one. */
  leave: () => void;
  /** Resolves when the VU is free of everything that was opened here. */
  gone: () => Promise<unknown>;
}
