/** The live view of a run on a terminal: reads, draws, and leaves a line for each finished stage. */
import { p95Limit, type Limit } from '../../lib/words/limits.ts';
import type { Stage } from '../../lib/plans/load.ts';
import type { StageBreaks } from './liveBreaks.ts';
import { limitsByStage } from './liveLimits.ts';
import { clock, headLine, liveLines, stageLine, type LiveState, type StageRow } from './liveLines.ts';
import { LiveReader, type Figures, type StageFigures } from './liveReader.ts';
import type { LiveScreen } from './liveScreen.ts';
import type { LiveWords } from './liveWords.ts';
import type { Inspected } from '../k6/k6Inspect.ts';
import type { Moment, View } from './monitor.ts';
import { stageAt } from './monitorLines.ts';
import type { RestApi } from '../k6/restApi.ts';

/** Seconds between two readings of what is dear. */
const THOROUGH = 5;
/** A stage whose last operations have not ended by then gets its line without them. */
const WAIT_MS = 10_000;

/** What it shows. */
interface LiveSettings {
  api: RestApi;
  screen: LiveScreen;
  words: LiveWords;
  /** Unknown for a k6 that somebody else started. */
  inspected: Inspected | undefined;
  breaks: StageBreaks | undefined;
  /** A line about all of which the run is a part. */
  progress?: (() => string) | undefined;
}

/** Of a k6 that somebody else started, the number is all that is known of a stage. */
type KnownStage = Pick<Stage, 'number'> & Partial<Stage>;

interface Waiting {
  stage: Stage;
  figures: StageFigures | undefined;
}

/** Draws once a second. */
export class LiveView implements View {
  private readonly settings: LiveSettings;
  private readonly reader: LiveReader;
  private readonly limits: ReadonlyMap<number, readonly Limit[]>;
  private readonly lagLimitMs: number | undefined;
  /** Finished stages that have no line yet. */
  private waiting: Waiting[] = [];
  private finished = 0;
  private foundStage = 0;

  constructor(settings: LiveSettings) {
    this.settings = settings;
    this.reader = new LiveReader(settings.api, settings.words);
    this.limits = settings.inspected === undefined ? new Map() : limitsByStage(settings.inspected);
    this.lagLimitMs = settings.inspected?.generatorLagLimitMs;
    settings.screen.above(headLine(settings.words));
  }

  /** What was seen last stays while k6 does not answer. */
  async look(moment: Moment): Promise<void> {
    const { elapsed, tick, answers } = moment;
    if (!answers) return;
    const current = await this.currentStage(elapsed);
    const figures = await this.reader.read(current?.number, elapsed, tick % THOROUGH === 1);
    if (this.settings.words.headline !== undefined && figures.headline === undefined) return;
    await this.leaveLines(elapsed);
    this.settings.screen.show(liveLines(this.state(moment, current, figures)));
  }

  end(): void {
    this.settings.screen.end();
  }

  /** The stage of now; only its number is known without a plan. */
  private async currentStage(elapsed: number): Promise<KnownStage | undefined> {
    const { inspected } = this.settings;
    if (inspected !== undefined) return stageAt(inspected.plan, elapsed);
    this.foundStage = await this.reader.findStage(this.foundStage);
    return this.foundStage === 0 ? undefined : { number: this.foundStage };
  }

  private async leaveLines(elapsed: number): Promise<void> {
    const { stages = [], end = null } = this.settings.inspected?.plan ?? {};
    for (let next = stages[this.finished]; end !== null && next && elapsed >= next.end;) {
      this.waiting.push({ stage: next, figures: undefined });
      next = stages[++this.finished];
    }
    const late: Waiting[] = [];
    for (const { stage } of this.waiting) {
      const figures = await this.reader.stageCounts(stage.number);
      if (this.isOpen(stage, figures, elapsed)) late.push({ stage, figures });
      else await this.leaveLine(stage);
    }
    this.waiting = late;
  }

  /** While operations are under way, or k6 has not judged. */
  private isOpen(stage: Stage, { began, ended }: StageFigures, elapsed: number): boolean {
    if (this.settings.breaks?.of(stage) === undefined) return true;
    return ended < began && elapsed < stage.end + WAIT_MS;
  }

  private async leaveLine(stage: Stage): Promise<void> {
    const broken = (this.settings.breaks?.of(stage) ?? []).length > 0;
    const figures = await this.reader.wholeStage(stage.number);
    const binds = (this.limits.get(stage.number) ?? []).length > 0;
    const state = broken ? '✗ broke' : binds ? 'held' : 'informs';
    const { screen, words } = this.settings;
    screen.above(stageLine(words, { ...this.row(stage, figures, state), broken }));
  }

  private row(stage: KnownStage, figures: StageFigures | undefined, state: string): StageRow {
    const { number, name, level, from } = stage;
    const limit = p95Limit(this.limits.get(number) ?? [], this.settings.words.headline?.latency);
    const { samples = {} } = figures ?? {};
    return { number, name, level, from, samples, limit, state, current: false, broken: false };
  }

  private state(moment: Moment, current: KnownStage | undefined, figures: Figures): LiveState {
    const { inspected, breaks, words, progress } = this.settings;
    const { elapsed, active, peak, generator } = moment;
    const late = this.waiting.map(({ stage, figures: read }) => this.row(stage, read, 'ends'));
    const now = current && {
      ...this.row(current, figures.stage, this.timeLeft(current, elapsed)),
      current: true,
    };
    return {
      elapsed,
      planned: inspected?.plan.end ?? undefined,
      longest: inspected?.longestMs,
      rows: now === undefined ? late : [...late, now],
      words,
      figures,
      active,
      peak,
      generator: { cpu: generator?.cpu, memoryBytes: generator?.memoryBytes, lagLimitMs: this.lagLimitMs },
      firstBreak: breaks?.first,
      limits: this.limits.get(current?.number ?? 0) ?? [],
      progress: progress?.(),
    };
  }

  private timeLeft({ end }: KnownStage, elapsed: number): string {
    const hasEnd = this.settings.inspected?.plan.end !== null && end !== undefined;
    if (!hasEnd) return 'now';
    const left = clock(end - elapsed);
    return left.length > 4 ? left : `${left} left`;
  }
}
