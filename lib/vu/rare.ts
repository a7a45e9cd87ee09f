/** Code for rare cases: a VU that never meets one has no function of it, each of which would take 0.6 KB. */
import load from './rarely.ts?lazy';
import type * as Rarely from './rarely.ts';

let loaded: typeof Rarely | undefined;

/** That code; loaded by the first who asks for it. */
export function rare(): typeof Rarely {
  return (loaded ??= load() as typeof Rarely);
}
