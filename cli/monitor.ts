/** Watches a run of k6 through its REST API: prints how it goes and keeps what only an observer can see. */
import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { reasonsOf } from '../lib/failures.ts';
import { inStage } from '../lib/limits.ts';
import type { Stage } from '../lib/load.ts';
import { generatorReport, parseReading, type GeneratorReport, type Reading } from './generator.ts';
import type { Inspected } from './k6Inspect.ts';
import { monitorLines, stageOverLine, type Progress } from './monitorLines.ts';
import type { RestApi } from './restApi.ts';

const TICK_MS = 1000;
const TICKS_PER_LINE = 5;
const WAIT_MS = 100;

const setupFailures = (['token', 'session'] as const).flatMap((phase) =>
  reasonsOf(phase).map((reason) => `failures{phase:${phase},reason:${reason}}`),
);
const is502 = (metric: string) => metric.endsWith('reason:http_502}');

/** What was seen of a run. */
export interface Observed {
  /** Most questions that waited at the same time, looking once a second. */
  peakConcurrent: number;
  generator: GeneratorReport;
}

/** What the monitor needs to know. */
export interface MonitorSettings {
  api: RestApi;
  inspected: Inspected;
  print: (line: string) => void;
  /** Called once, when the scenarios start. */
  onStart: () => void;
  /** Called every second, before anything is printed. */
  tellSessions: () => void;
}

/** Watches until `stop`; trouble with the API never disturbs the run or this process. */
export class Monitor {
  private readonly settings: MonitorSettings;
  private readonly stopping = new AbortController();
  private readonly watching: Promise<void>;
  private readonly readings: Reading[] = [];
  private peak = 0;
  private stagesOver = 0;

  constructor(settings: MonitorSettings) {
    this.settings = settings;
    this.watching = this.watch();
  }

  /** Resolves to what was seen. */
  async stop(): Promise<Observed> {
    this.stopping.abort();
    await this.watching;
    return { peakConcurrent: this.peak, generator: generatorReport(this.readings, availableParallelism()) };
  }

  private async watch(): Promise<void> {
    const { api, onStart } = this.settings;
    while ((await api.isRunning()) !== true) if (!(await this.pause(WAIT_MS))) return;
    const startedAt = performance.now();
    onStart();
    await this.readProcess();
    for (let tick = 1; ; tick++) {
      const early = startedAt + tick * TICK_MS - performance.now();
      if (!(await this.pause(Math.max(0, early)))) return;
      // After the scenarios k6 works on its report, which says nothing of the load.
      if ((await api.isRunning()) === false) return;
      this.settings.tellSessions();
      await this.look(performance.now() - startedAt, tick % TICKS_PER_LINE === 0);
    }
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

  private async look(elapsed: number, printing: boolean): Promise<void> {
    const { api, inspected, print } = this.settings;
    const active = await api.count('questions_open');
    this.peak = Math.max(this.peak, active ?? 0);
    await this.readProcess();
    await this.tellStagesOver(elapsed);
    if (!printing) return;
    const progress = active === undefined ? undefined : await this.progress(active);
    for (const line of monitorLines(inspected, elapsed, progress)) print(line);
  }

  private async readProcess(): Promise<void> {
    const text = await this.settings.api.process();
    const reading = text === undefined ? undefined : parseReading(text, performance.now());
    if (reading !== undefined) this.readings.push(reading);
  }

  private async tellStagesOver(elapsed: number): Promise<void> {
    const { stages, end } = this.settings.inspected.plan;
    for (
      let next = stages[this.stagesOver];
      end !== null && next && elapsed >= next.end;
      next = stages[this.stagesOver]
    ) {
      this.stagesOver += 1;
      await this.tellStageOver(next);
    }
  }

  private async tellStageOver(stage: Stage): Promise<void> {
    const { api, inspected, print } = this.settings;
    const sent = (await api.count(inStage('questions_sent', stage))) ?? 0;
    const answered = (await api.count(inStage('questions_answered', stage))) ?? 0;
    const success = sent > 0 ? await api.sample(inStage('answer_success', stage)) : undefined;
    const latency = answered > 0 ? await api.sample(inStage('answer_latency', stage)) : undefined;
    print(stageOverLine(inspected.plan, stage, success, latency));
  }

  private async progress(active: number): Promise<Progress> {
    const refused502 = await this.total(['ws_sessions{status:502}']);
    const socketsFailed = await this.total(['sockets_failed']);
    const setup = await this.setupFailures(socketsFailed);
    return {
      active,
      peak: this.peak,
      started: await this.total(['sessions_started']),
      completed: await this.total(['sessions_completed']),
      errors502: refused502 + setup.with502,
      connection: Math.max(0, socketsFailed - refused502),
      setup: setup.count,
    };
  }

  /** There is a sub-metric per reason, so it looks only when something else than answers and sockets has failed. */
  private async setupFailures(socketsFailed: number): Promise<{ count: number; with502: number }> {
    const explained = socketsFailed + (await this.total(['questions_failed']));
    if ((await this.total(['failures'])) <= explained) return { count: 0, with502: 0 };
    const count = await this.total(setupFailures);
    return { count, with502: await this.total(setupFailures.filter(is502)) };
  }

  private async total(metrics: readonly string[]): Promise<number> {
    let sum = 0;
    for (const metric of metrics) sum += (await this.settings.api.count(metric)) ?? 0;
    return sum;
  }
}
