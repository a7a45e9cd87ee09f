/** Whether the load was made that was planned: reasons not to trust a run. Pure. */
import { plannedRounds, ROUNDS_BEGUN } from '../../../lib/measures/rounds.ts';
import { leastVisits, leastWork, lossesOf, workOf } from '../../../lib/measures/work.ts';
import { mostHeld, plannedVus } from '../../../lib/plans/load.ts';
import { headlineOf, visitNoun, type Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import { LEAST_HELD, MOST_HELD } from '../../../lib/words/limits.ts';
import { countedAs } from '../../../lib/words/plural.ts';
import { counted, percent, whole } from '../../text/words.ts';
import { isBreak, upToBreak } from '../break.ts';
import { lateStarts } from './lateStarts.ts';
import { aggregateOf, booksOf, measureOf } from '../measures.ts';
import { OTHER_LOAD } from './otherLoad.ts';
import type { RunSummary, StageSummary } from '../summary.ts';

/** A sentence for each part of the plan that was not made, or was more than it. */
export function lessThanPlanned(summary: RunSummary): string[] {
  const wrong = summary.stages.filter((stage) => stage.binding && !isHeld(summary, stage));
  return [
    ...lateStarts(summary),
    ...wrong.map((stage) => wronglyHeld(summary, stage)),
    ...tooFewBegun(summary),
    ...tooLittleWork(summary),
  ];
}

/** Where nothing lasts from one stage to the next, all of a level begin in each, and where there are rounds in each round. */
function tooFewBegun({ plan, stages, vocabulary }: RunSummary): string[] {
  const judged = upToBreak(stages).filter(({ binding }) => binding);
  return judged.flatMap((stage) => {
    const rounds = plannedRounds(stage, plan, vocabulary);
    if (rounds !== undefined) return roundsLeftOut(stage, vocabulary, rounds);
    return plan.apart === true ? beganTooFew(stage, vocabulary) : [];
  });
}

function beganTooFew({ number, level, operations }: StageSummary, vocabulary: Vocabulary): string[] {
  const began = operations[vocabulary.headline]?.began ?? 0;
  if (began >= level) return [];
  const all = countedAs(level, headlineOf(vocabulary).noun);
  return [
    `only ${began} of ${all} of stage ${number} began: what went before ended too late, so make stages longer`,
  ];
}

/** A limit that broke in fewer rounds than planned would have broken in all of them. */
function roundsLeftOut(stage: StageSummary, vocabulary: Vocabulary, planned: number): string[] {
  const { number, level, state } = stage;
  const begun = aggregateOf(measureOf(stage, vocabulary, ROUNDS_BEGUN), 'count') ?? 0;
  if (begun >= (state === 'broke' ? level : planned)) return [];
  const each = `${countedAs(level, vocabulary.level)} of stage ${number}`;
  const all = planned === level ? each : `the ${planned} rounds of the ${each}`;
  return [
    `only ${begun} of ${all} began: what went before ended too late, or there was too little time to come: raise ROUND_SECONDS or GATHER_SECONDS`,
  ];
}

/** A limit that broke under less than the planned load would have broken under all of it. */
function tooLittleWork(summary: RunSummary): string[] {
  const { plan, stages, vocabulary } = summary;
  const limits = stages.flatMap((stage) => (stage.binding ? stage.limits : []));
  const { bad, began: came } = booksOf(summary, vocabulary.visit);
  const visits = Math.min(came, leastVisits(plan));
  const least = leastWork(plan, visits, vocabulary, limits);
  const { began } = booksOf(summary, vocabulary.headline);
  if (least === undefined || began >= least || stages.some(isBreak)) return [];
  const all = `the ${whole(workOf(plan, visits) ?? 0)} planned ${headlineOf(vocabulary).noun.many}`;
  const failed = `${bad} of ${countedAs(came, visitNoun(vocabulary))} failed on the way`;
  return [
    `only ${whole(began)} of ${all} began, for ${failed}: mend what failed, or let a limit on ${lossesOf(vocabulary)[0] ?? ''} say how many may`,
  ];
}

/** Whether the VUs of a stage were there as planned; plans without a fixed end don't say. */
function isHeld({ plan }: RunSummary, { number, level, vusHeld }: StageSummary): boolean {
  const stage = plan.stages[number - 1];
  if (vusHeld === null || stage === undefined) return true;
  return vusHeld >= LEAST_HELD && vusHeld * level <= MOST_HELD * mostHeld(plan, stage);
}

function wronglyHeld(
  { plan, metrics, vocabulary }: RunSummary,
  { number, level, vusHeld }: StageSummary,
): string {
  const what = `of the ${countedAs(level, vocabulary.level)} of stage ${number}`;
  const share = vusHeld ?? 0;
  const vus = metrics['vus_max']?.['max'] ?? Infinity;
  if (share > MOST_HELD) return `k6 held ${percent(share, 0)} ${what}: ${OTHER_LOAD}`;
  if (vus < plannedVus(plan))
    return `k6 had ${counted(vus, 'VU')} and held ${percent(share)} ${what}: ${OTHER_LOAD}`;
  return `the load generator held only ${percent(share)} ${what}; use fewer ${vocabulary.level.many} per machine, or longer stages`;
}
