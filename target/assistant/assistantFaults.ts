/** What can go wrong with the assistant. */

/**
 * Every fault of the assistant, by name. Its first words are the place where it is decided: `chat`, `file-write`,
 * `file-read` and `file-delete` are the requests of that endpoint, `api-health` those of `/api/health`; all are numbered
 * over the whole server. When several faults of one place fall on the same number, the one that stands first in this list
 * wins. What an outage refuses or loses is numbered too, but no fault falls on it.
 */
export const ASSISTANT_FAULTS = [
  // The chat is refused with 500.
  'chat-500',
  // The chat gets 200 with an empty reply.
  'chat-empty',
  // The operation is refused with 500, and nothing is done.
  'file-write-500',
  'file-read-500',
  // The content comes back with another first character, of the same length; an empty one as it is.
  'file-read-changed',
  'file-delete-500',
  // The look at the server's health is refused with 500.
  'api-health-500',
] as const;

/** The name of one fault. */
export type AssistantFault = (typeof ASSISTANT_FAULTS)[number];
