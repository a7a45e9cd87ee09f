/** The settings with which a script runs: what the user gave, the quick values, the key of a reference target. */
import { checkSettings, gatherSettings, wantsReferenceTarget, type Variables } from './environment.ts';
import { withOriginsNamed, withQuickOrigins, type Origins } from './settingOrigins.ts';
import { withQuickValues } from './quick.ts';
import { withReferenceKey } from './referenceTarget.ts';
import { note } from '../process/terminal.ts';

/** What the command line says of them. */
export interface SettingsOptions {
  /** `NAME=value`, each. */
  env?: readonly string[];
  quick?: boolean;
}

/** Checked settings. */
export interface RunSettings {
  variables: Variables;
  origins: Origins;
  usesReference: boolean;
}

/** Gathers and checks them for the script called `script`. Throws an InputError that lists everything wrong. */
export function settingsForRun(script: string, { env = [], quick }: SettingsOptions): RunSettings {
  const { variables: given, remark, origins: givenOrigins } = gatherSettings(env, process.env, process.cwd());
  if (remark !== undefined) note(remark);
  const wanted = quick === true ? withQuickValues(given, script) : given;
  const origins = withQuickOrigins(givenOrigins, given, wanted);
  const usesReference = wantsReferenceTarget(wanted);
  const variables = usesReference ? withReferenceKey(wanted) : wanted;
  try {
    checkSettings(variables);
  } catch (error) {
    throw withOriginsNamed(error, origins);
  }
  return { variables, origins, usesReference };
}
