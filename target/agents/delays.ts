/** How long the agents think. */
import { overloadDelay } from '../capacity.ts';
import type { CommonSettings } from '../commonSettings.ts';
import type { AgentsOwnSettings } from './agentsSettings.ts';

/** The settings that make a delay. */
export type DelaySettings = Pick<CommonSettings, 'capacity' | 'overloadMs'> &
  Pick<AgentsOwnSettings, 'agentDelayMs' | 'agentDelays' | 'agentSlowdownMs'>;

/** When a message came, and how much there was to do. */
export interface Load {
  /** Of the message, from 0, over the whole server. */
  index: number;
  /** Sockets open. */
  open: number;
  /** Milliseconds since the first message. */
  sinceFirstMs: number;
}

const MINUTE_MS = 60_000;

/** Returns how many milliseconds the response to a message takes. */
export function delayOf(settings: DelaySettings, { index, open, sinceFirstMs }: Load): number {
  const { agentDelayMs, agentDelays, agentSlowdownMs, capacity, overloadMs } = settings;
  const planned = agentDelays[index % agentDelays.length] ?? agentDelayMs;
  return planned + agentSlowdownMs * (sinceFirstMs / MINUTE_MS) + overloadDelay(open, capacity, overloadMs);
}
