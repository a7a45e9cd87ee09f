/** The settings with which a script runs: what the user gave, the quick values, the key of a reference target. */
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';
import { gatherSettings, wantsReferenceTarget, type Given } from './environment.ts';
import { withFileOrigins, withQuickOrigins } from './settingOrigins.ts';
import { withQuickValues } from './quick.ts';
import { withReferenceKey } from './referenceTarget.ts';

/** What the command line says of them. */
export interface SettingsOptions {
  /** `NAME=value`, each. */
  env?: readonly string[];
  quick?: boolean;
  /** Settings that a file of somebody's sets; `env` goes before them, and they go before the environment. */
  fromFile?: SettingsOfFile;
}

/** Settings that stand in a file. */
export interface SettingsOfFile {
  /** How sentences call it. */
  file: string;
  values: Readonly<Record<string, string>>;
}

/**
 * Gathers the settings of this process, its folder and a command line, for the script called `script` where one is
 * named; nobody has checked them yet. Throws an InputError, with the origins in its sentences, for what can't be read.
 */
export function gatherForRun({ env = [], quick, fromFile }: SettingsOptions, script?: string): Given {
  const own = Object.entries(fromFile?.values ?? {}).map(([name, value]) => `${name}=${value}`);
  const gathered = gatherSettings([...own, ...env], process.env, process.cwd());
  const { variables: given } = gathered;
  const origins = withFileOrigins(gathered.origins, env, fromFile);
  const wanted = quick === true ? withQuickValues(given, script) : given;
  return {
    variables: wantsReferenceTarget(wanted, CHATBOT_SECTIONS) ? withReferenceKey(wanted) : wanted,
    origins: withQuickOrigins(origins, given, wanted),
    asGiven: given,
    given: gathered.given,
  };
}
