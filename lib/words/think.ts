/** Think time between an answer and the next question. Pure. */
import type { Random } from './random.ts';

/** Seconds: always the same, evenly between two, or lognormal with a median and a 95th percentile. */
export type Think =
  | { kind: 'fixed'; seconds: number }
  | { kind: 'uniform'; least: number; most: number }
  | { kind: 'lognormal'; median: number; p95: number };

/** The standard normal distribution's 95th percentile. */
const Z95 = 1.6448536269514722;
/** Lognormal times have no end: they are cut at so many times their 95th percentile. */
const CUT = 4;

/** Seconds of one pause. */
export function thinkSeconds(think: Think, random: Random): number {
  switch (think.kind) {
    case 'fixed':
      return think.seconds;
    case 'uniform':
      return think.least + random() * (think.most - think.least);
    case 'lognormal': {
      const sigma = Math.log(think.p95 / think.median) / Z95;
      return Math.min(think.median * Math.exp(sigma * normal(random)), CUT * think.p95);
    }
  }
}

/** Standard normal numbers by Box and Muller's transform. */
function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** The longest pause that can come, in seconds. */
export function longestThink(think: Think): number {
  if (think.kind === 'fixed') return think.seconds;
  return think.kind === 'uniform' ? think.most : CUT * think.p95;
}

/** What a think time may look like, for error messages. */
export const THINK_FORMS =
  'a number of seconds such as 5, or 2-8 (evenly between), or lognormal:5:20 (median and 95th percentile)';

const NUMBER = '(\\d+(?:\\.\\d+)?)';

/** Reads `5`, `2-8` or `lognormal:5:20`; `undefined` for anything else. */
export function parseThink(text: string): Think | undefined {
  const [, single] = new RegExp(`^${NUMBER}$`).exec(text) ?? [];
  if (single !== undefined) return { kind: 'fixed', seconds: Number(single) };
  const [, least, most] = new RegExp(`^${NUMBER}-${NUMBER}$`).exec(text) ?? [];
  if (least !== undefined && Number(least) <= Number(most))
    return { kind: 'uniform', least: Number(least), most: Number(most) };
  const [, median, p95] = new RegExp(`^lognormal:${NUMBER}:${NUMBER}$`).exec(text) ?? [];
  if (Number(median) > 0 && Number(p95) >= Number(median))
    return { kind: 'lognormal', median: Number(median), p95: Number(p95) };
  return undefined;
}
