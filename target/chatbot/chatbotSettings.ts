/** The settings of the chatbot. */
import type { FaultPlan } from '../arrivals.ts';
import {
  choiceField,
  numberField,
  timeField,
  timesField,
  type Field,
  type Fields,
} from '../settingFields.ts';
import type { ChatbotFault } from './chatbotFaults.ts';
import { checkKey, ENCRYPTIONS, type Encryption } from './encryption.ts';

/** How the chatbot seals and times its answers. Every time is in milliseconds. */
export interface ChatbotOwnSettings {
  /** How frames on the chat socket are sealed. */
  encryption: Encryption;
  /** 64 hex digits; for `openssl` any passphrase; unused for `none`. */
  key: string;
  /** From the arrival of a question to the first chunk of its answer. */
  firstChunkMs: number;
  /** Between two chunks of an answer. */
  gapMs: number;
  /** Chunks in an answer. */
  chunks: number;
  /** When not empty, question n (from 0, over the whole server) waits `delays[n % length]` instead of `firstChunkMs`. */
  delays: number[];
}

/** The same, with what goes wrong. */
export interface ChatbotSettings extends ChatbotOwnSettings {
  /** What goes wrong at every n-th request; see chatbotFaults.ts. */
  faults: FaultPlan<ChatbotFault>;
}

/** The settings of a chatbot that is told nothing. The key is public: it protects nothing but a demonstration. */
export const CHATBOT_DEFAULTS: ChatbotOwnSettings = {
  encryption: 'aes-256-gcm',
  key: '000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',
  firstChunkMs: 600,
  gapMs: 100,
  chunks: 5,
  delays: [],
};

/** Which keys will do depends on the encryption, so `checkChatbot` says it. */
const key: Field<string> = {
  read: (_name, text) => text,
  check: () => undefined,
  help: { value: '<key>', words: '64 hex digits; default: a public demo key', env: 'ENCRYPTION_KEY' },
};

/** What is known of each setting of the chatbot. */
export const CHATBOT_FIELDS: Fields<ChatbotOwnSettings> = {
  encryption: choiceField(ENCRYPTIONS, {
    value: '<mode>',
    words: ENCRYPTIONS.join(', '),
    env: 'ENCRYPTION',
  }),
  key,
  firstChunkMs: timeField(`question to first chunk (default: ${CHATBOT_DEFAULTS.firstChunkMs})`),
  gapMs: timeField(`between two chunks (default: ${CHATBOT_DEFAULTS.gapMs})`),
  chunks: numberField(
    { least: 1, most: 10_000, whole: true },
    { value: '<count>', words: `chunks of an answer (default: ${CHATBOT_DEFAULTS.chunks})` },
  ),
  delays: timesField('ms, or a JSON file of ms: first chunk of question 0, 1, … in turn'),
};

/** Throws an Error that says which of these settings do not fit each other. */
export function checkChatbot({ encryption, key, chunks, faults }: ChatbotSettings): void {
  checkKey(encryption, key);
  if (faults['answer-gap'] === undefined || chunks > 1) return;
  throw new Error(
    `The target's fault answer-gap leaves a chunk out of an answer, but chunks is ${chunks}; give at least 2.`,
  );
}
