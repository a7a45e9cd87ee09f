/** The settings with which a script runs: what the user gave, the quick values, the key of a reference target. */
import {
  checkSettings,
  gatherSettings,
  takeWebhook,
  wantsReferenceTarget,
  type Variables,
} from './environment.ts';
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
  /** Without `ALERT_WEBHOOK`. */
  variables: Variables;
  /** Of the variables, for sentences that refuse one. */
  origins: Origins;
  /** They leave the target open. */
  usesReference: boolean;
  /** `ALERT_WEBHOOK`. */
  webhook: string | undefined;
}

/** Settings that nobody has checked yet. */
export interface GatheredSettings {
  variables: Variables;
  origins: Origins;
  usesReference: boolean;
  /** A line about variables that resemble settings and are none, where there are any. */
  remark: string | undefined;
}

/**
 * Gathers the settings of this process, its folder and a command line, for the script called `script` where one is
 * named. Throws an InputError, with the origins in its sentences, for what can't be a setting.
 */
export function gatherForRun({ env = [], quick }: SettingsOptions, script?: string): GatheredSettings {
  const { variables: given, origins, remark } = gatherSettings(env, process.env, process.cwd());
  const wanted = quick === true ? withQuickValues(given, script) : given;
  const usesReference = wantsReferenceTarget(wanted);
  return {
    variables: usesReference ? withReferenceKey(wanted) : wanted,
    origins: withQuickOrigins(origins, given, wanted),
    usesReference,
    remark,
  };
}

/** Gathers and checks them for the script called `script`. Throws an InputError that lists everything wrong. */
export function settingsForRun(script: string, options: SettingsOptions): RunSettings {
  const { remark, variables, origins, usesReference } = gatherForRun(options, script);
  if (remark !== undefined) note(remark);
  try {
    checkSettings(variables);
  } catch (error) {
    throw withOriginsNamed(error, origins);
  }
  const { webhook, rest } = takeWebhook(variables);
  return { variables: rest, origins, usesReference, webhook };
}
