/** What the command knows of systems: a line each. */
import { readConfig } from '../../lib/before/config.ts';
import { COMMON } from '../../lib/before/settings/common.ts';
import { settingsIn, type Section, type Setting } from '../../lib/words/sections.ts';
import type { Environment } from '../../lib/words/settings.ts';
import { AGENTS_SECTIONS } from '../../systems/agents/settings.ts';
import { CHAT_SECTIONS } from '../../systems/assistant/chat/chatSettings.ts';
import { HOSTS_SECTIONS } from '../../systems/assistant/hosts/hostsSettings.ts';
import { MIXED_SECTIONS } from '../../systems/assistant/mixed/mixedSettings.ts';
import { REDIS_SECTIONS } from '../../systems/assistant/redis/redisSettings.ts';
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';
import { TURN_SECTIONS } from '../../systems/chatbot/turns/turnSettings.ts';
import { API_SECTIONS } from '../../systems/graph/api/apiSettings.ts';
import { BROADCAST_SECTIONS } from '../../systems/graph/broadcast/broadcastSettings.ts';
import { CONNECTIONS_SECTIONS } from '../../systems/graph/connections/connectionsSettings.ts';
import { RECONNECT_SECTIONS } from '../../systems/graph/reconnect/reconnectSettings.ts';
import { NOTIFICATIONS_SECTIONS } from '../../systems/messaging/notifications/notificationsSettings.ts';
import { MESSAGES_SECTIONS } from '../../systems/messaging/api/messagesSettings.ts';
import { UPLOAD_SECTIONS } from '../../systems/messaging/upload/uploadSettings.ts';

/** What it must know of one. */
export interface KnownSystem {
  /** The settings of its scripts. */
  sections: readonly Section[];
  /** Those of each, where they differ. */
  ofScripts?: Readonly<Record<string, readonly Section[]>>;
  /** The script that makes one short visit, and what must be set for that; none where no setting says that it is meant. */
  trial?: { script: string; settings: (variables: Environment) => Record<string, string> };
}

const GRAPH_SCRIPTS: Readonly<Record<string, readonly Section[]>> = {
  connections: CONNECTIONS_SECTIONS,
  broadcast: BROADCAST_SECTIONS,
  reconnect: RECONNECT_SECTIONS,
  'graph-api': API_SECTIONS,
};

const MESSAGING_SCRIPTS: Readonly<Record<string, readonly Section[]>> = {
  'messages-api': MESSAGES_SECTIONS,
  sustained: MESSAGES_SECTIONS,
  upload: UPLOAD_SECTIONS,
  notifications: NOTIFICATIONS_SECTIONS,
};

const ASSISTANT_SCRIPTS: Readonly<Record<string, readonly Section[]>> = {
  'chat-http': CHAT_SECTIONS,
  redis: REDIS_SECTIONS,
  'mixed-io': MIXED_SECTIONS,
  hosts: HOSTS_SECTIONS,
};

/** By the name that its vocabulary has. */
export const SYSTEMS: Readonly<Record<string, KnownSystem>> = {
  chatbot: { sections: CHATBOT_SECTIONS, trial: { script: 'burst', settings: oneQuestion } },
  turns: { sections: TURN_SECTIONS },
  agents: {
    sections: AGENTS_SECTIONS,
    trial: { script: 'stress', settings: () => ({ CONNECTIONS: '1', MESSAGES: '1', PROFILE: '' }) },
  },
  graph: { sections: sectionsIn(GRAPH_SCRIPTS), ofScripts: GRAPH_SCRIPTS },
  messaging: { sections: sectionsIn(MESSAGING_SCRIPTS), ofScripts: MESSAGING_SCRIPTS },
  assistant: { sections: sectionsIn(ASSISTANT_SCRIPTS), ofScripts: ASSISTANT_SCRIPTS },
};

function sectionsIn(scripts: Readonly<Record<string, readonly Section[]>>): readonly Section[] {
  return [...new Set(Object.values(scripts).flat())];
}

/** The settings of a system's script; of somebody's own system, those that every script has. */
export function sectionsOf(system: string, script: string): readonly Section[] {
  const known = Object.hasOwn(SYSTEMS, system) ? SYSTEMS[system] : undefined;
  return known?.ofScripts?.[script] ?? known?.sections ?? COMMON;
}

/** Those of every system. */
export const SECTIONS: readonly Section[] = [
  ...new Set(Object.values(SYSTEMS).flatMap(({ sections }) => sections)),
];

/** All settings; a variable of several systems stands here for each. */
export const SETTINGS: readonly Setting[] = settingsIn(SECTIONS);

/** Their variables. */
export const SETTING_NAMES: readonly string[] = [...new Set(SETTINGS.map(({ env }) => env))];

/** The first question of the first pool that a session would ask. */
function oneQuestion(variables: Environment): Record<string, string> {
  const [pool = ''] = readConfig(variables, CHATBOT_SECTIONS).questions.split(/[:,]/);
  return { NUM_SESSIONS: '1', QUESTIONS: `${pool.trim()}:1` };
}
