/** The settings of a run of the command: what the user gave, where it came from, and what k6 gets to see. */
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'dotenv';
import { readConfig, refuseUnknownSettings, SETTINGS, unknownSetting, type Config } from '../lib/config.ts';
import { overridingVariables } from '../lib/k6Options.ts';
import { InputError, type Environment } from '../lib/settings.ts';
import { messageOf } from './terminal.ts';

/** Environment variables that may be changed before they are handed on. */
export type Variables = Record<string, string | undefined>;

/**
 * Merges the settings: `-e NAME=value` before the environment before `.env` in the current folder.
 * Throws an InputError for a malformed or unknown `-e`, and for variables of k6 that would change the run.
 */
export function gatherVariables(
  given: readonly string[],
  environment: Environment,
  folder: string,
): Variables {
  const variables: Variables = { ...readDotEnv(folder), ...environment, ...parseGiven(given) };
  const overriding = overridingVariables(variables);
  if (overriding.length > 0) throw new InputError(overriding);
  for (const name of ['THRESHOLDS_FILE', 'QUESTIONS_FILE', 'PLAN_FILE']) {
    const path = variables[name]?.trim();
    if (path) variables[name] = resolve(folder, path);
  }
  return variables;
}

/** The variables of `.env` in a folder; none when there is no such file. Throws an InputError when it can't be read. */
export function readDotEnv(folder: string): Variables {
  const file = join(folder, '.env');
  try {
    return parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new InputError([`.env can't be read (${messageOf(error)}). Correct or remove it.`]);
  }
}

/** What may be shown of a malformed setting: behind its name could stand a key. */
function nameIn(text: string): string {
  const [name = ''] = /^\w*/.exec(text) ?? [];
  return name === text ? text : `${name}…`;
}

function parseGiven(given: readonly string[]): Variables {
  const known = SETTINGS();
  const problems: string[] = [];
  const entries = given.map((text): [string, string] => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (name === '')
      problems.push(
        `-e has "${nameIn(text)}": write a name, = and a value, such as -e RAMP_MAX_SESSIONS=100.`,
      );
    else if (!known.includes(name)) problems.push(unknownSetting(name));
    return [name, value];
  });
  if (problems.length > 0) throw new InputError(problems);
  return Object.fromEntries(entries);
}

/** Whether the variables leave the target open, so that the reference target is meant. */
export function wantsReferenceTarget(variables: Environment): boolean {
  return !variables['API_BASE_URL']?.trim() && !variables['WEBSOCKET_BASE_URL']?.trim();
}

/** Reads and checks all settings. Throws an InputError that lists everything wrong. */
export function checkSettings(variables: Environment): Config {
  refuseUnknownSettings(variables);
  return readConfig(variables);
}

/** The settings that differ from the defaults, without secrets: what a repetition of the run needs. */
export function givenSettings(variables: Environment, without: readonly string[]): Record<string, string> {
  const hidden = ['ENCRYPTION_KEY', 'ALERT_WEBHOOK', 'SUMMARY_FILE', 'REPORT_FILE', ...without];
  const names = SETTINGS().filter((name) => !hidden.includes(name));
  return Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const value = variables[name]?.trim();
      return value ? [[name, value]] : [];
    }),
  );
}

/** Takes the address out of the settings: it is a secret that neither k6 nor a file may see. */
export function takeWebhook(variables: Environment): { webhook: string | undefined; rest: Variables } {
  const { ALERT_WEBHOOK: webhook, ...rest } = variables;
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
