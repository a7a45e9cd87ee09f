/** Blocked event loops: that of the target, as its health tells it, and that of the load generator. Pure. */
import { observedLoops } from '../../lib/before/loops.ts';
import {
  BLOCKED_MS,
  GENERATOR_BLOCKED,
  GENERATOR_DELAY,
  MOST_BLOCKED,
  TARGET_DELAY,
} from '../../lib/measures/loops.ts';
import { inStage } from '../../lib/words/limits.ts';
import type { Plan, Stage } from '../../lib/plans/load.ts';
import type { K6Metrics } from '../derive/k6Data.ts';
import { lessLoadOrLarger } from '../derive/doubts/lessLoad.ts';
import type { RunSummary, StageSummary } from '../derive/summary.ts';
import { html, type Html } from '../html/escape.ts';
import { columnsOf, table } from '../html/table.ts';
import type { NamedLine } from '../text/books.ts';
import { duration, percent, timeText, whole } from '../text/words.ts';
import type { Part } from './part.ts';

/** One loop in a whole run; null: nobody looked. Times are milliseconds. */
export interface Loop {
  worstMs: number | null;
  /** The target's: a timer of 1 ms waited over 10 ms; the load generator's: it was blocked for 5 % of a stage or more. */
  blocked: boolean | null;
}

/** The loops in the judged part of one stage. */
export interface StageLoops {
  stage: number;
  targetMs: number | null;
  generatorMs: number | null;
  /** By which timers of the load generator were late, where they were late by its limit or more. */
  generatorBlockedMs: number;
}

/** `summary.loops`. */
export interface LoopsSummary {
  target: Loop;
  generator: Loop;
  stages: StageLoops[];
}

/** The part of runs that watch event loops. */
export const LOOPS: Part = {
  name: 'loops',
  title: 'Event loops',
  field: 'loops',
  summarize: (metrics, { plan, vocabulary }) =>
    vocabulary.metrics[GENERATOR_DELAY] === undefined ? {} : { loops: loopsOf(metrics, plan) },
  observed: ({ plan }) => observedLoops(plan),
  lines: (summary) => linesOf(summary),
  section: (summary) => sectionOf(summary),
  doubts: (summary) => [...summary.stages.flatMap((stage) => ownBlock(stage, summary)), ...shared(summary)],
  figures: [
    {
      ...{ metric: TARGET_DELAY, name: "worst delay of the target's loop", unit: 'ms', more: false },
      ...{ relative: 0.5, absolute: 2.5 * BLOCKED_MS, value: ({ loops }) => loops?.target.worstMs ?? null },
    },
  ],
};

function loopsOf(metrics: K6Metrics, plan: Plan): LoopsSummary {
  const stages = plan.stages.map((stage) => stageOf(metrics, stage));
  const target = mostOf(stages.map(({ targetMs }) => targetMs));
  const generator = mostOf(stages.map(({ generatorMs }) => generatorMs));
  return {
    target: { worstMs: target, blocked: target === null ? null : target > BLOCKED_MS },
    generator: {
      worstMs: generator,
      blocked: generator === null ? null : stages.some((stage) => isBlocked(stage, plan)),
    },
    stages,
  };
}

function stageOf(metrics: K6Metrics, stage: Stage): StageLoops {
  const worst = (metric: string) => metrics.distribution(inStage(metric, stage))['max'] ?? null;
  return {
    stage: stage.number,
    targetMs: worst(TARGET_DELAY),
    generatorMs: worst(GENERATOR_DELAY),
    generatorBlockedMs: metrics.count(inStage(GENERATOR_BLOCKED, stage)),
  };
}

function mostOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.max(...known);
}

function isBlocked({ stage, generatorBlockedMs }: StageLoops, plan: Plan): boolean {
  return generatorBlockedMs >= MOST_BLOCKED * judgedMs(plan, stage);
}

function judgedMs({ stages }: Plan, number: number): number {
  const { hold = 0, end = 0 } = stages[number - 1] ?? {};
  return end - hold;
}

function linesOf({ loops }: RunSummary): NamedLine[] {
  const { target, generator } = loops ?? {};
  const theirs = target?.worstMs === null || target === undefined ? [] : [`target ${loopText(target)}`];
  const own = generator === undefined ? [] : [`load generator ${loopText(generator)}`];
  return [['event loops', [...theirs, ...own].join(', ')]];
}

/** `not blocked (worst delay 3.1 ms)`. */
function loopText({ worstMs, blocked }: Loop): string {
  if (worstMs === null) return 'not watched';
  return `${blocked === true ? 'blocked' : 'not blocked'} (worst delay ${duration(worstMs)})`;
}

function sectionOf(summary: RunSummary): Html {
  const { level } = summary.vocabulary;
  const { stages = [], target } = summary.loops ?? {};
  const hasTarget = target?.worstMs !== null;
  const heads = ['stage', level.many, ...(hasTarget ? ['target, worst'] : []), 'k6, worst', 'k6 blocked'];
  const rows = stages.map(({ stage, targetMs, generatorMs, generatorBlockedMs }) => ({
    cells: [
      whole(stage),
      whole(summary.stages[stage - 1]?.level ?? 0),
      ...(hasTarget ? [timeText(targetMs)] : []),
      timeText(generatorMs),
      percent(generatorBlockedMs / judgedMs(summary.plan, stage), 1),
    ],
  }));
  return html`<p class="note">
      How late a timer of 1 ms was. The target’s loop is blocked when that is over ${BLOCKED_MS} ms; k6 when
      timers were late by ${summary.generatorLagLimitMs} ms or more for ${percent(MOST_BLOCKED, 0)} of a
      stage.
    </p>
    ${table('Delays of event loops by stage', columnsOf(heads), rows)}`;
}

function loopsAt({ loops }: RunSummary, { number }: StageSummary): StageLoops | undefined {
  return loops?.stages.find(({ stage }) => stage === number);
}

/** The load generator itself was blocked. */
function ownBlock(stage: StageSummary, summary: RunSummary): string[] {
  const { plan, vocabulary } = summary;
  const seen = loopsAt(summary, stage);
  if (!stage.binding || seen === undefined || !isBlocked(seen, plan)) return [];
  const share = percent(seen.generatorBlockedMs / judgedMs(plan, stage.number), 1);
  return [
    `the load generator's own event loop was blocked for ${share} of stage ${stage.number}, at worst for ${duration(seen.generatorMs ?? 0)}; ${lessLoadOrLarger(plan, vocabulary.level.many)}`,
  ];
}

/** A loop of k6 that was late by so much of what the target's was says that both may have waited for the machine. */
const SAME = 0.5;

/** The target's loop broke its limit while that of k6 was about as late: nobody knows which of them waited for which. */
function shared(summary: RunSummary): string[] {
  return summary.stages.flatMap((stage) => {
    const broke = stage.limits.some(({ metric, kept }) => metric === TARGET_DELAY && kept === false);
    const { targetMs = null, generatorMs = null } = loopsAt(summary, stage) ?? {};
    if (!stage.binding || !broke || targetMs === null || generatorMs === null) return [];
    if (generatorMs < SAME * targetMs || generatorMs <= BLOCKED_MS) return [];
    return [
      `the event loops of the target and of the load generator were both late in stage ${stage.number} (${duration(targetMs)} and ${duration(generatorMs)}), as on a machine that both must share: use another one for the load, or one with nothing else to do`,
    ];
  });
}
