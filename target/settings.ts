/** The settings of the target: the common ones, those of each part, and what goes wrong. */
import { COMMON_DEFAULTS, COMMON_FIELDS, type CommonSettings } from './commonSettings.ts';
import { parseFaults, type Faults } from './faults.ts';
import { checkParts, PART_DEFAULTS, PART_FIELDS, type PartSettings } from './parts.ts';
import { checkFields, readFields, type Field, type Fields } from './settingFields.ts';

/** How the reference target behaves. Every time is in milliseconds unless said otherwise. */
export interface TargetSettings extends CommonSettings, PartSettings {
  /** What goes wrong at every n-th request; see the list of faults of each part. */
  faults: Faults;
}

const faults: Field<Faults> = {
  read: (_name, text) => parseFaults(text),
  check: () => undefined,
  help: { value: '<list>', words: 'what breaks at every n-th: upgrade-502:5,answer-reset:13' },
};

/** What is known of each setting. */
export const SETTING_FIELDS: Fields<TargetSettings> = { ...COMMON_FIELDS, ...PART_FIELDS, faults };

/** The settings of a target that is told nothing. */
export const DEFAULT_SETTINGS: TargetSettings = { ...COMMON_DEFAULTS, ...PART_DEFAULTS, faults: {} };

/** Fills what is missing with the defaults; throws an Error that names the first value that can't be used. */
export function completeSettings(given: Partial<TargetSettings>): TargetSettings {
  const settings = { ...DEFAULT_SETTINGS, ...given };
  checkFields(SETTING_FIELDS, settings);
  checkParts(settings);
  return settings;
}

/**
 * Reads settings from the texts of a command line or an environment. The names are those of the settings, but `origin`
 * for the comma list of `origins`; `faults` is what `parseFaults` reads. What is undefined keeps its default and is
 * absent from the result. Throws an Error that names the option, its value and the remedy; unknown names are refused.
 */
export function targetSettingsFrom(options: Record<string, string | undefined>): Partial<TargetSettings> {
  const settings = readFields(SETTING_FIELDS, options);
  completeSettings(settings);
  return settings;
}
