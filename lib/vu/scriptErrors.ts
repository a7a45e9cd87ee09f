/** Exceptions in our own code: counted, logged once per VU, never left to k6, which would pass the run. */
import { metric } from './metrics.ts';

let logged = false;

/** Counts an exception that should not have happened and logs the first one of each VU. */
export function reportScriptError(error: unknown): void {
  metric('script_errors')(1);
  if (logged) return;
  logged = true;
  console.error(
    `The test script failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  );
}

/** Wraps a listener: an exception in it is counted and does not abort the VU's iteration. */
export function guarded<Event>(listener: (event: Event) => void): (event: Event) => void {
  return (event) => {
    try {
      listener(event);
    } catch (error) {
      reportScriptError(error);
    }
  };
}
