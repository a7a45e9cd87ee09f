/** Which sessions are logged (`SESSION_LOG`), and how their lines get out of k6. */
import exec from 'k6/execution';
import { evaluate } from '../../../lib/evaluate.ts';
import { explain } from '../../../lib/vu/explain.ts';
import type * as SessionLines from './sessionLines.ts';
import type { SessionLog } from './sessionLines.ts';
import linesSource from './sessionLines.ts?text';

let lines: typeof SessionLines | undefined;

/**
 * Begins the log of the session that is about to start; `undefined` when the run has had its `limit` of them. `harmless`:
 * the phases whose failures don't make it a failed one.
 */
export function openSessionLog(
  limit: number,
  harmless: readonly string[],
  courses: () => readonly string[],
): SessionLog | undefined {
  const { iterationInTest } = exec.scenario;
  if (iterationInTest >= limit) return undefined;
  lines ??= evaluate(linesSource) as typeof SessionLines;
  const { instance } = exec;
  return lines.sessionLog({
    number: iterationInTest + 1,
    courses: courses(),
    harmless,
    write: (line) => console.log(line),
    elapsed: () => instance.currentTestRunDuration,
    active: () => instance.vusActive,
    explain,
  });
}
