/** A run as plain lines, for pipes and CI: how it goes every 5 s, and a line for each finished stage. */
import { inStage } from '../../lib/words/limits.ts';
import type { Stage } from '../../lib/plans/load.ts';
import { readBooks } from './liveReader.ts';
import { FailureClasses, type FailureCount } from './liveFailures.ts';
import type { LiveWords } from './liveWords.ts';
import type { Moment, View } from './monitor.ts';
import { monitorLines, stageOverLine, type Planned, type Progress, type StageOver } from './monitorLines.ts';
import type { RestApi } from '../k6/restApi.ts';

const TICKS_PER_LINE = 5;

/** Prints lines of at most 80 columns. */
export class LinesView implements View {
  private readonly api: RestApi;
  private readonly words: LiveWords;
  private readonly failures: FailureClasses;
  /** Unknown for a k6 that somebody else started. */
  private readonly planned: Planned | undefined;
  private readonly print: (line: string) => void;
  private stagesOver = 0;

  private readonly whole: (() => string) | undefined;

  /** `whole`: a line about all of which the run is a part. */
  constructor(
    api: RestApi,
    words: LiveWords,
    planned: Planned | undefined,
    print: (line: string) => void,
    whole?: () => string,
  ) {
    this.whole = whole;
    this.api = api;
    this.words = words;
    this.failures = new FailureClasses(api, words);
    this.planned = planned;
    this.print = print;
  }

  async look({ elapsed, tick, active, peak, answers }: Moment): Promise<void> {
    await this.tellStagesOver(elapsed);
    if (tick % TICKS_PER_LINE !== 0) return;
    const progress = answers ? await this.progress(active, peak) : undefined;
    for (const line of monitorLines(this.words, this.planned, elapsed, progress)) this.print(line);
    if (this.whole) this.print(`[suite] ${this.whole()}`);
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
      if (this.planned) this.print(stageOverLine(this.words, this.planned.plan, next, figures));
    }
  }

  /** `undefined`: k6 did not answer. */
  private async figuresOf(stage: Stage): Promise<StageOver | undefined> {
    const { headline } = this.words;
    if (headline === undefined) return { began: 0, success: undefined, p95: undefined };
    const began = await this.api.count(inStage(headline.began.metric, stage));
    const success = await this.api.sample(inStage(headline.success, stage));
    const latency =
      headline.latency === undefined ? {} : await this.api.sample(inStage(headline.latency, stage));
    return began === undefined || success === undefined || latency === undefined
      ? undefined
      : { began, success: success['rate'], p95: latency['p(95)'] };
  }

  /** `undefined`: k6 did not answer. */
  private async progress(active: number, peak: number): Promise<Progress | undefined> {
    const { visit } = this.words;
    const books = visit && (await readBooks(this.api, visit));
    if (visit !== undefined && books === undefined) return undefined;
    const vus = visit === undefined ? (await this.api.sample('vus'))?.['value'] : undefined;
    const classes = await this.failures.read((await this.api.count('failures')) ?? 0);
    return {
      active,
      peak,
      began: books?.began ?? 0,
      good: books?.good ?? 0,
      vus: vus ?? 0,
      ...sorted(classes),
    };
  }
}

function sorted(classes: readonly FailureCount[]): Pick<Progress, 'errors502' | 'connection' | 'setup'> {
  const sum = (chosen: (failure: FailureCount) => boolean) =>
    classes.filter(chosen).reduce((total, { count }) => total + count, 0);
  return {
    errors502: sum(({ status, kind }) => status === 502 && kind !== 'other'),
    connection: sum(({ status, kind }) => kind === 'connection' && status !== 502),
    setup: sum(({ kind }) => kind === 'setup'),
  };
}
