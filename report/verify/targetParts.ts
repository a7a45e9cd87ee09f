/** A reference target is several back ends in one, and each counts for itself. Pure. */
import { isRecord } from '../../lib/words/jsonFields.ts';

/** The counts of one back end. */
export type Counts = Readonly<Record<string, unknown>>;

/**
 * The parts of a target, by the names that their counts have in `/stats`: whatever counts outages of its own. The one of
 * name '' has its counts at the top, beside the others.
 */
export function targetParts(stats: Counts): Map<string, Counts> {
  const inner = Object.entries(stats).filter((entry): entry is [string, Counts] => isRecord(entry[1]));
  return new Map([['', stats] as const, ...inner].filter(([, counts]) => 'outages' in counts));
}
