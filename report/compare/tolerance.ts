/** How much a figure may change without being called improved or worse. Pure. */
import { closest, InputError } from '../../lib/words/settings.ts';
import type { Unit } from '../../lib/vocabulary/vocabulary.ts';
import { PARTS } from '../parts/parts.ts';

/** A change counts when it is beyond both parts. */
interface Tolerance {
  /** Share of the base's value. */
  relative: number;
  /** In the figure's own unit: milliseconds, a share (0.01 for a percentage point), bytes, a count. */
  absolute: number;
}

export type FigureKind = 'time' | 'share' | 'bytes' | 'count';

/** By metric. */
export type Tolerances = Readonly<Record<string, Tolerance>>;

/** Units by metric. */
export type Units = Readonly<Record<string, Unit>>;

/** What holds for a figure that has none of its own. */
const BY_UNIT: Readonly<Record<Unit, Tolerance>> = {
  ms: { relative: 0.1, absolute: 20 },
  share: { relative: 0, absolute: 0.005 },
  count: { relative: 0.1, absolute: 2 },
  bytes: { relative: 0.2, absolute: 2e6 },
  factor: { relative: 0.1, absolute: 0 },
  'bytes per second': { relative: 0.1, absolute: 0 },
  'per second': { relative: 0.1, absolute: 0 },
  'per session-hour': { relative: 0.1, absolute: 0 },
};

/** Figures that runs of every system have, and what is special about them. */
const HOUSE = {
  held: { unit: 'share', relative: 0, absolute: 0.01 },
  holds: { unit: 'count', relative: 0, absolute: 0 },
  failures: { unit: 'count', ...BY_UNIT.count },
} as const satisfies Record<string, Tolerance & { unit: Unit }>;

/** All figures that are no metrics: those, and those of a run's parts. */
const NO_METRICS: Readonly<Record<string, Tolerance & { unit: Unit }>> = {
  ...HOUSE,
  ...Object.fromEntries(
    PARTS.flatMap(({ figures = [] }) => figures).map((figure) => [figure.metric, figure] as const),
  ),
};

/** A figure that runs of every system have. */
export type HouseFigure = keyof typeof HOUSE;

/** The unit of such a figure. */
export function unitOf(figure: HouseFigure): Unit {
  return HOUSE[figure].unit;
}

/** The tolerance of a figure: the one that was given for it, its own, or that of its unit. */
export function toleranceOf(metric: string, unit: Unit, given: Tolerances): Tolerance {
  return ofName(given, metric) ?? ofName(NO_METRICS, metric) ?? BY_UNIT[unit];
}

function ofName<T>(by: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(by, name) ? by[name] : undefined;
}

/** What figures of a unit are. */
export function kindOf(unit: Unit): FigureKind {
  if (unit === 'ms') return 'time';
  return unit === 'share' || unit === 'bytes' ? unit : 'count';
}

/**
 * Reads tolerances by metric: `10%,20ms`, `0.5pp` (percentage points), `3`. `units` are the metrics that are compared
 * besides the figures of every system. Throws an InputError with a sentence for each that can't be read.
 */
export function tolerancesWith(
  given: readonly (readonly [metric: string, text: string])[],
  units: Units,
): Tolerances {
  const problems: string[] = [];
  const houseUnits = Object.entries(NO_METRICS).map(([name, { unit }]) => [name, unit] as const);
  const known: Units = { ...units, ...Object.fromEntries(houseUnits) };
  const read = given.flatMap(([metric, text]) => {
    const unit = ofName(known, metric);
    const tolerance = unit && parse(text, kindOf(unit));
    if (unit === undefined) problems.push(unknown(metric, Object.keys(known)));
    else if (tolerance === undefined) problems.push(unreadable(metric, text, kindOf(unit)));
    return tolerance === undefined ? [] : [[metric, tolerance] as const];
  });
  if (problems.length > 0) throw new InputError(problems);
  return Object.fromEntries(read);
}

function unknown(metric: string, known: readonly string[]): string {
  const meant = closest(metric, known);
  const hint = meant ? `Did you mean ${meant}?` : `Possible are ${known.join(', ')}.`;
  return `--tolerance has "${metric}", which is not compared. ${hint}`;
}

const EXAMPLES: Record<FigureKind, string> = {
  time: '10%,20ms',
  share: '0.5pp',
  bytes: '20%,500kB',
  count: '10%,2',
};

function unreadable(metric: string, text: string, kind: FigureKind): string {
  return `--tolerance ${metric} is "${text}": write a share, an amount or both, for example ${metric}=${EXAMPLES[kind]}.`;
}

const SCALES: Record<FigureKind, Record<string, number>> = {
  time: { ms: 1, s: 1000 },
  share: { pp: 0.01 },
  bytes: { kB: 1e3, MB: 1e6, GB: 1e9 },
  count: { '': 1 },
};

/** A part that is not given is 0. */
function parse(text: string, kind: FigureKind): Tolerance | undefined {
  const tolerance = { relative: 0, absolute: 0 };
  for (const part of text.split(',')) {
    const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(%|[a-z]*)\s*$/i.exec(part) ?? [];
    const scale = unit === '%' ? undefined : SCALES[kind][unit];
    if (number === '' || (unit !== '%' && scale === undefined)) return undefined;
    if (scale === undefined) tolerance.relative = Number(number) / 100;
    else tolerance.absolute = Number(number) * scale;
  }
  return tolerance;
}
