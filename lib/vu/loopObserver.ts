/** Watches event loops from a VU beside the visits: its own by a timer, and that of the target by what its health tells. */
import exec from 'k6/execution';
import { delay, now, passed } from '../k6/clock.ts';
import { plainGet, timedCall } from '../k6/timedRequest.ts';
import type { Plan, Stage } from '../plans/load.ts';
import { GENERATOR_BLOCKED, GENERATOR_DELAY, LOOK, TARGET_DELAY } from '../measures/loops.ts';
import type { VuWords } from '../vocabulary/vuWords.ts';
import { jsonIn, valueAt } from '../words/jsonFields.ts';
import { metric } from './metrics.ts';
import { observed, type Observation } from './observation.ts';
import { booksOf } from './operationBooks.ts';
import { reportScriptError } from './scriptErrors.ts';
import { PlanClock } from './stages.ts';
import { addSince, tagVisit } from './stageTag.ts';

/** The parts of a script that it needs. */
interface Watched {
  config: { healthUrl?: string | undefined; generatorLagLimitMs: number };
  plan: Plan;
  words: VuWords;
}

/** What a script exports whose plan says how long its loops are watched. */
export interface LoopObserver {
  observeLoops: () => Promise<void>;
}

/** Makes it; while a VU is initialised. */
export function loopObserver({ config, plan, words }: Watched): LoopObserver {
  const ownLoop = ownWatch(config.generatorLagLimitMs);
  const look = config.healthUrl === undefined ? undefined : looksAt(config.healthUrl, words);
  return {
    observeLoops: async () => {
      const { startTime } = exec.scenario;
      const clock = new PlanClock(plan, startTime, 1);
      tagVisit(clock, clock.operationTags(now()));
      const end = startTime + (plan.end ?? 0);
      try {
        await Promise.all([ownLoop(end), look && targetWatch(plan.stages, startTime, look)]);
      } catch (error) {
        reportScriptError(error);
      }
    },
  };
}

const WINDOW_MS = 100;

/** Makes what watches the loop of its VU until then: timers of 1 ms, and how late they are. */
function ownWatch(limitMs: number): (end: number) => Promise<void> {
  const worstDelay = metric(GENERATOR_DELAY);
  const blocked = metric(GENERATOR_BLOCKED);

  return async (end) => {
    for (let from = now(); from < end; from = now()) {
      let worst = 0;
      for (let at = now(); at < from + WINDOW_MS;) {
        await delay(1);
        const late = Math.max(0, now() - at - 1);
        if (late >= limitMs) addSince(at, blocked, late);
        worst = Math.max(worst, late);
        at = now();
      }
      addSince(from, worstDelay, worst);
    }
  };
}

/** From one look to the next. */
const EVERY_MS = 1000;
/** A stage is looked at for the last time so long before its end. */
const LAST_MS = 50;

/** Looks when the judged part of each stage begins, so that what was before counts there, and then again and again. */
async function targetWatch(
  stages: readonly Stage[],
  startTime: number,
  look: () => Promise<void>,
): Promise<void> {
  for (const { hold, end } of stages) {
    const last = startTime + end - LAST_MS;
    await passed(startTime + hold - 2 * LAST_MS);
    for (let next = now(); next < last; next = Math.min(Math.max(next + EVERY_MS, now()), last)) {
      await look();
      await passed(Math.min(next + EVERY_MS, last));
    }
    await look();
    await passed(startTime + end);
  }
}

const TIMEOUT_MS = 5000;

/** Makes one look, which is booked; never rejects. */
function looksAt(url: string, words: VuWords): () => Promise<void> {
  const look: Observation = {
    books: booksOf(words, LOOK),
    add: metric(TARGET_DELAY),
    phase: 'health',
    untold: 'what HEALTH_URL answers has no number "event_loop_delay_ms"',
  };
  const request = plainGet('health', url, TIMEOUT_MS);

  return async () => {
    const at = now();
    look.books.began(at);
    const reply = await timedCall(request, at);
    observed(look, at, reply, reply.is === 'answer' ? delayIn(reply.text) : undefined);
  };
}

function delayIn(text: string): number | undefined {
  const value = valueAt(jsonIn(text), 'event_loop_delay_ms');
  return typeof value === 'number' && value >= 0 ? value : undefined;
}
