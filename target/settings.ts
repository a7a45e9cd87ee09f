import { checkSettings } from './checks.ts';
import type { Encryption } from './chatbot/encryption.ts';
import type { Faults } from './faults.ts';
import { readOptions } from './options.ts';

/** How the reference target behaves. Every time is in milliseconds unless said otherwise. */
export interface TargetSettings {
  /** Address to listen on. */
  host: string;
  /** TCP port to listen on; 0 takes any free one. */
  port: number;
  /** How frames on the chat socket are sealed. */
  encryption: Encryption;
  /** 64 hex digits; for `openssl` any passphrase; unused for `none`. */
  key: string;
  /** Allowed values of the Origin header; an empty list allows every http(s) origin on a loopback host. */
  origins: string[];
  /** From the arrival of a question to the first chunk of its answer. */
  firstChunkMs: number;
  /** Between two chunks of an answer. */
  gapMs: number;
  /** Chunks in an answer. */
  chunks: number;
  /** When not empty, question n (from 0, over the whole server) waits `delays[n % length]` instead of `firstChunkMs`. */
  delays: number[];
  /** Open sockets the target carries without slowing down; 0 is unlimited. */
  capacity: number;
  /** Extra delay of the first chunk at twice the capacity; see capacity.ts. */
  overloadMs: number;
  /** Seconds in the Retry-After header of what is refused with 429 or 503; 0 leaves the header out. */
  retryAfter: number;
  /** What goes wrong at every n-th request; see faults.ts. */
  faults: Faults;
}

/** The settings of a target that is told nothing. The key is public: it protects nothing but a demonstration. */
export const DEFAULT_SETTINGS: TargetSettings = {
  host: '127.0.0.1',
  port: 8000,
  encryption: 'aes-256-gcm',
  key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  origins: [],
  firstChunkMs: 600,
  gapMs: 100,
  chunks: 5,
  delays: [],
  capacity: 0,
  overloadMs: 30_000,
  retryAfter: 0,
  faults: {},
};

/** Fills what is missing with the defaults; throws an Error that names the first value that can't be used. */
export function completeSettings(given: Partial<TargetSettings>): TargetSettings {
  return checkSettings({ ...DEFAULT_SETTINGS, ...given });
}

/**
 * Reads settings from the texts of a command line or an environment: `host`, `port`, `encryption`, `key`, `origin`,
 * `firstChunkMs`, `gapMs`, `chunks`, `delays`, `capacity`, `overloadMs`, `retryAfter`, `faults`. `origin` and `delays`
 * are comma lists; `delays` may also be the path of a JSON file that holds an array of milliseconds; `faults` is what
 * `parseFaults` reads. What is undefined keeps its default and is absent from the result. Throws an Error that names
 * the option, its value and the remedy; unknown names are refused.
 */
export function targetSettingsFrom(options: Record<string, string | undefined>): Partial<TargetSettings> {
  const settings = readOptions(options);
  completeSettings(settings);
  return settings;
}
