/** Work that blocks the event loop, on purpose. */
import type { AssistantOwnSettings } from './assistantSettings.ts';

/** Blocks the loop again and again from now on, and calls `blocked` after each time. Returns what stops it. */
export function blockLoop(
  { assistantBlockMs, assistantBlockEveryMs }: AssistantOwnSettings,
  blocked: () => void,
): () => void {
  if (assistantBlockMs === 0) return () => undefined;
  const timer = setInterval(() => {
    work(assistantBlockMs);
    blocked();
  }, assistantBlockEveryMs).unref();
  return () => clearInterval(timer);
}

/** A real busy loop: nothing else runs meanwhile. */
function work(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}
