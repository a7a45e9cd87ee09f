/** Settles everything about a run before k6 starts: script, settings, k6, plan, target. */
import type { Config } from '../../lib/before/config.ts';
import { checkSettings, type Variables, takeWebhook } from './environment.ts';
import { refuseK6Arguments } from '../k6/k6Arguments.ts';
import { findOrBuildK6, type K6 } from '../k6/k6Binary.ts';
import { inspectScript, type Inspected } from '../k6/k6Inspect.ts';
import { namingOrigins, type Origins } from './settingOrigins.ts';
import { startReferenceTarget, type ReferenceTarget } from './referenceTarget.ts';
import { settingsForRun, type RunSettings, type SettingsOptions } from './runSettings.ts';
import { findScript, type ScriptFile } from './scriptFile.ts';

/** What the command line says besides the script. */
export interface RunOptions extends SettingsOptions {
  reports: string;
  /** k6's web dashboard is there for browsers on this machine. */
  dashboard?: boolean;
}

/** Everything that is settled before k6 starts. */
export interface Prepared {
  script: ScriptFile;
  k6: K6;
  /** Settings that the script does not use are none of them, for they are no part of its run. */
  variables: Variables;
  /** What k6 gets: the variables, and the settings that the script does not use. */
  environment: Variables;
  /** Of the variables, for sentences that refuse one. */
  origins: Origins;
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
  const settings = settingsForRun(script.name, options);
  const dashboard = options.dashboard === true;
  const others = { script, origins: settings.origins, k6Arguments, dashboard };
  return namingOrigins(settings.origins, async () => ({ ...others, ...(await prepareK6(script, settings)) }));
}

type WithK6 = Pick<
  Prepared,
  'k6' | 'variables' | 'environment' | 'config' | 'inspected' | 'reference' | 'webhook'
>;

async function prepareK6(
  script: ScriptFile,
  { variables: all, usesReference }: RunSettings,
): Promise<WithK6> {
  const { webhook, rest: checked } = takeWebhook(all);
  const k6 = await findOrBuildK6(checked);
  const inspected = await inspectScript(k6, script.path, checked);
  const reference = usesReference ? await startReferenceTarget(checked) : undefined;
  const environment = { ...checked, ...reference?.addresses };
  const variables = without(environment, inspected.unused);
  return { k6, variables, environment, config: checkSettings(environment), inspected, reference, webhook };
}

function without(variables: Variables, names: readonly string[]): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}
