/** The figure by which a table of tests knows a run. Pure. */
import type { Evidence, Remains } from '../derive/evidence.ts';
import { decidingLimit } from '../derive/verdict.ts';
import { limitName, limitText, valueText } from '../text/words.ts';
import type { Figure } from './suiteRecord.ts';

/** `null` where nothing was measured, and of a run that can't be trusted or was stopped. */
export function figureOf(evidence: Evidence | Remains): Figure | null {
  const { verdict } = evidence;
  const limit =
    'summary' in evidence && ['PASS', 'FAIL'].includes(verdict.result)
      ? decidingLimit(evidence.summary, verdict)
      : undefined;
  if (limit === undefined || limit.value === null) return null;
  return { name: limitName(limit), value: valueText(limit), limit: limitText(limit), margin: limit.margin };
}
