/** The settings of the assistant. */
import type { FaultPlan } from '../arrivals.ts';
import type { Capacity } from '../requests/service.ts';
import { countField, numberField, timeField, type Fields } from '../settingFields.ts';
import type { AssistantEndpoint } from './assistantEndpoints.ts';
import type { AssistantFault } from './assistantFaults.ts';

/** How the assistant answers and keeps files. Every time is in milliseconds. */
export interface AssistantOwnSettings {
  /** What a chat costs: how long it is served. */
  assistantChatMs: number;
  /** What a file operation costs, besides its bytes. */
  assistantFileMs: number;
  /** Chats and file operations served at a time; the others wait in line. 0 is unlimited. */
  assistantCapacity: number;
  /** How long the event loop is blocked by work each time, whatever the load. 0 is never. */
  assistantBlockMs: number;
  /** From the end of such work to the next. */
  assistantBlockEveryMs: number;
}

/** The same, with what goes wrong. */
export interface AssistantSettings extends AssistantOwnSettings {
  /** What goes wrong at every n-th request; see assistantFaults.ts. */
  faults: FaultPlan<AssistantFault>;
}

/** The settings of an assistant that is told nothing. */
export const ASSISTANT_DEFAULTS: AssistantOwnSettings = {
  assistantChatMs: 0,
  assistantFileMs: 0,
  assistantCapacity: 0,
  assistantBlockMs: 0,
  assistantBlockEveryMs: 1000,
};

const HOUR_MS = 3_600_000;

const { assistantBlockEveryMs } = ASSISTANT_DEFAULTS;

/** What is known of each setting of the assistant. */
export const ASSISTANT_FIELDS: Fields<AssistantOwnSettings> = {
  assistantChatMs: timeField('what a chat of /api takes (default: none)'),
  assistantFileMs: timeField('what a file operation of /api takes (default: none)'),
  assistantCapacity: countField(
    0,
    '<requests>',
    'of /api/chat and /api/files at a time, the others wait (default: no limit)',
  ),
  assistantBlockMs: timeField('how long the event loop is blocked (default: never)'),
  assistantBlockEveryMs: numberField(
    { least: 1, most: HOUR_MS, whole: false },
    { value: '<ms>', words: `how often it is blocked (default: ${assistantBlockEveryMs})` },
  ),
};

/** Returns what a request of each endpoint costs, in milliseconds. */
export function assistantCosts(
  settings: AssistantOwnSettings,
): Record<Exclude<AssistantEndpoint, 'health'>, number> {
  const { assistantChatMs, assistantFileMs } = settings;
  return {
    chat: assistantChatMs,
    files_write: assistantFileMs,
    files_read: assistantFileMs,
    files_delete: assistantFileMs,
  };
}

/** Returns how many requests the assistant can carry. */
export function assistantCapacityOf({ assistantCapacity }: AssistantOwnSettings): Capacity {
  return { capacity: assistantCapacity, collapse: 0, afterCollapse: 'recover' };
}

/** Throws an Error that says which of these settings do not fit each other. */
export function checkAssistant(settings: AssistantOwnSettings): void {
  const { assistantCapacity } = settings;
  if (assistantCapacity === 0 || Object.values(assistantCosts(settings)).some((cost) => cost > 0)) return;
  throw new Error(
    `The target's assistantCapacity is ${assistantCapacity}, but no chat and no file operation takes time; ` +
      'give assistantChatMs or assistantFileMs, too.',
  );
}
