/** The binding limits of each stage, and how a stage keeps them so far. Pure. */
import { applies, binds, forStage, type Limit } from '../../lib/words/limits.ts';
import type { ScriptFacts } from '../../lib/before/prepare.ts';
import { limitResult, type LimitResult } from '../../report/derive/summary.ts';
import { limitName, limitSentence, limitText } from '../../report/text/words.ts';
import type { Metric, Sample } from '../k6/restApi.ts';

/** The limits, as k6 judges them, by the number of the stage that they bind. */
export function limitsByStage({
  plan,
  limits,
  requiredSessions,
}: Pick<ScriptFacts, 'plan' | 'limits' | 'requiredSessions'>): Map<number, Limit[]> {
  const binding = plan.stages.filter((stage) => binds(stage, requiredSessions));
  return new Map(
    binding.map((stage) => [
      stage.number,
      limits.filter((limit) => applies(limit, stage, plan)).map((limit) => forStage(limit, stage)),
    ]),
  );
}

/** A limit with the value of now; null where k6's REST API does not give that aggregate, such as p99. */
export function judgeSoFar(limit: Limit, sample: Sample): LimitResult {
  return limitResult(limit, sample[limit.aggregate] ?? null);
}

/** The limits of one metric that k6 says are broken; where it does not say which, those whose value nobody sees. */
export function brokenLimits(limits: readonly Limit[], { sample, tainted }: Metric): LimitResult[] {
  if (!tainted) return [];
  const results = limits.map((limit) => judgeSoFar(limit, sample));
  const broken = results.filter(({ kept }) => kept === false);
  return broken.length > 0 ? broken : results.filter(({ value }) => value === null);
}

/** `latency p95 6.2 s, limit 5 s`: the limit that is broken most. */
export function brokenText(broken: readonly LimitResult[]): string {
  const [worst] = [...broken].sort((a, b) => (a.margin ?? 0) - (b.margin ?? 0));
  if (worst === undefined) return 'a limit';
  return worst.value === null
    ? `${limitName(worst)} over it, limit ${limitText(worst)}`
    : limitSentence(worst);
}
