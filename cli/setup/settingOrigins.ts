/** Where the settings of a run came from, for the sentences that refuse one. */
import { InputError, type Environment } from '../../lib/words/settings.ts';
import type { DotEnv } from './dotEnv.ts';
import { SETTING_NAMES } from './knownSettings.ts';

/** Name → `-e`, `--quick`, `.env line 3`; a variable of the shell has none. */
export type Origins = ReadonlyMap<string, string>;

/** Where each variable came from: `-e NAME=value` goes before the environment, and that before `.env`. */
export function originsOf(given: readonly string[], environment: Environment, { lines }: DotEnv): Origins {
  const inFile = [...lines].filter(([name]) => environment[name] === undefined);
  return new Map([
    ...inFile.map(([name, line]): [string, string] => [name, `.env line ${line}`]),
    ...givenNames(given).map((name): [string, string] => [name, '-e']),
  ]);
}

/** The names in `NAME=value`, each. */
export function givenNames(given: readonly string[]): string[] {
  return given.flatMap((text) => /^[^=]+(?==)/.exec(text)?.[0] ?? []);
}

/** Adds the origin of what `--quick` has set. */
export function withQuickOrigins(origins: Origins, before: Environment, after: Environment): Origins {
  const quick = Object.keys(after).filter((name) => after[name] !== before[name]);
  return new Map([...origins, ...quick.map((name): [string, string] => [name, '--quick'])]);
}

/** Adds the origin of what a file has set, where `-e` has not set it again. */
export function withFileOrigins(
  origins: Origins,
  given: readonly string[],
  from: { file: string; values: Environment } | undefined,
): Origins {
  const names = Object.keys(from?.values ?? {});
  const own = names.filter((name) => !given.some((text) => text.startsWith(`${name}=`)));
  return new Map([...origins, ...own.map((name): [string, string] => [name, from?.file ?? ''])]);
}

/** Runs an action; what it refuses is told with the origins of the settings that its sentences name. */
export async function namingOrigins<T>(origins: Origins, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw withOriginsNamed(error, origins);
  }
}

/** The same InputError with the origins in its sentences; any other error as it is. */
export function withOriginsNamed(error: unknown, origins: Origins): unknown {
  if (!(error instanceof InputError)) return error;
  return new InputError(error.problems.map((problem) => withOrigins(problem, origins)));
}

/** Each line of a text, with the origins of the settings in it behind: `SEED is "x": … SEED is from .env line 3.` */
export function withOrigins(text: string, origins: Origins): string {
  const withOrigin = (line: string) => {
    const [, subject = ''] = /^(?:[a-z\d ]+: )?(\w+)/.exec(line) ?? [];
    const words = new Set(line.match(/\w+/g));
    const named = [...words].filter(
      (word) => origins.has(word) && (word === subject || SETTING_NAMES.includes(word)),
    );
    const places = named.map((name, index) => `${name} ${index === 0 ? 'is ' : ''}from ${origins.get(name)}`);
    return places.length === 0 ? line : `${line} ${places.join(', ')}.`;
  };
  return text.split('\n').map(withOrigin).join('\n');
}
