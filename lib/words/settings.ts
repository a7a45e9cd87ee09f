/** The input of a run: environment variables, what is wrong with them, and which name was probably meant. Pure. */
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

/** The settings with what stands for those that are unset; an empty one is. */
export function withDefaults(env: Environment, defaults: Environment): Environment {
  const unset = Object.entries(defaults).filter(([name]) => (env[name] ?? '').trim() === '');
  return { ...env, ...Object.fromEntries(unset) };
}
