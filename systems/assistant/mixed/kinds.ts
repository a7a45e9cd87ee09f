/** What `mixed-io` does at the same time, as values of the tag `kind`. Pure. */
export const KINDS = ['file', 'redis'] as const;

/** One of them. */
export type Kind = (typeof KINDS)[number];

/** The metrics of how much slower a kind is in the stage together, and of how many were compared. */
export const SLOWDOWNS = {
  file: { slowdown: 'file_operation_slowdown', compared: 'file_operations_compared' },
  redis: { slowdown: 'command_slowdown', compared: 'commands_compared' },
} as const;
