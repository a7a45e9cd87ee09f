/** Where a run breaks: the first stage that broke a limit and decides the run. Pure. */
import type { StageSummary } from './summary.ts';

/** Whether a stage is one that breaks a run. */
export function isBreak({ state, binding }: StageSummary): boolean {
  return state === 'broke' && binding;
}

/** The stages up to the first such one; all where there is none. */
export function upToBreak(stages: readonly StageSummary[]): StageSummary[] {
  const end = stages.findIndex(isBreak);
  return end < 0 ? [...stages] : stages.slice(0, end + 1);
}
