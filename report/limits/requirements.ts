/** Limits over all stages: where each came closest, and where it broke first. Pure. */
import type { LimitResult, StageSummary } from '../derive/summary.ts';

/** A limit in one stage. */
export interface Judged {
  stage: StageSummary;
  limit: LimitResult;
}

/** The same limit in several stages. */
export interface Requirement {
  /** In the stage that came closest to the bound, or broke it most. */
  closest: Judged;
  /** In the first stage that broke it. */
  broken: Judged | undefined;
}

/** The limits of all stages that decide, or, where none does, of those that inform. */
export function requirementsOf(stages: readonly StageSummary[]): Requirement[] {
  const binding = stages.filter((stage) => stage.binding);
  const groups = new Map<string, Judged[]>();
  for (const stage of binding.length > 0 ? binding : stages)
    for (const limit of stage.limits) {
      const key = `${limit.metric} ${limit.expression}`;
      groups.set(key, [...(groups.get(key) ?? []), { stage, limit }]);
    }
  return [...groups.values()].flatMap((group) => requirementOf(group) ?? []);
}

function requirementOf(group: readonly Judged[]): Requirement | undefined {
  const measured = group.filter(({ limit }) => limit.kept !== null);
  const closest = [...measured].sort(byMargin)[0] ?? group[0];
  return closest && { closest, broken: group.find(({ limit: { kept } }) => kept === false) };
}

const byMargin = (a: Judged, b: Judged) => rank(a.limit) - rank(b.limit);
const rank = ({ margin, kept }: LimitResult) => margin ?? (kept === false ? -1 : 1);
