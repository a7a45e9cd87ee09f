/** The binding limits of a stage, read back from the thresholds that k6 got, and how a stage keeps them so far. Pure. */
import type { Limit } from '../lib/limits.ts';
import type { Thresholds } from '../lib/thresholds.ts';
import { limitResult, type LimitResult } from '../report/summary.ts';
import { limitName, limitSentence, limitText } from '../report/words.ts';
import type { Metric, Sample } from './restApi.ts';

const STAGE = /^(\w+)\{stage:(\d+)\}$/;
const EXPRESSION = /^(.+?)(<=|>=|===|==|!=|<|>)(.+)$/;
/** Thresholds that are no limits of the user's: guards, and what the generator must keep. */
const GUARD = /^(count>0|(count|max|rate|value)>=0)$/;
const GENERATOR = ['generator_lag', 'hold_vu_time'];

/** The limits by the number of the stage that they bind. */
export function limitsByStage(thresholds: Thresholds): Map<number, Limit[]> {
  const limits = new Map<number, Limit[]>();
  for (const [name, list] of Object.entries(thresholds)) {
    const [, metric = '', stage] = STAGE.exec(name) ?? [];
    if (stage === undefined || GENERATOR.includes(metric)) continue;
    const found = list.flatMap((entry) =>
      limitOf(metric, typeof entry === 'string' ? entry : entry.threshold),
    );
    limits.set(Number(stage), [...(limits.get(Number(stage)) ?? []), ...found]);
  }
  return limits;
}

function limitOf(metric: string, expression: string): Limit[] {
  const [, aggregate = '', operator = '', bound = ''] = EXPRESSION.exec(expression) ?? [];
  if (GUARD.test(expression) || aggregate === '') return [];
  const plain = (operator === '===' ? '==' : operator) as Limit['operator'];
  return [{ metric, expression, aggregate, operator: plain, bound: Number(bound) }];
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

/** `answer p95 6.2 s, limit 5 s`: the limit that is broken most. */
export function brokenText(broken: readonly LimitResult[]): string {
  const [worst] = [...broken].sort((a, b) => (a.margin ?? 0) - (b.margin ?? 0));
  if (worst === undefined) return 'a limit';
  return worst.value === null
    ? `${limitName(worst)} over it, limit ${limitText(worst)}`
    : limitSentence(worst);
}
