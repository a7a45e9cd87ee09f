/** Finds the stages that broke a binding limit while a run goes on: as k6 judges them when they are over. */
import type { Limit } from '../../lib/words/limits.ts';
import { inStage } from '../../lib/words/limits.ts';
import type { Plan, Stage } from '../../lib/plans/load.ts';
import type { LimitResult } from '../../report/derive/summary.ts';
import { brokenLimits } from './liveLimits.ts';
import type { RestApi } from '../k6/restApi.ts';

/** k6 judges every 2 s. */
const SETTLED_MS = 2500;
const AGAIN_MS = 5000;
/** Reading a latency makes k6 sort it. */
const STAGES_PER_LOOK = 2;

/** A stage, and the limits that it broke. */
export interface Break {
  stage: Stage;
  limits: LimitResult[];
}

/** What it looks at. */
interface BreakSettings {
  api: RestApi;
  plan: Plan;
  /** Binding limits by stage. */
  limits: ReadonlyMap<number, readonly Limit[]>;
  /** How long after the end of a stage its last operations may end, in ms. */
  lateMs: number;
  /** Called once, with the first stage found. */
  onFirst?: ((found: Break) => void) | undefined;
}

/** Looks at finished stages until their last operations have ended. */
export class StageBreaks {
  private readonly settings: BreakSettings;
  private readonly lookedAt = new Map<number, number>();
  private readonly found = new Map<number, Break>();

  constructor(settings: BreakSettings) {
    this.settings = settings;
  }

  /** The first stage of the plan that broke, as far as is known. */
  get first(): Break | undefined {
    return this.found.get(Math.min(...this.found.keys()));
  }

  /** What a stage broke; `undefined` before it has been looked at. */
  of({ number }: Stage): readonly LimitResult[] | undefined {
    return this.found.get(number)?.limits ?? (this.lookedAt.has(number) ? [] : undefined);
  }

  /** `elapsed`: milliseconds since the start of the scenario. */
  async look(elapsed: number): Promise<void> {
    const { plan, onFirst } = this.settings;
    if (plan.end === null) return;
    const due = plan.stages.filter((stage) => this.isDue(stage, elapsed)).slice(0, STAGES_PER_LOOK);
    for (const stage of due) {
      const limits = await this.brokenIn(stage);
      this.lookedAt.set(stage.number, elapsed);
      if (limits.length === 0) continue;
      this.found.set(stage.number, { stage, limits });
      if (this.found.size === 1) onFirst?.({ stage, limits });
    }
  }

  private isDue({ number, end }: Stage, elapsed: number): boolean {
    if (elapsed < end + SETTLED_MS || this.found.has(number)) return false;
    const last = this.lookedAt.get(number);
    return last === undefined || (elapsed < end + this.settings.lateMs && elapsed >= last + AGAIN_MS);
  }

  private async brokenIn(stage: Stage): Promise<LimitResult[]> {
    const { api, limits } = this.settings;
    const all = limits.get(stage.number) ?? [];
    const broken: LimitResult[] = [];
    for (const name of new Set(all.map(({ metric }) => metric))) {
      const metric = await api.metric(inStage(name, stage));
      const own = all.filter((limit) => limit.metric === name);
      if (metric !== undefined) broken.push(...brokenLimits(own, metric));
    }
    return broken;
  }
}
