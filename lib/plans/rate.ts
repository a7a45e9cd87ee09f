/**
 * Plans of arrivals per second: an open model, in which visits start on time whatever those before them do. Each stage's
 * rate goes evenly from `from` to `level`. Pure.
 */
import type { Plan, Stage } from './load.ts';
import { countedAs, withCommas } from '../words/plural.ts';
import type { Noun } from '../vocabulary/vocabulary.ts';

/** One phase as a plan is made of it: its name, arrivals per second at its start and end, and how long it takes. */
export interface Phase {
  name: string;
  from: number;
  to: number;
  seconds: number;
}

/** Puts phases behind each other; all of each is judged. */
export function phases(steps: readonly Phase[]): Plan {
  let start = 0;
  const stages = steps.map(({ name, from, to, seconds }, index): Stage => {
    const end = start + Math.round(seconds * 1000);
    const rates = { from: exact(from), level: exact(to) };
    const stage = { number: index + 1, name, ...rates, start, transition: end - start, hold: start, end };
    start = end;
    return stage;
  });
  return { stages, end: start, isRate: true };
}

/** k6 takes whole numbers of arrivals per unit of time: so many seconds. */
export const RATE_UNIT_SECONDS = 10;

/** What k6 takes as a rate: arrivals in that time. */
export function perUnit(rate: number): number {
  return Math.round(rate * RATE_UNIT_SECONDS);
}

/** The rate that k6 makes of one. */
function exact(rate: number): number {
  return perUnit(rate) / RATE_UNIT_SECONDS;
}

/** Arrivals in a stage, as an area; k6 starts one whenever the area under the rate has grown by one. */
export function arrivalsIn({ from = 0, level, start, end }: Stage): number {
  return ((from + level) / 2) * ((end - start) / 1000);
}

/** Arrivals in a whole plan, as an area. */
export function arrivalsOf({ stages }: Plan): number {
  return stages.reduce((sum, stage) => sum + arrivalsIn(stage), 0);
}

/** Arrivals that a plan comes to; k6 starts as many, or one less, for the last is due at the very end. */
export function plannedArrivals(plan: Plan): number {
  return Math.floor(arrivalsOf(plan));
}

/**
 * When arrival number `index` (from 0) is due: milliseconds since the start of the scenario. It is where the area under
 * the rate reaches `index` + 1: from × t + (level − from) / (2 × length) × t², solved for t.
 */
export function dueAt({ stages }: Plan, index: number): number {
  let area = index + 1;
  for (const stage of stages) {
    const inside = arrivalsIn(stage);
    if (area <= inside) return stage.start + timeTo(area, stage);
    area -= inside;
  }
  return stages.at(-1)?.end ?? 0;
}

function timeTo(area: number, { from = 0, level, start, end }: Stage): number {
  const growth = (level - from) / ((end - start) / 1000);
  const seconds =
    growth === 0 ? area / level : (Math.sqrt(Math.max(0, from * from + 2 * growth * area)) - from) / growth;
  return seconds * 1000;
}

/** The level of a stage for people: `20 sessions`, and `1 → 5 users/s` where it changes within the stage. */
export function levelText({ from, level }: { from?: number | undefined; level: number }, noun: Noun): string {
  const change = from === undefined || from === level ? '' : `${withCommas(from)} → `;
  return `${change}${countedAs(level, noun)}`;
}

/** The highest rate of a plan. */
export function highestRate({ stages }: Plan): number {
  return Math.max(0, ...stages.flatMap(({ from = 0, level }) => [from, level]));
}

const FORM = /^([\w -]{1,20}):(\d+(?:\.\d+)?)(?:-(\d+(?:\.\d+)?))?:(\d+(?:\.\d+)?)$/;

/** What a text of phases must look like. */
export const PHASES_FORM =
  'name:rate:seconds or name:from-to:seconds with commas between, rates in arrivals per second, for example warm-up:1-10:5,sustained:10:20';

/** Reads `warm-up:10-100:60,sustained:100:300`; `undefined`: it is not such a text, or nothing would arrive. */
export function parsePhases(text: string): Phase[] | undefined {
  const read = text.split(',').map((part): Phase | undefined => {
    const [, name = '', from, to = from, seconds] = FORM.exec(part.trim()) ?? [];
    if (from === undefined || seconds === undefined) return undefined;
    return { name, from: Number(from), to: Number(to), seconds: Number(seconds) };
  });
  const known = read.filter((phase) => phase !== undefined);
  const isWhole = known.length === read.length && known.length <= MOST_PHASES;
  return isWhole && known.every(isPossible) ? known : undefined;
}

/** More phases than this are no test that a person could read. */
const MOST_PHASES = 100;
const MOST_PER_SECOND = 100_000;
const MOST_SECONDS = 1e6;

function isPossible({ from, to, seconds }: Phase): boolean {
  return from + to > 0 && Math.max(from, to) <= MOST_PER_SECOND && seconds > 0 && seconds <= MOST_SECONDS;
}
