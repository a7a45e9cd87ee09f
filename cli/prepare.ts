/** Settles everything about a run before k6 starts: script, settings, k6, plan, target. */
import type { Config } from '../lib/config.ts';
import { checkSettings, gatherVariables, wantsReferenceTarget, type Variables } from './environment.ts';
import { refuseK6Arguments } from './k6Arguments.ts';
import { findOrBuildK6, type K6 } from './k6Binary.ts';
import { inspectScript, type Inspected } from './k6Inspect.ts';
import { withQuickValues } from './quick.ts';
import { startReferenceTarget, withReferenceKey, type ReferenceTarget } from './referenceTarget.ts';
import { findScript, type ScriptFile } from './scriptFile.ts';

/** What the command line says besides the script. */
export interface RunOptions {
  /** `NAME=value`, each. */
  env?: readonly string[];
  quick?: boolean;
  reports: string;
}

/** Everything that is settled before k6 starts. */
export interface Prepared {
  script: ScriptFile;
  k6: K6;
  variables: Variables;
  config: Config;
  inspected: Inspected;
  reference: ReferenceTarget | undefined;
  k6Arguments: readonly string[];
}

/**
 * Prepares a run; `k6Arguments` are handed on. Throws an InputError for anything that is wrong with the input. The
 * reference target, which is started last, is the caller's to stop.
 */
export async function prepare(
  name: string,
  options: RunOptions,
  k6Arguments: readonly string[],
): Promise<Prepared> {
  refuseK6Arguments(k6Arguments);
  const script = findScript(name);
  const given = gatherVariables(options.env ?? [], process.env, process.cwd());
  const wanted = options.quick === true ? withQuickValues(given) : given;
  const usesReference = wantsReferenceTarget(wanted);
  const checked = usesReference ? withReferenceKey(wanted) : wanted;
  checkSettings(checked);
  const k6 = await findOrBuildK6(checked);
  const inspected = await inspectScript(k6, script.path, checked);
  const reference = usesReference ? await startReferenceTarget(checked) : undefined;
  const variables = { ...checked, ...reference?.addresses };
  return { script, k6, variables, config: checkSettings(variables), inspected, reference, k6Arguments };
}
