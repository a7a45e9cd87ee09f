/** What `k6 version` says. Pure. */

/** A version of k6 and its extensions, by the names that scripts import (`k6/x/redis`). */
export interface K6Version {
  /** `2.2.0`, or `2.3.0-rc1`. */
  version: string;
  extensions: string[];
}

/** The oldest k6 that runs our scripts. */
export const OLDEST_K6 = '2.2.0';

/** Reads the output of `k6 version`; `undefined` when it is not that. */
export function parseK6Version(output: string): K6Version | undefined {
  const version = /^k6(?:\.exe)? v(\d+\.\d+\.\d+\S*)/m.exec(output)?.[1];
  if (version === undefined) return undefined;
  const extensions = [...output.matchAll(/^\s+\S+ \S+, (\S+) \[/gm)].map(([, name = '']) => name);
  return { version, extensions };
}

/** Whether a version is at least the oldest that we can use; what follows the three numbers does not count. */
export function isRecent(version: string): boolean {
  const [wanted, found] = [OLDEST_K6, version].map((text) => text.split(/[.+-]/).slice(0, 3).map(Number));
  for (const [index, least] of (wanted ?? []).entries()) {
    const part = found?.[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** `2.2.0, with k6/x/redis`. */
export function describeVersion({ version, extensions }: K6Version): string {
  return extensions.length === 0 ? version : `${version}, with ${extensions.join(', ')}`;
}
