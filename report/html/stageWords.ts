/** How stages are called and put on an axis. Pure. */
import { plain } from '../../lib/words/plain.ts';
import type { Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { Distribution } from '../derive/k6Data.ts';
import type { StageSummary } from '../derive/summary.ts';
import { NOTHING, STATE_SIGNS, whole } from '../text/words.ts';

/** `3`, or `2 outage` where the plan has names. */
export function stageName({ number, name }: Pick<StageSummary, 'number' | 'name'>): string {
  return name === undefined ? String(number) : `${number} ${short(name)}`;
}

/** A name that came from elsewhere, as short as the page needs it. */
export function short(name: string): string {
  const readable = plain(name.slice(0, 200));
  return readable.length > 40 ? `${readable.slice(0, 39)}…` : readable;
}

/** Whether each stage's level is above the one before, so that the level can be an axis. */
export function rises(stages: readonly StageSummary[]): boolean {
  return stages.every((stage, index) => index === 0 || stage.level > (stages[index - 1]?.level ?? 0));
}

/** How long the headline's operations of a stage took; empty without samples. */
export function headlineTimes(stage: StageSummary, { headline }: Vocabulary): Distribution {
  return stage.operations[headline]?.latency ?? {};
}

/** Begins as a sentence does. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The state in a word with its sign. */
export function stateText({ state }: Pick<StageSummary, 'state'>): string {
  return `${STATE_SIGNS[state]} ${state}`;
}

/** A rate per second. */
export function rateText(perSecond: number | null): string {
  if (perSecond === null) return NOTHING;
  return perSecond >= 10 || perSecond === 0 ? whole(perSecond) : perSecond.toFixed(1);
}

/** A time on an axis: `500 ms`, `2.5 s`, `90 s`. */
export function axisTime(milliseconds: number): string {
  if (milliseconds === 0) return '0';
  if (milliseconds < 1) return `${Number(milliseconds.toPrecision(2))} ms`;
  if (milliseconds < 1000) return `${Number(milliseconds.toFixed(1))} ms`;
  return `${Number((milliseconds / 1000).toFixed(2))} s`;
}

/** A count or a rate on an axis: `0.25`, `7`, `1,200`. */
export function axisCount(value: number): string {
  return value >= 10 ? whole(value) : String(Number(value.toFixed(2)));
}
