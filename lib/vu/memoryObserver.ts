/** Watches the memory of the target from a VU beside the visits: all readings, and what each level of connections costs. */
import exec from 'k6/execution';
import { delay, now } from '../k6/clock.ts';
import { plainGet, timedRequest } from '../k6/timedRequest.ts';
import { allDialledAt, LEAVE_MS } from '../plans/apart.ts';
import { levelMemory } from '../measures/levelMemory.ts';
import type { Plan, Stage } from '../plans/load.ts';
import { MEMORY_FORMS, readMemory, type MemoryReading } from '../measures/memoryReading.ts';
import {
  LEVELS_MEASURED,
  MEMORY_BEFORE,
  MEMORY_OPEN,
  MEMORY_PEAK,
  MEMORY_PER_CONNECTION,
  READING,
  TARGET_MEMORY,
} from '../vocabulary/memoryWords.ts';
import type { VuWords } from '../vocabulary/vuWords.ts';
import { metric } from './metrics.ts';
import { observed, type Observation } from './observation.ts';
import { booksOf, type OperationBooks } from './operationBooks.ts';
import { reportScriptError } from './scriptErrors.ts';
import { PlanClock } from './stages.ts';
import { tagVisit } from './stageTag.ts';

/** A reply is waited for so long. */
const TIMEOUT_MS = 2000;
/** Memory counts as that of connections when it lasted so long. */
const LASTING_MS = 1000;
/** A level of which so many readings in a row failed at its end was not watched to its end. */
const BLIND = 2;

/** The parts of a script that it needs. */
interface Watched {
  config: { memoryUrl?: string | undefined; memorySeconds: number; levels: { staggerSeconds: number } };
  plan: Plan;
  words: VuWords;
}

/** The iteration of the scenario beside the visits. */
export interface MemoryObserver {
  observe: () => Promise<void>;
}

/** Makes what a script exports whose plan has levels apart. */
export function memoryObserver({ config, plan, words }: Watched): MemoryObserver {
  const { memoryUrl, memorySeconds, levels } = config;
  if (memoryUrl === undefined) return { observe: () => Promise.resolve() };
  const reader = memoryReader(memoryUrl, booksOf(words, READING));
  const watch = new Watch(reader, memorySeconds * 1000);
  return { observe: () => watch.plan(plan, levels.staggerSeconds) };
}

/** Reads once; `undefined`: it failed, and is booked. */
type Read = () => MemoryReading | undefined;

/** Its times are epoch milliseconds. */
class Watch {
  private readonly read: Read;
  private readonly everyMs: number;
  private readonly perConnection = metric(MEMORY_PER_CONNECTION);
  private readonly before = metric(MEMORY_BEFORE);
  private readonly open = metric(MEMORY_OPEN);
  private readonly peak = metric(MEMORY_PEAK);
  private readonly measured = metric(LEVELS_MEASURED);

  constructor(read: Read, everyMs: number) {
    this.read = read;
    this.everyMs = everyMs;
  }

  /** Watches from the start to the end of a plan, whose connections are dialled one after the other. */
  async plan(plan: Plan, staggerSeconds: number): Promise<void> {
    const { startTime } = exec.scenario;
    const clock = new PlanClock(plan, startTime, 1);
    tagVisit(clock, clock.operationTags(now()));
    try {
      for (const stage of plan.stages)
        await this.stage(stage, startTime, startTime + allDialledAt(stage, staggerSeconds));
    } catch (error) {
      reportScriptError(error);
    }
  }

  private async stage(stage: Stage, startTime: number, dialledAt: number): Promise<void> {
    const quiet = await this.until(startTime + stage.hold);
    await this.until(dialledAt);
    const held = await this.until(startTime + stage.end - LEAVE_MS);
    if (held.failed < BLIND) this.record(stage, quiet.readings, held.readings);
    await this.until(startTime + stage.end);
  }

  /** Reads until then; resolves to the readings, and how many in a row had failed at the end. */
  private async until(time: number): Promise<{ readings: MemoryReading[]; failed: number }> {
    const readings: MemoryReading[] = [];
    let failed = 0;
    for (let at = now(); at < time; at = now()) {
      const reading = this.read();
      failed = reading === undefined ? failed + 1 : 0;
      if (reading !== undefined) readings.push(reading);
      await delay(Math.min(at + this.everyMs, time) - now());
    }
    return { readings, failed };
  }

  private record(
    { number, level }: Stage,
    quiet: readonly MemoryReading[],
    held: readonly MemoryReading[],
  ): void {
    const cost = levelMemory(quiet, held, level, Math.max(1, Math.round(LASTING_MS / this.everyMs)));
    if (cost === undefined) return;
    const tags = { stage: String(number) };
    this.perConnection(cost.perConnection, tags);
    this.before(cost.before, tags);
    this.open(cost.open, tags);
    const peak = held.at(-1)?.peakBytes;
    if (peak !== undefined) this.peak(peak, tags);
    this.measured(1, tags);
  }
}

function memoryReader(url: string, books: OperationBooks): Read {
  const reading: Observation = {
    books,
    add: metric(TARGET_MEMORY),
    phase: 'memory',
    untold: `what MEMORY_URL answers is not ${MEMORY_FORMS}`,
  };
  const request = plainGet('memory', url, TIMEOUT_MS);

  return () => {
    const at = now();
    books.began(at);
    const reply = timedRequest(request, at);
    const memory = reply.is === 'answer' ? readMemory(reply.text) : undefined;
    observed(reading, at, reply, memory?.bytes);
    return memory;
  };
}
