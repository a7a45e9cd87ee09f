/** k6 scenarios that carry a plan. Pure. */
import { plannedVus, probesPerMinute, type Plan, type Stage } from '../plans/load.ts';
import { highestRate, perUnit, RATE_UNIT_SECONDS } from '../plans/rate.ts';

/** A k6 scenario, ready for `options.scenarios`. */
export type Scenario = Record<string, unknown>;

/**
 * `ramping-vus` that holds each stage's sessions. For a plan that falls, and one of several sessions a VU, all VUs are
 * there from the start, and each knows from the plan when it has work: k6 would not stop a VU before its session ends by
 * itself, and can't restart one that is still stopping (https://github.com/grafana/k6/issues/4661).
 */
export function rampingVus(plan: Plan, tailSeconds: number): Scenario {
  const all = plannedVus(plan);
  const stages =
    plan.falls || plan.perVu !== undefined ? [step(0, all), step(plan.end ?? 0, all)] : steps(plan);
  const tail = duration(tailSeconds * 1000);
  return { executor: 'ramping-vus', startVUs: 0, stages, gracefulRampDown: tail, gracefulStop: tail };
}

function steps({ stages }: Plan): Scenario[] {
  return stages.flatMap(({ level: sessions, start, transition, end }: Stage) => [
    step(transition, sessions),
    step(end - start - transition, sessions),
  ]);
}

function step(milliseconds: number, target: number): Scenario {
  return { duration: duration(milliseconds), target };
}

/** `per-vu-iterations`: every session of the plan's one stage starts at once and runs once. */
export function perVuIterations(plan: Plan, maxSeconds: number): Scenario {
  const maxDuration = duration(maxSeconds * 1000);
  return {
    executor: 'per-vu-iterations',
    vus: plannedVus(plan),
    iterations: 1,
    maxDuration,
    gracefulStop: '0s',
  };
}

/** `shared-iterations`: whichever VU is free takes the next arrival, waits for its time and runs one session. */
export function sharedIterations(plan: Plan, maxSeconds: number): Scenario {
  const iterations = plan.stages.reduce((sum, { level: sessions }) => sum + sessions, 0);
  return {
    executor: 'shared-iterations',
    vus: Math.min(plan.arrivals?.vus ?? iterations, iterations),
    iterations,
    maxDuration: duration(maxSeconds * 1000),
    gracefulStop: '0s',
  };
}

/** VUs beyond those for the usual length of a visit: visits are longer when the back end is slow. */
const SPARE_VUS = 4;
/** More VUs than this would be no load generator, but a machine without memory. */
export const MOST_VUS = 20_000;

/**
 * `ramping-arrival-rate`: visits start on time, whatever those before them do. VUs for the highest rate and the usual
 * length of a visit are made before the run, four times as many at most; what finds none free is a dropped iteration.
 */
export function rampingArrivalRate(plan: Plan, visitSeconds: number, tailSeconds: number): Scenario {
  const usual = Math.min(MOST_VUS, Math.ceil(highestRate(plan) * visitSeconds));
  return {
    executor: 'ramping-arrival-rate',
    startRate: perUnit(plan.stages[0]?.from ?? 0),
    timeUnit: `${RATE_UNIT_SECONDS}s`,
    stages: plan.stages.flatMap(rateSteps),
    preAllocatedVUs: Math.max(1, usual),
    maxVUs: Math.max(1, Math.min(MOST_VUS, usual * SPARE_VUS)),
    gracefulStop: duration(tailSeconds * 1000),
  };
}

/** A stage that does not begin at the rate at which the one before ended begins with a step without length. */
function rateSteps(
  { from = 0, level, start, end }: Stage,
  index: number,
  stages: readonly Stage[],
): Scenario[] {
  const before = index === 0 ? from : (stages[index - 1]?.level ?? 0);
  return [...(before === from ? [] : [step(0, perUnit(from))]), step(end - start, perUnit(level))];
}

/** A probe may hang so long on a handshake that never ends, which is k6's own limit. */
const LONGEST_PROBE_SECONDS = 75;
/** VUs for so many seconds of probes are made before the run. */
const READY_PROBE_SECONDS = 20;

/** `constant-arrival-rate` for the probes of an outage: they start on time, whatever the back end does. */
export function probes({ end, outage }: Plan, tailSeconds: number): Scenario {
  const rate = outage?.probesPerSecond ?? 1;
  return {
    executor: 'constant-arrival-rate',
    exec: 'probe',
    rate: outage === undefined ? 60 : probesPerMinute(outage),
    timeUnit: '1m',
    duration: duration(end ?? 0),
    preAllocatedVUs: Math.ceil(rate * READY_PROBE_SECONDS),
    maxVUs: Math.ceil(rate * LONGEST_PROBE_SECONDS),
    gracefulStop: duration(tailSeconds * 1000),
  };
}

/** One VU that executes once, beside the visits; times are milliseconds. */
export function onceBeside(exec: string, maxMs: number, startMs = 0): Scenario {
  return {
    executor: 'per-vu-iterations',
    exec,
    vus: 1,
    iterations: 1,
    startTime: duration(startMs),
    maxDuration: duration(maxMs),
    gracefulStop: '0s',
  };
}

/** A call that starts the outage may take so long. */
const OUTAGE_CALL_MS = 60_000;

/** One call that starts the outage. */
export function outageCall({ outage }: Plan): Scenario {
  return onceBeside('startOutage', OUTAGE_CALL_MS, outage?.start);
}

/** A reading of the target's memory may end so long after the end of the plan. */
const LAST_READING_MS = 10_000;

/** One VU that reads the target's memory while the plan lasts. */
export function memoryReadings({ end }: Plan): Scenario {
  return onceBeside('observe', (end ?? 0) + LAST_READING_MS);
}

function duration(milliseconds: number): string {
  return `${Math.round(milliseconds)}ms`;
}
