/** Plan files (`PLAN_FILE`): any stages, waves and spikes, or arrivals, and the think time. Pure. */
import { MAX_ARRIVALS, type ArrivalStep } from './arrivals.ts';
import { isPlainObject } from '../words/jsonFields.ts';
import { parseJson, type JsonText } from '../words/jsonText.ts';
import { MAX_STAGES, type Step } from '../plans/load.ts';
import { closest, InputError } from '../words/settings.ts';
import { parseThink, THINK_FORMS, type Think } from '../words/think.ts';

/** What a plan file says. */
export interface PlanFile {
  load: { steps: Step[] } | { arrivals: ArrivalStep[]; atMost: number };
  /** Instead of THINK_SECONDS. */
  think: Think | undefined;
}

const SHAPE =
  'It must hold {"stages": [{"sessions": 10, "hold": 60}, …]} or {"arrivals": [{"perSecond": 2, "hold": 60}, …], "atMost": 200}.';
const MOST_SESSIONS = 1e6;
const MOST_SECONDS = 1e6;

type Path = (string | number)[];

/** Reads a plan file. Throws an InputError with everything that is wrong in it, each with its line. */
export function parsePlanFile(text: string, file: string): PlanFile {
  const reader = new PlanReader(parseJson(text, file, SHAPE));
  const plan = reader.read();
  if (reader.problems.length > 0) throw new InputError(reader.problems);
  return plan;
}

class PlanReader {
  readonly problems: string[];
  private readonly json: JsonText;

  constructor(json: JsonText) {
    this.json = json;
    this.problems = [...json.repeated];
  }

  read(): PlanFile {
    const value = this.object([], this.json.value, ['stages', 'arrivals', 'atMost', 'think']);
    const think = this.think(value['think']);
    if ('stages' in value === 'arrivals' in value) {
      this.problem([], `"stages" or "arrivals" must be there, and only one of them. ${SHAPE}`);
      return { load: { steps: [] }, think };
    }
    if ('stages' in value) {
      if ('atMost' in value) this.problem(['atMost'], '"atMost" goes with "arrivals" only: remove it.');
      return { load: { steps: this.steps(value['stages']) }, think };
    }
    return { load: this.arrivals(value), think };
  }

  private steps(list: unknown): Step[] {
    const steps = this.stageList(['stages'], list);
    if (steps.length > MAX_STAGES)
      this.problem(['stages'], `there are ${steps.length} stages: at most ${MAX_STAGES} are possible.`);
    return steps;
  }

  private stageList(path: Path, list: unknown): Step[] {
    return this.list(path, list, '{"sessions": 10, "hold": 60}').flatMap((item, index) => {
      const place = [...path, index];
      return isPlainObject(item) && 'repeat' in item ? this.group(place, item) : [this.step(place, item)];
    });
  }

  /** A wave: the same stages several times. */
  private group(path: Path, item: unknown): Step[] {
    const value = this.object(path, item, ['repeat', 'stages']);
    const times = this.number([...path, 'repeat'], value['repeat'], {
      least: 1,
      most: MAX_STAGES,
      whole: true,
    });
    const steps = this.stageList([...path, 'stages'], value['stages']);
    // One more than possible is enough to be told so, and nested repeats can't fill the memory.
    return Array.from({ length: Math.min(times, MAX_STAGES + 1) }, () => steps)
      .flat()
      .slice(0, MAX_STAGES + 1);
  }

  private step(path: Path, item: unknown): Step {
    const value = this.object(path, item, ['sessions', 'transition', 'settle', 'hold', 'name']);
    const seconds = (name: string, least: number, absent?: number) =>
      this.number([...path, name], value[name], { least, most: MOST_SECONDS, absent });
    const step = {
      level: this.number([...path, 'sessions'], value['sessions'], {
        least: 1,
        most: MOST_SESSIONS,
        whole: true,
      }),
      transition: seconds('transition', 0, 0),
      settle: seconds('settle', 0, 0),
      hold: seconds('hold', 0.1),
    };
    const name = value['name'];
    if (name === undefined) return step;
    if (typeof name === 'string' && /^[\w -]{1,20}$/.test(name)) return { ...step, name };
    this.problem(
      [...path, 'name'],
      `"name" is ${JSON.stringify(name)}: it must be 1 to 20 letters, digits or spaces.`,
    );
    return step;
  }

  private arrivals(value: Record<string, unknown>): { arrivals: ArrivalStep[]; atMost: number } {
    const arrivals = this.list(['arrivals'], value['arrivals'], '{"perSecond": 2, "hold": 60}').map(
      (item, index) => {
        const path = ['arrivals', index];
        const { perSecond, hold } = this.object(path, item, ['perSecond', 'hold']);
        return {
          perSecond: this.number([...path, 'perSecond'], perSecond, { least: 0.001, most: 10_000 }),
          hold: this.number([...path, 'hold'], hold, { least: 0.1, most: MOST_SECONDS }),
        };
      },
    );
    const expected = arrivals.reduce((sum, { perSecond, hold }) => sum + perSecond * hold, 0);
    if (expected > MAX_ARRIVALS)
      this.problem(
        ['arrivals'],
        `${Math.round(expected)} sessions would arrive: at most ${MAX_ARRIVALS} are possible.`,
      );
    const most = { least: 1, most: MOST_SESSIONS, whole: true };
    return { arrivals, atMost: this.number(['atMost'], value['atMost'], most) };
  }

  private think(value: unknown): Think | undefined {
    if (value === undefined) return undefined;
    const think =
      typeof value === 'string' || typeof value === 'number' ? parseThink(String(value)) : undefined;
    if (think === undefined)
      this.problem(['think'], `"think" is ${JSON.stringify(value)}: it must be ${THINK_FORMS}.`);
    return think;
  }

  private list(path: Path, value: unknown, example: string): unknown[] {
    if (Array.isArray(value) && value.length > 0) return value;
    this.problem(path, `"${String(path.at(-1))}" must be a list with at least one entry such as ${example}.`);
    return [];
  }

  private object(path: Path, value: unknown, names: string[]): Record<string, unknown> {
    if (!isPlainObject(value)) {
      this.problem(path, `here must be an object with ${names.join(', ')}. ${SHAPE}`);
      return {};
    }
    for (const name of Object.keys(value).filter((key) => !names.includes(key))) {
      const meant = closest(name, names);
      const hint = meant === undefined ? `Possible are ${names.join(', ')}.` : `Did you mean ${meant}?`;
      this.problem([...path, name], `"${name}" is not known here. ${hint}`);
    }
    return value;
  }

  private number(path: Path, value: unknown, { least, most, whole, absent }: Range): number {
    if (value === undefined && absent !== undefined) return absent;
    const fits = typeof value === 'number' && value >= least && value <= most;
    if (fits && (whole !== true || Number.isInteger(value))) return value;
    const what = whole === true ? 'a whole number' : 'a number';
    const given = value === undefined ? 'is missing' : `is ${JSON.stringify(value)}`;
    this.problem(path, `"${String(path.at(-1))}" ${given}: it must be ${what} from ${least} to ${most}.`);
    return least;
  }

  private problem(path: Path, sentence: string): void {
    this.problems.push(`${this.json.place(...path)}: ${sentence}`);
  }
}

interface Range {
  least: number;
  most: number;
  whole?: boolean;
  /** The value when there is none; without it the number must be there. */
  absent?: number | undefined;
}
