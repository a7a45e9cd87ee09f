/** How much a figure may change without being called improved or worse. Pure. */
import { closest, InputError } from '../../lib/words/settings.ts';

/** A change counts when it is beyond both parts. */
interface Tolerance {
  /** Share of the base's value. */
  relative: number;
  /** In the figure's own unit: milliseconds, a share (0.01 for a percentage point), a count. */
  absolute: number;
}

export type FigureKind = 'time' | 'share' | 'count';

/** The figures that are compared, what they are, and the tolerance that they have by default. */
const DEFAULTS: Record<string, Tolerance & { kind: FigureKind }> = {
  answer_latency: { kind: 'time', relative: 0.1, absolute: 20 },
  first_chunk_latency: { kind: 'time', relative: 0.1, absolute: 20 },
  answer_success: { kind: 'share', relative: 0, absolute: 0.005 },
  session_success: { kind: 'share', relative: 0, absolute: 0.005 },
  socket_success: { kind: 'share', relative: 0, absolute: 0.005 },
  held: { kind: 'share', relative: 0, absolute: 0.01 },
  holds: { kind: 'count', relative: 0, absolute: 0 },
  failures: { kind: 'count', relative: 0.1, absolute: 2 },
  errors_lasted: { kind: 'time', relative: 0.1, absolute: 1000 },
  p95_back_after: { kind: 'time', relative: 0.1, absolute: 2000 },
};

export type Tolerances = Readonly<Record<string, Tolerance>>;

/** The default tolerances. */
export const TOLERANCES: Tolerances = DEFAULTS;

/** What a metric's figures are. */
export function kindOf(metric: string): FigureKind {
  return DEFAULTS[metric]?.kind ?? 'count';
}

/**
 * The default tolerances with changes by metric: `10%,20ms`, `0.5pp` (percentage points), `3`. Throws an InputError with
 * a sentence for each that can't be read.
 */
export function tolerancesWith(given: readonly (readonly [metric: string, text: string])[]): Tolerances {
  const problems: string[] = [];
  const changes = given.flatMap(([metric, text]) => {
    const known = Object.hasOwn(DEFAULTS, metric) ? DEFAULTS[metric] : undefined;
    const tolerance = known && parse(text, known.kind);
    if (known === undefined) problems.push(unknown(metric));
    else if (tolerance === undefined) problems.push(unreadable(metric, text, known.kind));
    return tolerance === undefined ? [] : [[metric, tolerance] as const];
  });
  if (problems.length > 0) throw new InputError(problems);
  return { ...DEFAULTS, ...Object.fromEntries(changes) };
}

function unknown(metric: string): string {
  const meant = closest(metric, Object.keys(DEFAULTS));
  const hint = meant ? `Did you mean ${meant}?` : `Possible are ${Object.keys(DEFAULTS).join(', ')}.`;
  return `--tolerance has "${metric}", which is not compared. ${hint}`;
}

const EXAMPLES: Record<FigureKind, string> = { time: '10%,20ms', share: '0.5pp', count: '10%,2' };

function unreadable(metric: string, text: string, kind: FigureKind): string {
  return `--tolerance ${metric} is "${text}": write a share, an amount or both, for example ${metric}=${EXAMPLES[kind]}.`;
}

const UNITS: Record<FigureKind, Record<string, number>> = {
  time: { ms: 1, s: 1000 },
  share: { pp: 0.01 },
  count: { '': 1 },
};

/** A part that is not given is 0. */
function parse(text: string, kind: FigureKind): Tolerance | undefined {
  const tolerance = { relative: 0, absolute: 0 };
  for (const part of text.split(',')) {
    const [, number = '', unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*(%|[a-z]*)\s*$/.exec(part) ?? [];
    const scale = unit === '%' ? undefined : UNITS[kind][unit];
    if (number === '' || (unit !== '%' && scale === undefined)) return undefined;
    if (scale === undefined) tolerance.relative = Number(number) / 100;
    else tolerance.absolute = Number(number) * scale;
  }
  return tolerance;
}
