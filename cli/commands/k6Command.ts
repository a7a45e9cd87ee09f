/** `crescendo k6`: says which k6 is used, and builds it if there is none. */
import { readDotEnv } from '../setup/dotEnv.ts';
import { findOrBuildK6, ownBuild } from '../k6/k6Binary.ts';
import { describeVersion } from '../k6/k6Version.ts';
import { say } from '../process/terminal.ts';

/** Prints path and version on stdout. Throws an InputError with what to do when no k6 can be had. */
export async function printK6(options: { build?: boolean; path?: boolean }): Promise<void> {
  const variables = { ...readDotEnv(process.cwd()).variables, ...process.env };
  const k6 = await (options.build === true ? ownBuild(variables) : findOrBuildK6(variables));
  say(k6.path);
  if (options.path !== true)
    say(`k6 ${describeVersion(k6)} (${k6.origin === 'own build' ? k6.origin : `from ${k6.origin}`})`);
}
