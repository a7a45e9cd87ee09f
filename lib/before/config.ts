/** What a run makes of its settings: the configuration, and the parts of it for VUs, for files and for comparisons. Pure. */
import { isRecord } from '../words/jsonFields.ts';
import type { LoadName } from '../plans/load.ts';
import { withHiddenQuery, withoutCredentials } from '../words/query.ts';
import {
  isSetting,
  settingsIn,
  type ConfigOf,
  type Section,
  type Setting,
  type Settings,
  type VuConfigOf,
} from '../words/sections.ts';
import type { Environment } from '../words/settings.ts';
import type { Profile } from './profiles.ts';
import { SettingsReader } from './settings/reader.ts';

type Tree = Record<string, unknown>;

/** Reads and checks the settings of these sections. Throws an InputError that lists everything wrong, one sentence each. */
export function readConfig<const L extends readonly Section[]>(env: Environment, sections: L): ConfigOf<L> {
  const reader = new SettingsReader(env);
  for (const setting of settingsIn(sections)) reader.value(setting);
  const config = chosenFrom({}, sections, (setting) => [reader.value(setting)]);
  for (const section of sections) section.check?.(config, reader);
  reader.done();
  return config as ConfigOf<L>;
}

/** The part of a configuration that VUs read. */
export function sessionConfig<const L extends readonly Section[]>(
  config: ConfigOf<L>,
  sections: L,
): VuConfigOf<L> {
  return chosenFrom(config, sections, ({ vu }, value) => (vu ? [value] : [])) as VuConfigOf<L>;
}

/** A configuration for people and files: without secrets, and without what the summary has elsewhere. */
export function shownSettings(config: Tree, sections: readonly Section[]): Tree {
  return chosenFrom(config, sections, ({ inFiles }, value) => {
    if (inFiles === 'elsewhere') return [];
    if (inFiles === 'masked') return isUnset(value) ? [] : ['…'];
    return [typeof value === 'string' ? shownText(value, inFiles) : value];
  });
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === '' || (isRecord(value) && Object.keys(value).length === 0);
}

/** A text as it stands in files, where not all of it may. */
export function shownText(text: string, inFiles: Setting['inFiles']): string {
  if (inFiles === 'without user') return withoutCredentials(text);
  return inFiles === 'without query' ? withHiddenQuery(text) : text;
}

/** The names, in a configuration, of what shapes the load beside the plan: runs that differ in it can't be compared. */
export function shapingSettings(sections: readonly Section[]): string[] {
  const tree = chosenFrom({}, sections, ({ shapes }) => (shapes === 'load' ? [true] : []));
  return Object.keys(tree);
}

/** A tree with the names of the settings that are kept: `make` returns what stands for one, in an array, or an empty one. */
function chosenFrom(
  values: Tree,
  sections: readonly Section[],
  make: (setting: Setting, value: unknown) => readonly unknown[],
): Tree {
  return Object.assign({}, ...sections.map(({ settings }) => treeOf(settings, values, make))) as Tree;
}

function treeOf(
  settings: Settings,
  values: Tree,
  make: (setting: Setting, value: unknown) => readonly unknown[],
): Tree {
  const entries = Object.entries(settings).flatMap(([name, part]): [string, unknown][] => {
    const value = values[name];
    if (isSetting(part)) return part.kept === false ? [] : make(part, value).map((made) => [name, made]);
    const group = treeOf(part, isRecord(value) ? value : {}, make);
    return Object.keys(group).length === 0 ? [] : [[name, group]];
  });
  return Object.fromEntries(entries);
}

/** What decides which plan a run has. */
interface PlanChoice {
  profile: Profile | null;
  planFile: string | undefined;
}

/** The variables that a run with this kind of load does not use, because they make plans of other kinds. */
export function unusedSettings(load: LoadName, choice: PlanChoice, sections: readonly Section[]): string[] {
  return settingsIn(sections)
    .filter((setting) => setting.loads !== undefined && !isUsed(setting, load, choice))
    .map(({ env }) => env);
}

function isUsed({ loads, profilesOf }: Setting, load: LoadName, { profile, planFile }: PlanChoice): boolean {
  if (planFile !== undefined) return false;
  if (profile === 'breakpoint') return loads?.includes('ramp') === true;
  return loads?.includes(load) === true || (profile !== null && profilesOf?.includes(load) === true);
}
