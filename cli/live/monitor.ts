/** Watches a run of k6 through its REST API: shows how it goes and keeps what only an observer can see. */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import {
  generatorReport,
  parseReading,
  recentSample,
  type GeneratorReport,
  type GeneratorSample,
  type Reading,
} from '../k6/generatorReadings.ts';
import type { Operation } from '../../lib/vocabulary/vocabulary.ts';
import { readBooks } from './liveReader.ts';
import type { StageBreaks } from './liveBreaks.ts';
import type { RestApi } from '../k6/restApi.ts';

const TICK_MS = 1000;
const WAIT_MS = 100;
/** Seconds over which a view sees the CPU of k6. */
const RECENT = 3;

/** What was seen of a run. */
export interface Observed {
  /** Most operations of the headline that were under way at the same time, looking once a second. */
  peakConcurrent: number;
  generator: GeneratorReport;
}

/** One second of a run. */
export interface Moment {
  /** Milliseconds since the start of the scenarios. */
  elapsed: number;
  /** Number of this look, from 1; one a second. */
  tick: number;
  /** Whether k6 answered. */
  answers: boolean;
  /** Operations of the headline that are under way now, and the most seen so far; 0 where there is no headline. */
  active: number;
  peak: number;
  /** CPU and memory of k6 in the last seconds. */
  generator: GeneratorSample | undefined;
}

/** Shows a run. */
export interface View {
  /** Called once a second. */
  look(moment: Moment): Promise<void>;
  /** Called once, when there is nothing more to see. */
  end(): void;
}

/** What the monitor needs to know. */
export interface MonitorSettings {
  api: RestApi;
  view: View;
  /** What the verdict speaks of; unknown for a k6 that somebody else started. */
  headline: Operation | undefined;
  /** Looks for stages that broke a limit, where somebody wants to know. */
  breaks?: StageBreaks | undefined;
  /** Called once, when the scenarios start. */
  onStart?: () => void;
  /** Called every second, before anything is shown. */
  tellSessions?: () => void;
  /** Milliseconds for which the scenarios have been at work already; default 0. */
  alreadyMs?: number;
  /** It gives up when k6 has not answered so many times in a row; default never. */
  patience?: number;
}

/** Watches until `stop`; trouble with the API never disturbs the run or this process. */
export class Monitor {
  /** Resolves when the scenarios are over, or it gave up. */
  readonly over: Promise<void>;
  private readonly settings: MonitorSettings;
  private readonly stopping = new AbortController();
  private readonly readings: Reading[] = [];
  private peak = 0;
  private silent = 0;

  constructor(settings: MonitorSettings) {
    this.settings = settings;
    this.over = this.watch();
  }

  /** Resolves to what was seen. */
  async stop(): Promise<Observed> {
    this.stopping.abort();
    await this.over;
    return { peakConcurrent: this.peak, generator: generatorReport(this.readings, availableParallelism()) };
  }

  private async watch(): Promise<void> {
    try {
      if (await this.untilStart()) await this.eachSecond();
    } finally {
      this.settings.view.end();
    }
  }

  /** False when it never starts. */
  private async untilStart(): Promise<boolean> {
    while ((await this.isRunning()) !== true)
      if (this.hasGivenUp() || !(await this.pause(WAIT_MS))) return false;
    return true;
  }

  private async eachSecond(): Promise<void> {
    const { onStart, tellSessions, alreadyMs = 0 } = this.settings;
    const startedAt = performance.now();
    onStart?.();
    await this.readProcess();
    for (let tick = 1; ; tick++) {
      const early = startedAt + tick * TICK_MS - performance.now();
      if (!(await this.pause(Math.max(0, early)))) return;
      // After the scenarios k6 works on its report, which says nothing of the load.
      const running = await this.isRunning();
      if (running === false || this.hasGivenUp()) return;
      tellSessions?.();
      await this.look(alreadyMs + performance.now() - startedAt, tick, running === true);
    }
  }

  private async isRunning(): Promise<boolean | undefined> {
    const running = await this.settings.api.isRunning();
    this.silent = running === undefined ? this.silent + 1 : 0;
    return running;
  }

  private hasGivenUp(): boolean {
    return this.silent >= (this.settings.patience ?? Infinity);
  }

  /** False when it is time to stop. */
  private async pause(milliseconds: number): Promise<boolean> {
    const { signal } = this.stopping;
    try {
      await delay(milliseconds, undefined, { signal });
    } catch {
      return false;
    }
    return !signal.aborted;
  }

  private async look(elapsed: number, tick: number, isThere: boolean): Promise<void> {
    const { api, view, breaks, headline } = this.settings;
    const books = headline && (await readBooks(api, headline));
    const active = await this.active(headline, books?.open ?? 0);
    this.peak = Math.max(this.peak, active);
    await this.readProcess();
    await breaks?.look(elapsed);
    const generator = recentSample(this.readings, RECENT, availableParallelism());
    const answers = headline === undefined ? isThere : books !== undefined;
    await view.look({ elapsed, tick, answers, active, peak: this.peak, generator });
  }

  private async active(headline: Operation | undefined, open: number): Promise<number> {
    if (headline?.lasts === undefined) return open;
    return Math.max(0, (await this.settings.api.count(headline.lasts)) ?? 0);
  }

  private async readProcess(): Promise<void> {
    const text = await this.settings.api.process();
    const reading = text === undefined ? undefined : parseReading(text, performance.now());
    if (reading !== undefined) this.readings.push(reading);
  }
}
