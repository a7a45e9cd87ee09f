/**
 * The table of parts: the systems in the target. What each gives (faults, settings, routes, sockets, counts) stands in
 * its folder; a new system is a folder, and its name in each of the lists here.
 */
import { agents } from './agents/agents.ts';
import type { AgentsOwnSettings } from './agents/agentsSettings.ts';
import type { AgentsStats } from './agents/agentsStats.ts';
import { assistant } from './assistant/assistant.ts';
import type { AssistantOwnSettings } from './assistant/assistantSettings.ts';
import type { AssistantStats } from './assistant/assistantStats.ts';
import { chatbot } from './chatbot/chatbot.ts';
import type { ChatbotOwnSettings } from './chatbot/chatbotSettings.ts';
import type { ChatbotStats } from './chatbot/chatbotStats.ts';
import { graph } from './graph/graph.ts';
import type { GraphOwnSettings } from './graph/graphSettings.ts';
import type { GraphPartStats } from './graph/graphStats.ts';
import { messaging } from './messaging/messaging.ts';
import type { MessagingOwnSettings } from './messaging/messagingSettings.ts';
import type { MessagingStats } from './messaging/messagingStats.ts';
import type { FaultPlan } from './arrivals.ts';
import type { CommonSettings } from './commonSettings.ts';
import type { House, RunningPart } from './part.ts';
import type { Fields } from './settingFields.ts';

/** Every fault of every part, by name. */
export const FAULT_NAMES = [
  ...chatbot.faults,
  ...agents.faults,
  ...graph.faults,
  ...messaging.faults,
  ...assistant.faults,
] as const;

/** The name of one fault. */
export type FaultName = (typeof FAULT_NAMES)[number];

/** The settings that only one part has. */
export type PartSettings = ChatbotOwnSettings &
  AgentsOwnSettings &
  GraphOwnSettings &
  MessagingOwnSettings &
  AssistantOwnSettings;

/** What is known of each of them. */
export const PART_FIELDS: Fields<PartSettings> = {
  ...chatbot.fields,
  ...agents.fields,
  ...graph.fields,
  ...messaging.fields,
  ...assistant.fields,
};

/** What each of them is when nobody says otherwise. */
export const PART_DEFAULTS: PartSettings = {
  ...chatbot.defaults,
  ...agents.defaults,
  ...graph.defaults,
  ...messaging.defaults,
  ...assistant.defaults,
};

/** What the parts have counted. The chatbot was here first: its counts have no key of their own. */
export type PartStats = ChatbotStats & { agents: AgentsStats } & GraphPartStats & {
    messaging: MessagingStats;
    assistant: AssistantStats;
  };

/** All that a part may be told. */
export type SettingsOfParts = CommonSettings & PartSettings & { faults: FaultPlan<FaultName> };

/** Throws an Error that says which settings do not fit each other. */
export function checkParts(settings: SettingsOfParts): void {
  chatbot.check(settings);
  graph.check(settings);
  messaging.check(settings);
  assistant.check(settings);
}

/** Starts every part in a target that is about to listen. */
export function startParts(house: House, settings: SettingsOfParts): RunningPart<PartStats> {
  const runningGraph = graph.start(house, settings);
  const running = {
    chatbot: chatbot.start(house, settings),
    agents: agents.start(house, settings, runningGraph.broadcaster),
    graph: runningGraph,
    messaging: messaging.start(house, settings),
    assistant: assistant.start(house, settings),
  };
  return {
    sockets: () => Object.values(running).flatMap(({ sockets }) => sockets()),
    stats: () => ({
      ...running.chatbot.stats(),
      agents: running.agents.stats(),
      ...running.graph.stats(),
      messaging: running.messaging.stats(),
      assistant: running.assistant.stats(),
    }),
  };
}
