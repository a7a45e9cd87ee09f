/**
 * Reads settings from environment variables: parsers whose errors name the variable, its value and the remedy,
 * collected so that all of them are told at once. Pure.
 */
import damerauLevenshtein from 'damerau-levenshtein';

/** Environment variables, as k6's `__ENV` or Node's `process.env` have them. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Everything that is wrong with the input of a run, one full sentence each. */
export class InputError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.problems = problems;
  }
}

/** What a number must be; `what` completes "it must be …". */
interface Range {
  min: number;
  max?: number;
  what: string;
}

function exampleOf(fallback: number | null, { min }: Range): number {
  return Math.max(min, fallback ?? 0) || 1;
}

/** Reads one environment; `done` throws an InputError with every problem met on the way. */
export class SettingsReader {
  private readonly env: Environment;
  private readonly problems: string[] = [];

  constructor(env: Environment) {
    this.env = env;
  }

  /** A setting that is unset or empty is `undefined`. */
  text(name: string): string | undefined {
    const value = this.env[name]?.trim();
    return value === '' ? undefined : value;
  }

  /** A number within its range. */
  number<D extends number | null>(name: string, fallback: D, range: Range): number | D {
    const { min, max = Infinity, what } = range;
    const text = this.text(name);
    if (text === undefined) return fallback;
    const value = Number(text);
    if (/^\d+(\.\d+)?$/.test(text) && value >= min && value <= max) return value;
    const limit = value > max ? ` and at most ${max}` : '';
    this.problem(name, text, `it must be ${what}${limit}, for example ${name}=${exampleOf(fallback, range)}`);
    return fallback;
  }

  /** A whole number within its range. */
  whole<D extends number | null>(name: string, fallback: D, range: Range): number | D {
    const what = `a whole number of ${range.what}`;
    const value = this.number(name, fallback, { ...range, what });
    if (value === null || Number.isSafeInteger(value)) return value;
    this.problem(
      name,
      String(value),
      `it must be ${what}, for example ${name}=${exampleOf(fallback, range)}`,
    );
    return fallback;
  }

  /** One of a few words. */
  choice<T extends string, D extends T | null = T>(name: string, fallback: D, choices: readonly T[]): T | D {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const choice = choices.find((candidate) => candidate === text);
    if (choice === undefined) this.problem(name, text, `it must be one of ${choices.join(', ')}`);
    return choice ?? fallback;
  }

  /** A base URL with one of the schemes (made lower-case), without user, query, fragment or final slash. k6 has no `URL`. */
  url(name: string, fallback: string, schemes: readonly [string, string]): string {
    const text = this.text(name);
    if (text === undefined) return fallback;
    const pattern = new RegExp(`^(${schemes.join('|')})://[^\\s/?#@]+(/[^\\s?#]*)?$`, 'i');
    if (pattern.test(text)) return text.replace(/\/+$/, '').replace(/^\w+/, (scheme) => scheme.toLowerCase());
    const example = `${name}=${schemes[1]}://chat.example.com`;
    this.problem(
      name,
      withoutCredentials(text),
      `it must be a ${schemes.join(':// or ')}:// address without user, query or fragment, for example ${example}`,
    );
    return fallback;
  }

  /** Adds a problem that concerns `name`; the sentence starts with the name and its value. */
  reject(name: string, remedy: string): void {
    const text = this.text(name);
    this.problems.push(
      text === undefined ? `${name} is not set: ${remedy}.` : `${name} is wrong: ${remedy}.`,
    );
  }

  /** Throws an InputError when anything was wrong. */
  done(): void {
    if (this.problems.length > 0) throw new InputError(this.problems);
  }

  /** Adds a problem with a value: the sentence starts with the name and the value. */
  problem(name: string, value: string, remedy: string): void {
    this.problems.push(`${name} is "${value.slice(0, 80)}": ${remedy}.`);
  }
}

/** A URL for people and files: what stands before an @, and a query, is left out. A password may hold / and @. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/(?:[^/:@\s]*:\S*|[^/\s]*)@/, '//…@').replace(/(:\/\/[^\s?#]*)[?#].*$/s, '$1?…');
}

/** The known name that was probably meant, with the same first letter and few other differences; or `undefined`. */
export function closest(name: string, known: Iterable<string>): string | undefined {
  let best: string | undefined;
  let least = Math.max(1, Math.floor(name.length / 4)) + 1;
  for (const candidate of known) {
    if (candidate[0] !== name[0] || Math.abs(candidate.length - name.length) >= least) continue;
    const distance = editDistance(name, candidate);
    if (distance < least) [best, least] = [candidate, distance];
  }
  return best;
}

/** Letters that were left out, added, replaced or swapped with their neighbour. */
export function editDistance(a: string, b: string): number {
  return damerauLevenshtein(a, b).steps;
}
