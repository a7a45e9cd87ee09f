/** What is printed while k6 works. Pure. */
import type { Plan, Stage } from '../../lib/plans/load.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { levelText } from '../../lib/plans/rate.ts';
import { duration, percent } from '../../report/text/words.ts';
import type { Inspected } from '../k6/k6Inspect.ts';
import type { LiveWords } from './liveWords.ts';
import { WIDTH } from '../../report/text/wrap.ts';

/** What was read of a run that is under way; totals since its start. */
export interface Progress {
  /** Operations of the headline that are under way now, and the most seen so far. */
  active: number;
  peak: number;
  /** Visits that began, and that ended well. */
  began: number;
  good: number;
  /** VUs at work, where nothing is known of operations. */
  vus: number;
  /** Failures with the status 502. */
  errors502: number;
  /** Connections that did not open, but for those that got a 502. */
  connection: number;
  /** REST calls before the operations that failed. */
  setup: number;
}

/** What is known of a run before it starts. */
export type Planned = Pick<Inspected, 'plan' | 'longestMs'>;

/** The stage at a time since the start of the scenario, in ms; `undefined` when the plan is over. */
export function stageAt({ stages, end }: Plan, elapsed: number): Stage | undefined {
  return end === null && stages.length === 1 ? stages[0] : stages.find((stage) => elapsed < stage.end);
}

/** The lines of one moment, of at most 80 columns. `progress` is undefined when k6 did not answer, `planned` for a k6 that somebody else started. */
export function monitorLines(
  words: LiveWords,
  planned: Planned | undefined,
  elapsed: number,
  progress: Progress | undefined,
): string[] {
  const seconds = (elapsed / 1000).toFixed(1);
  const stage = planned === undefined ? [] : [`[stage] ${stageText(words, planned, elapsed)}`];
  if (progress === undefined) {
    // At its end k6 closes the door through which it is asked.
    const isOver = planned !== undefined && stageAt(planned.plan, elapsed) === undefined;
    return isOver ? stage : [`[monitor] ${seconds} s | k6 does not answer`, ...stage];
  }
  const { errors502, connection, setup } = progress;
  return [
    monitorLine(words, seconds, progress),
    `[errors] 502: ${errors502} | connection: ${connection} | setup: ${setup}`,
    ...stage,
  ];
}

/** Millions leave no room for the noun. */
function monitorLine({ visit, headline, level }: LiveWords, seconds: string, progress: Progress): string {
  const { active, peak, began, good, vus } = progress;
  if (visit === undefined || headline === undefined)
    return `[monitor] ${seconds} s | ${countedAs(vus, level)}`;
  const rest = `${active} | peak ${peak} | ${visit.began.word} ${began} | ${visit.good.word} ${good}`;
  const line = `[monitor] ${seconds} s | active ${headline.noun.many} ${rest}`;
  return line.length <= WIDTH ? line : `[monitor] ${Number(seconds).toFixed(0)} s | active ${rest}`;
}

function stageText({ level, visits }: LiveWords, { plan, longestMs }: Planned, elapsed: number): string {
  const stage = stageAt(plan, elapsed);
  if (stage === undefined) {
    const left = Math.max(0, Math.ceil((longestMs - elapsed) / 1000));
    return `the plan is over | the last ${visits.many} end, at the latest in ${left} s`;
  }
  const name = `${placeText(stage, plan)} | ${levelText(stage, level)}`;
  if (plan.end === null) return plan.arrivals ? `${name} arrive` : `${name}, each once`;
  const left = Math.ceil((stage.end - elapsed) / 1000);
  return `${name} | ${stage.number === plan.stages.length ? 'end' : 'next'} in ${left} s`;
}

/** `2/5`, with the stage's name where it has one. */
function placeText({ number, name }: Stage, { stages }: Plan): string {
  return `${number}/${stages.length}${name === undefined ? '' : ` ${name}`}`;
}

/** What is known of a stage when it is over: what began in it, and what has come of that so far. */
export interface StageOver {
  began: number;
  success: number | undefined;
  p95: number | undefined;
}

/** How a stage did, as far as its operations have ended. */
export function stageOverLine(words: LiveWords, plan: Plan, stage: Stage, over: StageOver): string {
  const { success, p95 } = over;
  const parts = [
    `stage ${placeText(stage, plan)} over: ${levelText(stage, words.level)}`,
    ...outcome(words, over),
    ...(success === undefined || success === 0 || p95 === undefined ? [] : [`p95 ${duration(p95)}`]),
  ];
  return parts.join(', ');
}

function outcome({ headline, columns }: LiveWords, { began, success }: StageOver): string[] {
  if (headline === undefined) return [];
  const head = columns.find(({ metric }) => metric === headline.success)?.head ?? 'success';
  if (success !== undefined) return [`${head} ${percent(success)}`];
  return [began === 0 ? `no ${headline.noun.many}` : `none ${headline.good.word} yet`];
}
