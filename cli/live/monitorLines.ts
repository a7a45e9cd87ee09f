/** What is printed while k6 works. Pure. */
import type { Plan, Stage } from '../../lib/words/load.ts';
import { counted, duration, percent } from '../../report/text/words.ts';
import type { Inspected } from '../k6/k6Inspect.ts';

const WIDTH = 80;

/** What was read of a run that is under way; totals since its start. */
export interface Progress {
  /** Questions that wait for an answer now, and the most seen so far. */
  active: number;
  peak: number;
  /** Sessions. */
  started: number;
  completed: number;
  /** Handshakes and REST calls of the set-up that got a 502. */
  errors502: number;
  /** Sockets that did not open, but for those that got a 502. */
  connection: number;
  /** Tokens and sessions that could not be had. */
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
  planned: Planned | undefined,
  elapsed: number,
  progress: Progress | undefined,
): string[] {
  const seconds = (elapsed / 1000).toFixed(1);
  const stage = planned === undefined ? [] : [`[stage] ${stageText(planned, elapsed)}`];
  if (progress === undefined) return [`[monitor] ${seconds} s | k6 does not answer`, ...stage];
  const { errors502, connection, setup } = progress;
  return [
    monitorLine(seconds, progress),
    `[errors] 502: ${errors502} | connection: ${connection} | setup: ${setup}`,
    ...stage,
  ];
}

/** Millions of sessions leave no room for the long word. */
function monitorLine(seconds: string, { active, peak, started, completed }: Progress): string {
  const rest = `${active} | peak ${peak} | started ${started} | completed ${completed}`;
  const line = `[monitor] ${seconds} s | active invocations ${rest}`;
  return line.length <= WIDTH ? line : `[monitor] ${Number(seconds).toFixed(0)} s | active ${rest}`;
}

function stageText({ plan, longestMs }: Planned, elapsed: number): string {
  const stage = stageAt(plan, elapsed);
  if (stage === undefined) {
    const left = Math.max(0, Math.ceil((longestMs - elapsed) / 1000));
    return `the plan is over | the last sessions end, at the latest in ${left} s`;
  }
  const purpose = stage.name === undefined ? '' : ` ${stage.name}`;
  const name = `${stage.number}/${plan.stages.length}${purpose} | ${counted(stage.level, 'session')}`;
  if (plan.end === null) return plan.arrivals ? `${name} arrive` : `${name}, each once`;
  const left = Math.ceil((stage.end - elapsed) / 1000);
  return `${name} | ${stage.number === plan.stages.length ? 'end' : 'next'} in ${left} s`;
}

/** What is known of a stage when it is over: questions sent in it, and what their answers have come to so far. */
export interface StageOver {
  sent: number;
  success: number | undefined;
  p95: number | undefined;
}

/** How a stage did, as far as its answers have come in. */
export function stageOverLine(plan: Plan, stage: Stage, { sent, success, p95 }: StageOver): string {
  const answers = success === undefined ? (sent === 0 ? 'no questions' : 'no answers yet') : '';
  const parts = [
    `stage ${stage.number}/${plan.stages.length} over: ${counted(stage.level, 'session')}`,
    success === undefined ? answers : `answers ${percent(success)}`,
    ...(success === undefined || success === 0 || p95 === undefined ? [] : [`p95 ${duration(p95)}`]),
  ];
  return parts.join(', ');
}
