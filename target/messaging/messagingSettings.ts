/** The settings of the messaging platform. */
import type { FaultPlan } from '../arrivals.ts';
import { countField, numberField, textField, timeField, timesField, type Fields } from '../settingFields.ts';
import type { MessagingEndpoint } from './messagingEndpoints.ts';
import type { MessagingFault } from './messagingFaults.ts';

/** How the platform answers, notifies and takes files. Every time is in milliseconds unless said otherwise. */
export interface MessagingOwnSettings {
  /** Life of a token, in seconds. */
  tokenSeconds: number;
  /** The only password that is good; empty: every one is. */
  loginPassword: string;
  /** What a request of each endpoint costs: how long it is served. */
  loginMs: number;
  messageMs: number;
  conversationsMs: number;
  initiateMs: number;
  chunkMs: number;
  completeMs: number;
  /** Requests of /v1 that cost time served at a time; the others wait in line. 0 is unlimited. */
  requestCapacity: number;
  /** How many conversations there are: conv-1, conv-2 … */
  conversations: number;
  /** When not empty, notification n (from 0, over the whole server) waits `notificationDelays[n % length]`. */
  notificationDelays: number[];
  /** How much later a notification is that meets the fault `notification-late`. */
  notificationLateMs: number;
  /** The size of a chunk that the server dictates, in bytes. */
  chunkBytes: number;
  /** How much later a chunk is taken that meets the fault `chunk-slow`. */
  chunkSlowMs: number;
  /** Where the temporary folder for chunks is made; empty: where the system has such folders. */
  uploadFolder: string;
}

/** The same, with what goes wrong. */
export interface MessagingSettings extends MessagingOwnSettings {
  /** What goes wrong at every n-th request; see messagingFaults.ts. */
  faults: FaultPlan<MessagingFault>;
}

/** The settings of a messaging platform that is told nothing. */
export const MESSAGING_DEFAULTS: MessagingOwnSettings = {
  tokenSeconds: 300,
  loginPassword: '',
  loginMs: 0,
  messageMs: 0,
  conversationsMs: 0,
  initiateMs: 0,
  chunkMs: 0,
  completeMs: 0,
  requestCapacity: 0,
  conversations: 100,
  notificationDelays: [],
  notificationLateMs: 3000,
  chunkBytes: 10_485_760,
  chunkSlowMs: 6000,
  uploadFolder: '',
};

const MONTH_SECONDS = 31 * 86_400;
const MOST_CHUNK_BYTES = 1024 ** 3;

const { tokenSeconds, conversations, notificationLateMs, chunkBytes, chunkSlowMs } = MESSAGING_DEFAULTS;

/** What is known of each setting of the messaging platform. */
export const MESSAGING_FIELDS: Fields<MessagingOwnSettings> = {
  tokenSeconds: numberField(
    { least: 0.001, most: MONTH_SECONDS, whole: false },
    { value: '<s>', words: `life of a token of /v1, in seconds (default: ${tokenSeconds})` },
  ),
  loginPassword: textField({ value: '<text>', words: 'the only password that is good (default: any)' }),
  loginMs: timeField('what a log-in takes (default: none)'),
  messageMs: timeField('what a message takes (default: none)'),
  conversationsMs: timeField('what a list of conversations takes (default: none)'),
  initiateMs: timeField('what the begin of an upload takes (default: none)'),
  chunkMs: timeField('what a chunk takes, besides its bytes (default: none)'),
  completeMs: timeField('what the end of an upload takes (default: none)'),
  requestCapacity: countField(
    0,
    '<requests>',
    'of /v1 served at a time, the others wait (default: no limit)',
  ),
  conversations: countField(1, '<count>', `conversations there are (default: ${conversations})`, 100_000),
  notificationDelays: timesField('ms, or a JSON file of ms: notification 0, 1, … in turn'),
  notificationLateMs: timeField(`delay of fault notification-late (default: ${notificationLateMs})`),
  chunkBytes: countField(1, '<bytes>', `size of a chunk (default: ${chunkBytes})`, MOST_CHUNK_BYTES),
  chunkSlowMs: timeField(`delay of fault chunk-slow (default: ${chunkSlowMs})`),
  uploadFolder: textField({ value: '<path>', words: "where chunks are kept (default: the system's)" }),
};

/** Returns what a request of each endpoint costs, in milliseconds. */
export function messagingCosts(settings: MessagingOwnSettings): Record<MessagingEndpoint, number> {
  return {
    login: settings.loginMs,
    message: settings.messageMs,
    conversations: settings.conversationsMs,
    initiate: settings.initiateMs,
    chunk: settings.chunkMs,
    complete: settings.completeMs,
  };
}

/** Throws an Error that says which of these settings do not fit each other. */
export function checkMessaging(settings: MessagingOwnSettings): void {
  const { requestCapacity } = settings;
  if (requestCapacity === 0 || Object.values(messagingCosts(settings)).some((cost) => cost > 0)) return;
  throw new Error(
    `The target's requestCapacity is ${requestCapacity}, but no request of /v1 takes time; ` +
      'give loginMs, messageMs, conversationsMs, initiateMs, chunkMs or completeMs, too.',
  );
}
