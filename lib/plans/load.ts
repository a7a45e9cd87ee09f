/**
 * Plans as pure functions: how many sessions at which time.
 * Times in a plan are milliseconds since the start of the k6 scenario; those of a step are seconds, as in the settings.
 */
import { countedAs, plural } from '../words/plural.ts';
import type { Noun } from '../vocabulary/vocabulary.ts';

/** The kinds of load that a script can choose. */
export type LoadName =
  | 'ramp'
  | 'burst'
  | 'hold'
  | 'levels'
  | 'recovery'
  | 'phases'
  | 'mix'
  | 'cycles'
  | 'apart'
  | 'rounds'
  | 'kinds';

/** Values by tag. */
export type Values = Readonly<Record<string, readonly string[]>>;

/** One level of the load. Its questions are judged from `hold` to `end`; `start` to `hold` lets it settle. */
export interface Stage {
  /** Position in the plan, from 1. */
  number: number;
  /** What the stage is for, where a plan has words for it. */
  name?: string;
  /**
   * How many are planned at the same time; in a plan of arrivals, those that start in it; in one of rates, those that
   * arrive in a second at its end.
   */
  level: number;
  start: number;
  /** In a plan of rates: arrivals per second at its start. */
  from?: number;
  /** How long after `start` the number of sessions changes evenly from the one before; 0: at once. */
  transition: number;
  hold: number;
  end: number;
  /** Its limits never decide the run. */
  informs?: true;
  /** The word for stages of this kind, by which limits may choose them: "together". */
  kind?: string;
  /** The values of tags that are done in it, where not all are; limits on others do not apply. */
  only?: Values;
}

/** A time in which a place has work. */
export interface Shift {
  from: number;
  to: number;
}

/** The stages in order. `end` is when no session starts or asks any more; null: sessions run to their own end. */
export interface Plan {
  stages: Stage[];
  end: number | null;
  /** The number of sessions also falls: each VU works only while the plan has room for it. */
  falls?: true;
  /** So many of a level's are in each VU, at the same time, with places numbered within the scenario; one when left out. */
  perVu?: number;
  /** Each visit is to begin so many of the headline's operations. */
  perVisit?: number;
  /** Places go by turns to the values of a tag, so many to each, and have work in the stages that do theirs; a VU each. */
  lanes?: { tag: string; values: readonly string[]; sizes: readonly number[] };
  /** Nothing lasts from one stage to the next: so many of the headline's operations as its level begin in each. */
  apart?: true;
  /** Sessions start by themselves, whatever those before them do; so many VUs serve them. */
  arrivals?: { vus: number };
  /** Levels are arrivals per second, and the rate goes evenly from one to the next. */
  isRate?: true;
  /** The same is done so many times in the judged part of each stage. */
  cycles?: number;
  /** The back end fails in the middle, and short sessions beside the others watch it. */
  outage?: Outage;
}

/** The outage of a plan. */
export interface Outage {
  /** When it begins. */
  start: number;
  /** How long it lasts, as planned. */
  length: number;
  /** Short sessions a second. */
  probesPerSecond: number;
  /** What the answers' p95 limit allows; null: there is none. */
  withinMs: number | null;
}

/** One stage as a plan is made of it; times in seconds. */
export interface Step extends Pick<Stage, 'name' | 'level' | 'informs' | 'kind' | 'only'> {
  transition: number;
  /** Behind the transition, not judged. */
  settle: number;
  /** Judged. */
  hold: number;
}

/** More stages than this would make k6 spend its time on thresholds instead of load. */
export const MAX_STAGES = 500;

/** The settle part when none is set: a tenth of the stage, at most 30 s. */
export function defaultSettleSeconds(intervalSeconds: number): number {
  return Math.min(intervalSeconds / 10, 30);
}

/** Puts steps behind each other. */
export function planOf(steps: readonly Step[]): Plan {
  let start = 0;
  const stages = steps.map(({ transition: change, settle, hold: judged, ...step }, index): Stage => {
    const transition = milliseconds(change);
    const hold = start + transition + milliseconds(settle);
    const end = hold + milliseconds(judged);
    const stage = { number: index + 1, ...step, start, transition, hold, end };
    start = end;
    return stage;
  });
  const falls = stages.some((stage, index) => stage.level < (stages[index - 1]?.level ?? 0));
  return { stages, end: start, ...(falls ? { falls } : {}) };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** A step of `seconds` that settles for the usual part of it. */
export function settling(sessions: number, seconds: number): Step {
  const settle = defaultSettleSeconds(seconds);
  return { level: sessions, transition: 0, settle, hold: seconds - settle };
}

/** What `ramp` needs; seconds as in the settings. */
export interface RampSettings {
  startSessions: number;
  increment: number;
  maxSessions: number;
  intervalSeconds: number;
  transitionSeconds: number;
  settleSeconds: number;
}

/** Session counts of a ramp: from start in equal steps, the last one exactly the maximum. */
export function rampLevels(start: number, increment: number, max: number): number[] {
  const levels = [];
  for (let sessions = start; sessions < max; sessions += increment) levels.push(sessions);
  return [...levels, max];
}

/**
 * Raises the number of sessions stage by stage; each stage lasts `intervalSeconds`.
 * Throws a RangeError with a full sentence when the settings make no plan.
 */
export function ramp(settings: RampSettings): Plan {
  checkRamp(settings);
  const { intervalSeconds, transitionSeconds: transition, settleSeconds: settle } = settings;
  const hold = intervalSeconds - transition - settle;
  const levels = rampLevels(settings.startSessions, settings.increment, settings.maxSessions);
  return planOf(levels.map((level) => ({ level, transition, settle, hold })));
}

function checkRamp({ startSessions, increment, maxSessions, ...seconds }: RampSettings): void {
  if (startSessions > maxSessions)
    throw new RangeError(
      `RAMP_START_SESSIONS is ${startSessions}, more than RAMP_MAX_SESSIONS (${maxSessions}): start at the maximum or below it.`,
    );
  const count = Math.ceil((maxSessions - startSessions) / increment) + 1;
  if (count > MAX_STAGES)
    throw new RangeError(
      `RAMP_INCREMENT is ${increment}, which makes ${count} stages up to ${maxSessions} sessions: at most ${MAX_STAGES} are possible, so choose a larger step.`,
    );
  if (seconds.transitionSeconds + seconds.settleSeconds >= seconds.intervalSeconds)
    throw new RangeError(
      `RAMP_INTERVAL_SECONDS is ${seconds.intervalSeconds}, which leaves nothing to judge after ${seconds.transitionSeconds} s of transition and ${seconds.settleSeconds} s of settling: make the stage longer, or RAMP_TRANSITION_SECONDS or RAMP_SETTLE_SECONDS shorter.`,
    );
}

/** All sessions at once, each once: a plan of one stage without an end of its own. */
export function burst(sessions: number): Plan {
  const stage = {
    number: 1,
    level: sessions,
    start: 0,
    transition: 0,
    hold: 0,
    end: Number.MAX_SAFE_INTEGER,
  };
  return { stages: [stage], end: null };
}

/** What `hold` needs; seconds as in the settings. */
interface HoldSettings {
  sessions: number;
  seconds: number;
  /** Stages of equal length. */
  stages: number;
  /** New sessions a second, until all are there; 0 or none: all at once. */
  spawnRate?: number | undefined;
}

/**
 * The same sessions for long, in stages of equal length that can be compared; in the first one they come, and it settles.
 * Throws a RangeError with a full sentence when the settings make no plan.
 */
export function hold(settings: HoldSettings): Plan {
  const { sessions, seconds, stages, spawnRate = 0 } = settings;
  const length = seconds / stages;
  const { settle } = settling(sessions, length);
  const transition = spawnRate > 0 ? sessions / spawnRate : 0;
  const judged = length - transition - settle;
  if (judged <= 0) throw new RangeError(slowSpawn(settings, transition, length));
  const first = { level: sessions, transition, settle, hold: judged };
  const rest = { level: sessions, transition: 0, settle: 0, hold: length };
  return planOf([first, ...Array.from({ length: stages - 1 }, () => rest)]);
}

function slowSpawn({ sessions, spawnRate }: HoldSettings, transition: number, length: number): string {
  const [come, stage] = [transition, length].map((seconds) => Number(seconds.toPrecision(3)));
  return `SPAWN_RATE is ${spawnRate}, with which ${sessions} take ${come} s to come, and stage 1, of ${stage} s, has nothing left to judge: raise it, or make HOLD_SECONDS longer or HOLD_STAGES fewer.`;
}

/** One stage of `seconds` for each number of sessions. */
export function levels(sessions: readonly number[], seconds: number): Plan {
  return planOf(sessions.map((count) => settling(count, seconds)));
}

/** What `recovery` needs; seconds as in the settings. */
interface RecoverySettings {
  sessions: number;
  beforeSeconds: number;
  seconds: number;
  recoverySeconds: number;
  afterSeconds: number;
  probesPerSecond: number;
}

/** Questions of so many seconds before the outage are not judged: it may catch them while they wait. */
const LEAD_SECONDS = 5;

/** The same sessions before, during and after an outage; before and after are judged. */
export function recovery(settings: RecoverySettings): Plan {
  const { sessions, seconds, probesPerSecond } = settings;
  const step = { level: sessions, transition: 0, settle: 0 };
  const plan = planOf([
    { ...settling(sessions, settings.beforeSeconds), name: 'before' },
    { ...step, name: 'outage', settle: LEAD_SECONDS, hold: seconds, informs: true },
    { ...step, name: 'recovering', hold: settings.recoverySeconds, informs: true },
    { ...step, name: 'after', hold: settings.afterSeconds },
  ]);
  const start = plan.stages[1]?.hold ?? 0;
  return { ...plan, outage: { start, length: milliseconds(seconds), probesPerSecond, withinMs: null } };
}

/** Probes are planned by the minute, in whole numbers. */
export function probesPerMinute({ probesPerSecond }: Outage): number {
  return Math.round(probesPerSecond * 60);
}

/** Probes that start during a plan. */
export function plannedProbes({ end }: Plan, outage: Outage): number {
  return Math.floor((probesPerMinute(outage) * (end ?? 0)) / 60_000);
}

/** Seconds after the start of an outage for which probes are kept apart; a longer recovery is not measured. */
export const MAX_PROBE_SECONDS = 600;

/** The probes' metric with the tag of a second since the outage's planned start. */
export function inSecond(second: number): string {
  return `probe_within_limit{second:${second}}`;
}

/** The highest level of a plan. */
export function highestLevel({ stages }: Plan): number {
  return Math.max(0, ...stages.map(({ level }) => level));
}

/** The VUs that carry the highest level of a plan. */
export function plannedVus(plan: Plan): number {
  if (plan.lanes !== undefined) return plan.lanes.values.length;
  return Math.ceil(highestLevel(plan) / (plan.perVu ?? 1));
}

/**
 * The most that may be held in a stage: where the level falls, a session still finishes its answer when its
 * time is over, so there it is the most of the whole plan.
 */
export function mostHeld(plan: Plan, { level }: Stage): number {
  return plan.falls ? highestLevel(plan) : level;
}

/** Sessions that start in the whole run, where the plan says how many; null: they run again and again. */
export function plannedSessions({ stages, end }: Plan): number | null {
  return end === null ? stages.reduce((sum, { level }) => sum + level, 0) : null;
}

/** A plan in words for people: `10 → 500 sessions, 11 stages × 180 s`; `noun`: what a level of it counts. */
export function describePlan(plan: Plan, noun: Noun): string {
  const { stages, end } = plan;
  const [first] = stages;
  const last = stages.at(-1);
  if (!first || !last) return 'no stages';
  const sessions = countedAs(first.level, noun);
  const seconds = (stage: Stage) => `${(stage.end - stage.start) / 1000} s`;
  if (plan.isRate) return `${phasesText(stages)} ${noun.many}`;
  if (plan.arrivals) return `${arriving(plan, noun)}, ${plural(stages.length, 'stage')}`;
  if (end === null) return `${sessions} at once, each once`;
  if (stages.length === 1) return `${sessions} for ${seconds(first)}`;
  if (first.name !== undefined && stages.length <= MOST_NAMED)
    return `${span(plan, noun)}, ${stages.map((stage) => `${stage.name ?? ''} ${seconds(stage)}`).join(', ')}`;
  const regular = stages.every((stage) => seconds(stage) === seconds(last));
  const length = regular
    ? `${stages.length} stages × ${seconds(last)}`
    : `${stages.length} stages in ${end / 1000} s`;
  return `${span(plan, noun)}, ${length}`;
}

/** More stages than this are not named one by one. */
const MOST_NAMED = 6;

function phasesText(stages: readonly Stage[]): string {
  const text = ({ name = '', from = 0, level, start, end }: Stage) =>
    `${name} ${from === level ? level : `${from} → ${level}`} for ${(end - start) / 1000} s`;
  return stages.map(text).join(', ');
}

function arriving(plan: Plan, noun: Noun): string {
  const total = plannedSessions(plan) ?? 0;
  return `${countedAs(total, noun)} as ${total === 1 ? 'it arrives' : 'they arrive'}`;
}

function span(plan: Plan, noun: Noun): string {
  const counts = plan.stages.map(({ level }) => level);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (least === most) return countedAs(most, noun);
  return `${least} ${plan.falls ? 'to' : '→'} ${countedAs(most, noun)}`;
}
