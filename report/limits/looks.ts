/** Where to look at the target when a limit breaks. Pure. */
import type { Operation, Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { wordsOfReason } from '../derive/explain.ts';
import type { FailureSummary, LimitResult, RunSummary } from '../derive/summary.ts';

/** What decides it. */
type Looked = Pick<RunSummary, 'vocabulary' | 'failures'>;

/**
 * Half a sentence; `undefined` where nobody knows. What failed most often tells more of a broken rate than the words of
 * the system for all that may break it.
 */
export function lookOf({ vocabulary, failures }: Looked, metric: string): string | undefined {
  return lookOfFailures(vocabulary, failures, metric) ?? ownLook(vocabulary, metric);
}

/** What the system itself says of a metric, or of the one that it is a part of. */
export function ownLook({ looks = {} }: Vocabulary, metric: string): string | undefined {
  const known = [metric, wholeOf(metric)].find((name) => Object.hasOwn(looks, name));
  return known === undefined ? undefined : looks[known];
}

/** The looks for the broken ones of these limits, each once, and none that `told` has; it has them afterwards. */
export function newLooks(summary: Looked, limits: readonly LimitResult[], told: Set<string>): string[] {
  const looks = limits.flatMap(({ kept, metric }) => (kept === false ? (lookOf(summary, metric) ?? []) : []));
  const fresh = [...new Set(looks)].filter((look) => !told.has(look));
  for (const look of fresh) told.add(look);
  return fresh;
}

function wholeOf(metric: string): string {
  return metric.replace(/\{.*$/, '');
}

/** Of the most frequent class of what the metric tells the failures of. */
function lookOfFailures(
  vocabulary: Vocabulary,
  failures: readonly FailureSummary[],
  metric: string,
): string | undefined {
  const name = wholeOf(metric);
  const found = Object.entries(vocabulary.operations).find(
    ([, { success, bad }]) => success === name || bad.metric === name,
  );
  if (found === undefined) return undefined;
  const [operation, words] = found;
  const meant = failures.filter(({ phase }) => isOf(phase, operation, words, vocabulary));
  const [most] = [...meant].sort((a, b) => b.count - a.count);
  return most && wordsOfReason(most.reason, most.status, vocabulary.reasons).look;
}

/** Whatever fails, fails a visit, unless it is harmless. */
function isOf(phase: string, name: string, words: Operation, { visit, phases }: Vocabulary): boolean {
  if (name === visit) return phases[phase]?.harmless !== true;
  return phase === (words.phase ?? words.retriedIn);
}
