/** Settles everything about a run before k6 starts: script, settings, k6, plan, target. */
import type { Config } from '../lib/config.ts';
import {
  checkSettings,
  gatherVariables,
  wantsReferenceTarget,
  type Variables,
  takeWebhook,
} from './environment.ts';
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
  /** k6's web dashboard is there for browsers on this machine. */
  dashboard?: boolean;
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
  /** `ALERT_WEBHOOK`, which `variables` don't hold. */
  webhook: string | undefined;
  dashboard: boolean;
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
  const all = usesReference ? withReferenceKey(wanted) : wanted;
  checkSettings(all);
  const { webhook, rest: checked } = takeWebhook(all);
  const k6 = await findOrBuildK6(checked);
  const inspected = await inspectScript(k6, script.path, checked);
  const reference = usesReference ? await startReferenceTarget(checked) : undefined;
  const variables = { ...checked, ...reference?.addresses };
  const config = checkSettings(variables);
  const dashboard = options.dashboard === true;
  return { script, k6, variables, config, inspected, reference, k6Arguments, webhook, dashboard };
}
