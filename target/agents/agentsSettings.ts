/** The settings of the agents. */
import type { FaultPlan } from '../arrivals.ts';
import { numberField, timeField, timesField, type Fields } from '../settingFields.ts';
import type { AgentsFault } from './agentsFaults.ts';

/** How the agents time their responses, and how many sockets they take. Every time is in milliseconds. */
export interface AgentsOwnSettings {
  /** From the arrival of an agent's message to its response. Acks and pongs come at once. */
  agentDelayMs: number;
  /** When not empty, message n (from 0, over the whole server) waits `agentDelays[n % length]` instead. */
  agentDelays: number[];
  /** How much longer a response takes for each minute since the first message: the agents slow down with time. */
  agentSlowdownMs: number;
  /** Most sockets at a time; an upgrade beyond them is refused. 0 is unlimited. */
  agentLimit: number;
  /** The HTTP status that refuses it. */
  agentLimitStatus: number;
}

/** The same, with what goes wrong. */
export interface AgentsSettings extends AgentsOwnSettings {
  /** What goes wrong at every n-th request; see agentsFaults.ts. */
  faults: FaultPlan<AgentsFault>;
}

/** The settings of agents that are told nothing. */
export const AGENTS_DEFAULTS: AgentsOwnSettings = {
  agentDelayMs: 5,
  agentDelays: [],
  agentSlowdownMs: 0,
  agentLimit: 0,
  agentLimitStatus: 503,
};

/** What is known of each setting of the agents. */
export const AGENTS_FIELDS: Fields<AgentsOwnSettings> = {
  agentDelayMs: timeField(`agent's message to response (default: ${AGENTS_DEFAULTS.agentDelayMs})`),
  agentDelays: timesField('ms, or a JSON file of ms: response to message 0, 1, … in turn'),
  agentSlowdownMs: timeField('extra delay of a response per minute of the load (default: none)'),
  agentLimit: numberField(
    { least: 0, most: 1_000_000, whole: true },
    { value: '<sockets>', words: "agents' sockets at a time (default: no limit)" },
  ),
  agentLimitStatus: numberField(
    { least: 400, most: 599, whole: true },
    {
      value: '<status>',
      words: `HTTP status above that limit (default: ${AGENTS_DEFAULTS.agentLimitStatus})`,
    },
  ),
};
