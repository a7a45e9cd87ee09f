import { readFileSync } from 'node:fs';
import { checkNumber, type NumberSetting } from './checks.ts';
import { ENCRYPTIONS, type Encryption } from './chatbot/encryption.ts';
import { parseFaults } from './faults.ts';
import type { TargetSettings } from './settings.ts';

type Reader = (text: string) => Partial<TargetSettings>;

const READERS = new Map<string, Reader>([
  ['host', (text) => ({ host: readHost(text) })],
  ['port', (text) => ({ port: readNumber('port', text) })],
  ['encryption', (text) => ({ encryption: readEncryption(text) })],
  ['key', (text) => ({ key: text })],
  ['origin', (text) => ({ origins: readList(text) })],
  ['firstChunkMs', (text) => ({ firstChunkMs: readNumber('firstChunkMs', text) })],
  ['gapMs', (text) => ({ gapMs: readNumber('gapMs', text) })],
  ['chunks', (text) => ({ chunks: readNumber('chunks', text) })],
  ['delays', (text) => ({ delays: readDelays(text) })],
  ['capacity', (text) => ({ capacity: readNumber('capacity', text) })],
  ['overloadMs', (text) => ({ overloadMs: readNumber('overloadMs', text) })],
  ['retryAfter', (text) => ({ retryAfter: readNumber('retryAfter', text) })],
  ['faults', (text) => ({ faults: parseFaults(text) })],
]);

/** Turns texts into settings, one by one; throws for an unknown name and for a text that its reader can't read. */
export function readOptions(options: Record<string, string | undefined>): Partial<TargetSettings> {
  const settings: Partial<TargetSettings> = {};
  for (const [name, text] of Object.entries(options)) {
    const reader = READERS.get(name);
    if (reader === undefined) throw unknownOption(name);
    if (text !== undefined) Object.assign(settings, reader(text));
  }
  return settings;
}

function unknownOption(name: string): Error {
  const names = [...READERS.keys()].join(', ');
  return new Error(`The target has no option "${name}"; the options are ${names}.`);
}

function readHost(text: string): string {
  if (/^[\w.:-]+$/.test(text)) return text;
  throw new Error(`The target's host is "${text}"; give a host name or an address, like 127.0.0.1.`);
}

function readEncryption(text: string): Encryption {
  const found = ENCRYPTIONS.find((name) => name === text);
  if (found !== undefined) return found;
  throw new Error(`The target's encryption is "${text}"; give one of ${ENCRYPTIONS.join(', ')}.`);
}

function readNumber(name: NumberSetting, text: string): number {
  const value = /^\s*\d+(\.\d+)?\s*$/.test(text) ? Number(text) : NaN;
  return checkNumber(name, value, text);
}

function readList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function readDelays(text: string): number[] {
  if (!/[^\d\s.,-]/.test(text)) return readList(text).map((part) => readNumber('delays', part));
  const values = readJsonArray(text);
  return values.map((value) => readNumber('delays', String(value)));
}

function readJsonArray(path: string): unknown[] {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw unreadableDelays(path, error instanceof Error ? error.message : String(error));
  }
  if (Array.isArray(value)) return value;
  throw unreadableDelays(path, 'it holds no array');
}

function unreadableDelays(path: string, reason: string): Error {
  return new Error(
    `The target's delays are "${path}", which is not a readable JSON file of delays (${reason}); ` +
      'give a comma list of milliseconds or the path of a JSON file with an array of them.',
  );
}
