/**
 * Plans and k6 scenarios as pure functions: how many sessions at which time.
 * Times in a plan are milliseconds since the start of the k6 scenario.
 */

/** One level of the load. Its questions are judged from `hold` to `end`; `start` to `hold` lets it settle. */
export interface Stage {
  /** Position in the plan, from 1. */
  number: number;
  /** Sessions planned to be open at the same time. */
  sessions: number;
  start: number;
  hold: number;
  end: number;
}

/** The stages in order. `end` is when no session starts or asks any more; null: sessions run to their own end. */
export interface Plan {
  stages: Stage[];
  end: number | null;
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

/** More stages than this would make k6 spend its time on thresholds instead of load. */
export const MAX_STAGES = 500;

/** The settle part when none is set: a tenth of the stage, at most 30 s. */
export function defaultSettleSeconds(intervalSeconds: number): number {
  return Math.min(intervalSeconds / 10, 30);
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
  const length = settings.intervalSeconds * 1000;
  const unjudged = (settings.transitionSeconds + settings.settleSeconds) * 1000;
  const levels = rampLevels(settings.startSessions, settings.increment, settings.maxSessions);
  const stages = levels.map((sessions, index) => {
    const start = index * length;
    return { number: index + 1, sessions, start, hold: start + unjudged, end: start + length };
  });
  return { stages, end: stages.length * length };
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
  return { stages: [{ number: 1, sessions, start: 0, hold: 0, end: Number.MAX_SAFE_INTEGER }], end: null };
}

/** A k6 scenario, ready for `options.scenarios`. */
export type Scenario = Record<string, unknown>;

/** `ramping-vus` that holds each stage's sessions; one VU carries one session at a time. */
export function rampingVus(plan: Plan, transitionSeconds: number, tailSeconds: number): Scenario {
  const stages = plan.stages.flatMap((stage) => [
    { duration: seconds(transitionSeconds), target: stage.sessions },
    { duration: seconds((stage.end - stage.start) / 1000 - transitionSeconds), target: stage.sessions },
  ]);
  const tail = seconds(tailSeconds);
  return { executor: 'ramping-vus', startVUs: 0, stages, gracefulRampDown: tail, gracefulStop: tail };
}

/** `per-vu-iterations`: every session of the plan's one stage starts at once and runs once. */
export function perVuIterations(plan: Plan, maxSeconds: number): Scenario {
  const vus = plan.stages[0]?.sessions ?? 0;
  const maxDuration = seconds(maxSeconds);
  return { executor: 'per-vu-iterations', vus, iterations: 1, maxDuration, gracefulStop: '0s' };
}

function seconds(value: number): string {
  return `${Math.round(value * 1000)}ms`;
}

/** Length of the plan in words for people: `10 → 500 sessions, 11 stages × 180 s`. */
export function describePlan(plan: Plan): string {
  const [first] = plan.stages;
  const last = plan.stages.at(-1);
  if (!first || !last) return 'no stages';
  if (plan.end === null) return `${first.sessions} sessions at once, each once`;
  const length = `${(first.end - first.start) / 1000} s`;
  if (plan.stages.length === 1) return `${first.sessions} sessions for ${length}`;
  return `${first.sessions} → ${last.sessions} sessions, ${plan.stages.length} stages × ${length}`;
}
