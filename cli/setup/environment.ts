/** The settings of a run of the command: what the user gave, where it came from, and what k6 gets to see. */
import { resolve } from 'node:path';
import { readConfig, shownText } from '../../lib/before/config.ts';
import { OUTPUT } from '../../lib/before/settings/output.ts';
import type { CommonConfig } from '../../lib/before/settings/common.ts';
import {
  namesIn,
  refuseUnknownSettings,
  unknownSetting,
  unusedLookalikes,
} from '../../lib/before/settings/unknownNames.ts';
import { overridingVariables } from '../../lib/before/k6Options.ts';
import { InputError, type Environment } from '../../lib/words/settings.ts';
import { settingsIn, type Section, type Setting } from '../../lib/words/sections.ts';
import { SETTINGS } from './knownSettings.ts';
import { readDotEnv, type DotEnv } from './dotEnv.ts';
import { givenNames, originsOf, withOriginsNamed, type Origins } from './settingOrigins.ts';

/** Environment variables that may be changed before they are handed on. */
export type Variables = Record<string, string | undefined>;

/** What the user gave. */
export interface Given {
  variables: Variables;
  /** The same without what the command adds. */
  asGiven: Variables;
  origins: Origins;
  /** The names that `-e` has. */
  given: readonly string[];
}

/** Gathers the settings with their origins, whatever their names. Throws an InputError for what can't be read, or would change k6. */
export function gatherSettings(given: readonly string[], environment: Environment, folder: string): Given {
  const file = readDotEnv(folder);
  const origins = originsOf(given, environment, file);
  try {
    const variables = merged(given, environment, folder, file);
    return { variables, asGiven: variables, origins, given: givenNames(given) };
  } catch (error) {
    throw withOriginsNamed(error, origins);
  }
}

/**
 * A line about variables that resemble settings and are none, where there are any. Throws an InputError for slips of a
 * setting of these sections.
 */
export function checkNames({ asGiven, origins }: Given, sections: readonly Section[]): string | undefined {
  try {
    refuseUnknownSettings(asGiven, sections);
  } catch (error) {
    throw withOriginsNamed(error, origins);
  }
  return remarkOn(unusedLookalikes(asGiven, sections));
}

/** Throws an InputError for names given by `-e` that are no setting of these sections. */
export function refuseUnknownGiven({ given, origins }: Given, sections: readonly Section[]): void {
  const known = namesIn(sections);
  const unknown = given.filter((name) => !known.includes(name));
  const problems = unknown.map((name) => unknownSetting(name, sections));
  if (problems.length > 0) throw withOriginsNamed(new InputError(problems), origins);
}

const NAMED = 5;

function remarkOn(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `No settings of Crescendo, so not used: ${names.slice(0, NAMED).join(', ')}${more}.`;
}

/** `-e NAME=value` goes before the environment, and that before `.env` in the current folder. */
function merged(given: readonly string[], environment: Environment, folder: string, file: DotEnv): Variables {
  const variables: Variables = { ...file.variables, ...environment, ...parseGiven(given) };
  const overriding = overridingVariables(variables);
  if (overriding.length > 0) throw new InputError(overriding);
  for (const { env } of SETTINGS.filter(({ kind }) => kind === 'file')) {
    const path = variables[env]?.trim();
    if (path) variables[env] = resolve(folder, path);
  }
  return variables;
}

/** What may be shown of a malformed setting: behind its name could stand a key. */
function nameIn(text: string): string {
  const [name = ''] = /^\w*/.exec(text) ?? [];
  return name === text ? text : `${name}…`;
}

function parseGiven(given: readonly string[]): Variables {
  const problems: string[] = [];
  const entries = given.map((text): [string, string] => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === '')
      problems.push(
        `-e has "${nameIn(text)}": write a name, = and a value, such as -e RAMP_MAX_SESSIONS=100.`,
      );
    return [name, value];
  });
  if (problems.length > 0) throw new InputError(problems);
  return Object.fromEntries(entries);
}

/** The settings of these sections that say where the target is: what the reference target can stand for. */
export function addressesIn(sections: readonly Section[]): Setting[] {
  return settingsIn(sections).filter(({ ofTarget }) => ofTarget !== undefined && ofTarget.by !== 'redis');
}

/** Whether the variables leave the target open, so that the reference target is meant. */
export function wantsReferenceTarget(variables: Environment, sections: readonly Section[]): boolean {
  const addresses = addressesIn(sections);
  return addresses.length > 0 && addresses.every(({ env }) => !variables[env]?.trim());
}

/**
 * Reads and checks all settings of a script with these sections, which have at least what every script has. Throws an
 * InputError that lists everything wrong.
 */
export function checkSettings(variables: Environment, sections: readonly Section[]): CommonConfig {
  return readConfig(variables, sections) as unknown as CommonConfig;
}

/** The settings of these sections that differ from the defaults, without secrets: what a repetition of the run needs. */
export function givenSettings(
  variables: Environment,
  sections: readonly Section[],
  without: readonly string[],
): Record<string, string> {
  const told = settingsIn(sections).filter(({ env, inFiles, byCommand }) => {
    return inFiles !== 'masked' && !byCommand && !without.includes(env);
  });
  return Object.fromEntries(
    told.flatMap(({ env, inFiles }): [string, string][] => {
      const value = variables[env]?.trim();
      return value ? [[env, shownText(value, inFiles)]] : [];
    }),
  );
}

/** Takes the address out of the settings: it is a secret that neither k6 nor a file may see. */
export function takeWebhook(variables: Environment): { webhook: string | undefined; rest: Variables } {
  const { [OUTPUT.settings.alertWebhook.env]: webhook, ...rest } = variables;
  return { webhook: webhook?.trim() || undefined, rest };
}

/** How k6 talks and when it starts and ends, which is for the command to say. */
const FOR_THE_COMMAND = [
  'K6_CONSOLE_OUTPUT',
  'K6_LINGER',
  'K6_LOG_FORMAT',
  'K6_LOG_OUTPUT',
  'K6_PAUSED',
  'K6_SUMMARY_MODE',
];

/** What every k6 that we start sees: our variables but for the secret of alerts, no downloads, no usage report. */
export function k6Environment(variables: Environment): Variables {
  const own = Object.entries(takeWebhook(variables).rest);
  return {
    ...Object.fromEntries(own.filter(([name]) => !FOR_THE_COMMAND.includes(name))),
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    K6_NO_USAGE_REPORT: 'true',
  };
}
