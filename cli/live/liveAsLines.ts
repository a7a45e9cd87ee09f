/** A run as plain lines, for pipes and CI: how it goes every 5 s, and a line for each finished stage. */
import { reasonsOf } from '../../lib/words/failures.ts';
import { inStage } from '../../lib/words/limits.ts';
import type { Stage } from '../../lib/words/load.ts';
import type { Moment, View } from './monitor.ts';
import { monitorLines, stageOverLine, type Planned, type Progress, type StageOver } from './monitorLines.ts';
import type { RestApi } from '../k6/restApi.ts';

const TICKS_PER_LINE = 5;

const setupFailures = (['token', 'session'] as const).flatMap((phase) =>
  reasonsOf(phase).map((reason) => `failures{phase:${phase},reason:${reason}}`),
);
const is502 = (metric: string) => metric.endsWith('reason:http_502}');

/** Prints lines of at most 80 columns. */
export class LinesView implements View {
  private readonly api: RestApi;
  /** Unknown for a k6 that somebody else started. */
  private readonly planned: Planned | undefined;
  private readonly print: (line: string) => void;
  private stagesOver = 0;

  constructor(api: RestApi, planned: Planned | undefined, print: (line: string) => void) {
    this.api = api;
    this.planned = planned;
    this.print = print;
  }

  async look({ elapsed, tick, active, peak, answers }: Moment): Promise<void> {
    await this.tellStagesOver(elapsed);
    if (tick % TICKS_PER_LINE !== 0) return;
    const progress = answers ? await this.progress(active, peak) : undefined;
    for (const line of monitorLines(this.planned, elapsed, progress)) this.print(line);
  }

  end(): void {
    // Every line is there already.
  }

  /** A stage waits for the next look when k6 does not answer. */
  private async tellStagesOver(elapsed: number): Promise<void> {
    const { stages = [], end = null } = this.planned?.plan ?? {};
    for (
      let next = stages[this.stagesOver];
      end !== null && next && elapsed >= next.end;
      next = stages[this.stagesOver]
    ) {
      const figures = await this.figuresOf(next);
      if (figures === undefined) return;
      this.stagesOver += 1;
      if (this.planned) this.print(stageOverLine(this.planned.plan, next, figures));
    }
  }

  /** `undefined`: k6 did not answer. */
  private async figuresOf(stage: Stage): Promise<StageOver | undefined> {
    const sent = await this.api.count(inStage('questions_sent', stage));
    const success = await this.api.sample(inStage('answer_success', stage));
    const latency = await this.api.sample(inStage('answer_latency', stage));
    return sent === undefined || success === undefined || latency === undefined
      ? undefined
      : { sent, success: success['rate'], p95: latency['p(95)'] };
  }

  private async progress(active: number, peak: number): Promise<Progress> {
    const refused502 = await this.total(['ws_sessions{status:502}']);
    const socketsFailed = await this.total(['sockets_failed']);
    const setup = await this.setupFailures(socketsFailed);
    return {
      active,
      peak,
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
    for (const metric of metrics) sum += (await this.api.count(metric)) ?? 0;
    return sum;
  }
}
