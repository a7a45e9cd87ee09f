/** What surrounds a session in its VU: when it may start, what happens when it throws, how well the load was held. */
import exec from 'k6/execution';
import { delay, now } from '../k6/clock.ts';
import { highestLevel, plannedVus, type Plan } from '../plans/load.ts';
import { metric, type Add } from './metrics.ts';
import { seededRandom } from '../words/random.ts';
import { dueAt } from '../plans/rate.ts';
import { reportScriptError } from './scriptErrors.ts';
import { PlanClock, type StageClock } from './stages.ts';

/** No session starts later than this before the end of the plan: it would be stopped at once. */
const LAST_START_MS = 100;
/** An arrival that starts later than this found no free VU, or a load generator that is too slow. */
const LATE_ARRIVAL_MS = 250;

/** What an iteration needs to know of the settings. */
interface IterationSettings {
  plan: Plan;
  restartDelaySeconds: number;
  seed: number;
}

/** Runs session number `iteration` (from 0) of VU number `vu`; resolves to whether it got any answer. */
export type RunSession = (clock: StageClock, vu: number, iteration: number) => Promise<boolean>;

/** Longer than k6 needs between two iterations of a VU: it kept the VU waiting, and nothing was held meanwhile. */
const LONGEST_GAP_MS = 100;

/** One turn of a seat: a session and what follows it, or a wait while the plan does not need the seat. */
type Turn = () => Promise<void>;

/**
 * The k6 iteration of a plan that holds sessions: a turn of the VU's one seat, or, where a VU has several, all turns of
 * all of them.
 */
export function iteration(settings: IterationSettings, run: RunSession): () => Promise<void> {
  const { plan } = settings;
  const holdVuTime = metric('hold_vu_time');
  let turn: Turn | undefined;

  return () => (turn ??= plan.perVu === undefined ? onlySeat() : allSeats(plan.perVu))();

  // What k6 makes at each access has a function per property, so it is asked once.
  function onlySeat(): Turn {
    return seat(settings, run, holdVuTime, exec.scenario.startTime, exec.vu.idInTest);
  }

  function allSeats(perVu: number): Turn {
    const { startTime, iterationInTest } = exec.scenario;
    const ranks = ranksOf(plan, perVu, iterationInTest);
    const turns = ranks.map((rank) => seat(settings, run, holdVuTime, startTime, rank));
    const end = plan.end === null ? 0 : startTime + plan.end;
    return async () => {
      await Promise.all(turns.map((each) => untilEnd(each, end)));
    };
  }
}

/** The VUs take the seats by turns, so that those who come one after the other do not come in one VU. */
function ranksOf(plan: Plan, perVu: number, vu: number): number[] {
  const vus = plannedVus(plan);
  const all = Array.from({ length: perVu }, (_, index) => vu + 1 + index * vus);
  if (plan.lanes !== undefined) return all.slice(0, plan.lanes.sizes[vu]);
  return all.filter((rank) => rank <= highestLevel(plan));
}

async function untilEnd(turn: Turn, end: number): Promise<void> {
  do await turn();
  while (now() < end);
}

/**
 * The seat number `rank` (from 1) of a plan whose scenario started at `startTime`. A turn is one session, then the wait
 * after one that got no answer, jittered by half so that a dead back end is not hit in waves. It only waits near the end
 * of the plan, and while the plan does not need this seat.
 */
function seat(
  settings: IterationSettings,
  run: RunSession,
  holdVuTime: Add,
  startTime: number,
  rank: number,
): Turn {
  const { plan, restartDelaySeconds, seed } = settings;
  const clock = new PlanClock(plan, startTime, rank);
  let number = -1;
  let coveredTo = 0;

  return async () => {
    number++;
    const idle = clock.idle(now());
    if (idle > 0) {
      await delay(Math.min(idle, Math.max(0, startTime + (plan.end ?? 0) - now()) + LAST_START_MS));
      coveredTo = now();
      return;
    }
    const startedAt = now();
    if (startedAt - coveredTo > LONGEST_GAP_MS) coveredTo = startedAt;
    try {
      const left = clock.remaining(startedAt);
      if (left < LAST_START_MS) await delay(Math.max(0, left) + LAST_START_MS);
      else if (!(await run(clock, rank, number))) await delay(restartDelay());
    } catch (error) {
      reportScriptError(error);
      await delay(restartDelay());
    }
    const at = now();
    clock.eachHold(coveredTo, at, holdVuTime);
    coveredTo = at;
  };

  function restartDelay(): number {
    const random = seededRandom(seed, rank, number);
    const wait = restartDelaySeconds * 1000 * (0.5 + random());
    return Math.min(wait, Math.max(0, clock.remaining(now())));
  }
}

/**
 * The k6 iteration of a plan of arrivals: waits for the time of its arrival and runs one session. `arrivalAt`: epoch
 * milliseconds after the start of the scenario, by the number of the iteration in the whole test, from 0.
 */
export function arrival(
  plan: Plan,
  arrivalAt: (iteration: number) => number,
  run: RunSession,
): () => Promise<void> {
  const arrivalsLate = metric('arrivals_late');
  let clock: StageClock | undefined;
  return async () => {
    const { startTime, iterationInTest } = exec.scenario;
    const due = startTime + arrivalAt(iterationInTest);
    await delay(Math.max(0, due - now()));
    if (now() - due > LATE_ARRIVAL_MS) arrivalsLate(1);
    const { idInTest, iterationInScenario } = exec.vu;
    try {
      clock ??= new PlanClock(plan, startTime, idInTest);
      await run(clock, idInTest, iterationInScenario);
    } catch (error) {
      reportScriptError(error);
    }
  };
}

/**
 * The k6 iteration of a plan of arrivals per second: one visit. k6 starts each when it is due and numbers them in that
 * order, so the plan says when that was; the visit's clock has it as `dueAt`.
 */
export function rateArrival(plan: Plan, run: RunSession): () => Promise<void> {
  const arrivalsLate = metric('arrivals_late');
  return async () => {
    const { startTime, iterationInTest } = exec.scenario;
    const due = startTime + dueAt(plan, iterationInTest);
    if (now() - due > LATE_ARRIVAL_MS) arrivalsLate(1);
    const { idInTest, iterationInScenario } = exec.vu;
    try {
      await run(new PlanClock(plan, startTime, idInTest, due), idInTest, iterationInScenario);
    } catch (error) {
      reportScriptError(error);
    }
  };
}
