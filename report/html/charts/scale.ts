/** Axes: from values to places in a drawing, and where their marks stand. Pure. */
import { nice, ticks } from 'd3-array';

/** One axis. */
export interface Scale {
  least: number;
  most: number;
  marks: number[];
  /** 0 at `least`, 1 at `most`. */
  at: (value: number) => number;
}

/** An axis from 0 to a round number at or above `most`, with about `count` marks. */
export function linearScale(most: number, count = 5): Scale {
  const [, end] = nice(0, Math.max(most, 1e-9), count);
  return { least: 0, most: end, marks: ticks(0, end, count), at: (value) => value / end };
}

/**
 * An axis whose marks are powers of ten and their halves and fifths; both ends are above 0. Those of d3-scale end at powers
 * of ten only, and would make each script 28 KB larger.
 */
export function logScale(least: number, most: number): Scale {
  const all = marksBetween(least, most);
  const [start, end] = [all[0] ?? least, all.at(-1) ?? most];
  const marks = all.length <= 8 ? all : all.filter(isPower);
  const width = Math.log(end / start) || 1;
  return { least: start, most: end, marks, at: (value) => Math.log(Math.max(value, start) / start) / width };
}

/** An axis of given ends; the marks are the given values, thinned out to `count`. */
export function namedScale(values: readonly number[], count: number): Scale {
  const [least = 0, most = 1] = [values[0], values.at(-1)];
  const width = most - least || 1;
  return {
    least,
    most,
    marks: thin(values, count),
    at: (value) => (most === least ? 0.5 : (value - least) / width),
  };
}

/** Every n-th of a list and its last, so that no more than about `count` are left. */
export function thin<Item>(items: readonly Item[], count: number): Item[] {
  const step = Math.ceil(items.length / count);
  const kept = items.filter((_, index) => index % step === 0);
  const last = items.at(-1);
  if (last === undefined || step === 1 || kept.at(-1) === last) return kept;
  const isClose = (items.length - 1) % step < step / 2;
  return [...(isClose ? kept.slice(0, -1) : kept), last];
}

function marksBetween(least: number, most: number): number[] {
  const first = Math.floor(Math.log10(least));
  const last = Math.ceil(Math.log10(most));
  const all = Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index)).flatMap(
    (power) => [power, 2 * power, 5 * power],
  );
  const start = all.findLastIndex((mark) => mark <= least * 1.0001);
  const end = all.findIndex((mark) => mark >= most * 0.9999);
  return all.slice(Math.max(0, start), end < 0 ? undefined : end + 1);
}

function isPower(mark: number): boolean {
  const power = Math.log10(mark);
  return Math.abs(power - Math.round(power)) < 1e-6;
}
