/** What surrounds a session in its VU: when it may start, what happens when it throws, how well the load was held. */
import exec from 'k6/execution';
import { delay, now } from './clock.ts';
import type { Plan } from './load.ts';
import { holdVuTime } from './metrics.ts';
import { seededRandom } from './random.ts';
import { reportScriptError } from './scriptErrors.ts';
import { StageClock } from './stages.ts';

/** No session starts later than this before the end of the plan: it would be stopped at once. */
const LAST_START_MS = 100;

/** What an iteration needs to know of the settings. */
export interface IterationSettings {
  plan: Plan;
  restartDelaySeconds: number;
  seed: number;
}

/** Runs session number `iteration` (from 0) of VU number `vu`; resolves to whether its set-up worked. */
export type RunSession = (clock: StageClock, vu: number, iteration: number) => Promise<boolean>;

/**
 * The k6 iteration: one session, then the wait after a failed set-up, jittered by half so that a dead back end is not
 * hit in waves. Near the end of the plan it only waits for that end.
 */
export function iteration(settings: IterationSettings, run: RunSession): () => Promise<void> {
  const { plan, restartDelaySeconds, seed } = settings;
  let clock: StageClock | undefined;
  let vu: typeof exec.vu | undefined;
  let coveredTo = 0;

  return async () => {
    clock ??= new StageClock(plan, exec.scenario.startTime);
    vu ??= exec.vu; // an object made at each access
    coveredTo ||= now();
    const { idInTest, iterationInScenario } = vu;
    try {
      const left = clock.remaining(now());
      if (left < LAST_START_MS) await delay(Math.max(0, left) + LAST_START_MS);
      else if (!(await run(clock, idInTest, iterationInScenario)))
        await delay(restartDelay(clock, idInTest, iterationInScenario));
    } catch (error) {
      reportScriptError(error);
      await delay(restartDelay(clock, idInTest, iterationInScenario));
    }
    const at = now();
    clock.eachHold(coveredTo, at, (milliseconds, stage) => holdVuTime.add(milliseconds, stage));
    coveredTo = at;
  };

  function restartDelay(stages: StageClock, ...place: number[]): number {
    const random = seededRandom(seed, ...place);
    const wait = restartDelaySeconds * 1000 * (0.5 + random());
    return Math.min(wait, Math.max(0, stages.remaining(now())));
  }
}
