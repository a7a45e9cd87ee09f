/** Variables that are no settings, but may have been meant for one. Pure. */
import { settingsIn, type Section } from '../../words/sections.ts';
import { closest, InputError, type Environment } from '../../words/settings.ts';
import { isNearMiss } from './nearMiss.ts';

/** What Kubernetes sets in every container for a service, be it called "websocket". */
const KUBERNETES = /_(SERVICE_(HOST|PORT)|PORT)(_|$)/;

/** The variables of the settings in these sections. */
export function namesIn(sections: readonly Section[]): string[] {
  return settingsIn(sections).map(({ env }) => env);
}

/**
 * Throws an InputError for names that were clearly meant for us: near misses of a setting that is not set. Other
 * names are somebody else's, for k6 hands over the whole environment of the shell.
 */
export function refuseUnknownSettings(env: Environment, sections: readonly Section[]): void {
  const unset = namesIn(sections).filter((name) => !env[name]?.trim());
  const problems = unknownNames(env, sections).flatMap((name) => {
    const meant = unset.find((setting) => isNearMiss(name, setting));
    return meant === undefined ? [] : [sentenceFor(name, meant)];
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** Names that resemble settings, and that nobody reads: they may be somebody else's, or forgotten ones of ours. */
export function unusedLookalikes(env: Environment, sections: readonly Section[]): string[] {
  const known = namesIn(sections);
  const families = sections.flatMap(({ families: some = [] }) => some);
  return unknownNames(env, sections).filter((name) => {
    const resembled = closest(name, known);
    const isOfFamily = families.some((family) => name.startsWith(`${family}_`));
    return isOfFamily || (resembled !== undefined && sameStart(name, resembled));
  });
}

function unknownNames(env: Environment, sections: readonly Section[]): string[] {
  const known = namesIn(sections);
  return Object.keys(env).filter((name) => !known.includes(name) && !KUBERNETES.test(name));
}

/** `APP_BASE_URL` is somebody else's name and does not resemble `API_BASE_URL`; `ENCRYPTON_KEY` does ours. */
function sameStart(name: string, resembled: string): boolean {
  const [start = '', other = ''] = [name.split('_')[0], resembled.split('_')[0]];
  return start === other || start.length >= 6;
}

/** The sentence for a name that is no setting. */
export function unknownSetting(name: string, sections: readonly Section[]): string {
  return sentenceFor(name, closest(name.toUpperCase(), namesIn(sections)));
}

function sentenceFor(name: string, meant: string | undefined): string {
  const hint =
    meant === undefined ? 'The page docs/settings.md leads to all settings.' : `Did you mean ${meant}?`;
  return `${name} is not a setting of Crescendo. ${hint}`;
}
