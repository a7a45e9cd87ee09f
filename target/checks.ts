import { checkKey, ENCRYPTIONS } from './chatbot/encryption.ts';
import { isAbsoluteOrigin } from './origins.ts';
import type { TargetSettings } from './settings.ts';

const HOUR_MS = 3_600_000;
const DAY_SECONDS = 86_400;

const RANGES = {
  port: { least: 0, most: 65_535, whole: true },
  firstChunkMs: { least: 0, most: HOUR_MS, whole: false },
  gapMs: { least: 0, most: HOUR_MS, whole: false },
  chunks: { least: 1, most: 10_000, whole: true },
  delays: { least: 0, most: HOUR_MS, whole: false },
  capacity: { least: 0, most: 1_000_000, whole: true },
  overloadMs: { least: 0, most: HOUR_MS, whole: false },
  retryAfter: { least: 0, most: DAY_SECONDS, whole: true },
};

const SINGLE_NUMBERS = [
  'port',
  'firstChunkMs',
  'gapMs',
  'chunks',
  'capacity',
  'overloadMs',
  'retryAfter',
] as const;

/** A setting whose value is a number, or a list of numbers. */
export type NumberSetting = keyof typeof RANGES;

/** Returns `value` if it lies in the range of the setting `name`; throws an Error that quotes `shown` otherwise. */
export function checkNumber(name: NumberSetting, value: number, shown = String(value)): number {
  const { least, most, whole } = RANGES[name];
  if (value >= least && value <= most && (!whole || Number.isInteger(value))) return value;
  const kind = whole ? 'whole number' : 'number';
  throw new Error(`The target's ${name} is "${shown}"; give a ${kind} from ${least} to ${most}.`);
}

/** Returns `settings`; throws an Error that names the first value that can't be used. */
export function checkSettings(settings: TargetSettings): TargetSettings {
  for (const name of SINGLE_NUMBERS) checkNumber(name, settings[name]);
  for (const delay of settings.delays) checkNumber('delays', delay);
  checkEncryption(settings);
  settings.origins.forEach(checkOrigin);
  checkGap(settings);
  return settings;
}

function checkEncryption({ encryption, key }: TargetSettings): void {
  if (!ENCRYPTIONS.includes(encryption)) {
    throw new Error(`The target's encryption is "${encryption}"; give one of ${ENCRYPTIONS.join(', ')}.`);
  }
  checkKey(encryption, key);
}

function checkOrigin(origin: string): void {
  if (isAbsoluteOrigin(origin)) return;
  throw new Error(
    `The target's origin "${origin}" is not an origin; give scheme, host and port only, like http://127.0.0.1:8000.`,
  );
}

function checkGap({ chunks, faults }: TargetSettings): void {
  if (faults['answer-gap'] === undefined || chunks > 1) return;
  throw new Error(
    `The target's fault answer-gap leaves a chunk out of an answer, but chunks is ${chunks}; give at least 2.`,
  );
}
