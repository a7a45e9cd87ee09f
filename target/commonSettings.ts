/** The settings that every system of the target has. */
import { isAbsoluteOrigin } from './origins.ts';
import { numberField, readList, timeField, type Field, type Fields } from './settingFields.ts';

/** Where the target listens, and what holds for all of its systems. Times are in milliseconds unless said otherwise. */
export interface CommonSettings {
  /** Address to listen on. */
  host: string;
  /** TCP port to listen on; 0 takes any free one. */
  port: number;
  /**
   * Allowed values of the Origin header. With an empty list the chatbot allows every http(s) origin on a loopback host,
   * and the other systems don't look at it.
   */
  origins: string[];
  /** Open sockets that each system carries without slowing down; 0 is unlimited. */
  capacity: number;
  /** Extra delay of an answer at twice the capacity; see capacity.ts. */
  overloadMs: number;
  /** Seconds in the Retry-After header of what is refused with 429 or 503; 0 leaves the header out. */
  retryAfter: number;
}

/** The common settings of a target that is told nothing. */
export const COMMON_DEFAULTS: CommonSettings = {
  host: '127.0.0.1',
  port: 8000,
  origins: [],
  capacity: 0,
  overloadMs: 30_000,
  retryAfter: 0,
};

const DAY_SECONDS = 86_400;

const host: Field<string> = {
  read: (_name, text) => text,
  check: (_name, text) => {
    if (/^[\w.:-]+$/.test(text)) return;
    throw new Error(`The target's host is "${text}"; give a host name or an address, like 127.0.0.1.`);
  },
  help: { value: '<address>', words: `address to listen on (default: ${COMMON_DEFAULTS.host})` },
};

const origins: Field<string[]> = {
  read: (_name, text) => readList(text),
  check: (_name, list) => list.forEach(checkOrigin),
  help: { option: 'origin', value: '<list>', words: 'allowed Origin headers (default: loopback hosts)' },
};

/** What is known of each common setting. */
export const COMMON_FIELDS: Fields<CommonSettings> = {
  host,
  port: numberField(
    { least: 0, most: 65_535, whole: true },
    { value: '<port>', words: `TCP port; 0 takes any free one (default: ${COMMON_DEFAULTS.port})` },
  ),
  origins,
  capacity: numberField(
    { least: 0, most: 1_000_000, whole: true },
    { value: '<sockets>', words: 'open sockets it carries without slowing down (default: no limit)' },
  ),
  overloadMs: timeField(`extra delay at twice the capacity (default: ${COMMON_DEFAULTS.overloadMs})`),
  retryAfter: numberField(
    { least: 0, most: DAY_SECONDS, whole: true },
    { value: '<s>', words: 'Retry-After header of 429 and 503, in seconds (default: none)' },
  ),
};

function checkOrigin(origin: string): void {
  if (isAbsoluteOrigin(origin)) return;
  throw new Error(
    `The target's origin "${origin}" is not an origin; give scheme, host and port only, like http://127.0.0.1:8000.`,
  );
}
