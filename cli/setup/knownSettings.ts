/** What the command knows of systems: a line each. */
import { readConfig } from '../../lib/before/config.ts';
import { COMMON } from '../../lib/before/settings/common.ts';
import { settingsIn, type Section, type Setting } from '../../lib/words/sections.ts';
import type { Environment } from '../../lib/words/settings.ts';
import { AGENTS_SECTIONS } from '../../systems/agents/settings.ts';
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';

/** What it must know of one. */
export interface KnownSystem {
  /** The settings of its scripts. */
  sections: readonly Section[];
  /** The script that makes one short visit, and what must be set for that. */
  trial: { script: string; settings: (variables: Environment) => Record<string, string> };
}

/** By the name that its vocabulary has. */
export const SYSTEMS: Readonly<Record<string, KnownSystem>> = {
  chatbot: { sections: CHATBOT_SECTIONS, trial: { script: 'burst', settings: oneQuestion } },
  agents: {
    sections: AGENTS_SECTIONS,
    trial: { script: 'stress', settings: () => ({ CONNECTIONS: '1', MESSAGES: '1', PROFILE: '' }) },
  },
};

/** The settings of the scripts of a system; of somebody's own system, those that every script has. */
export function sectionsOf(system: string): readonly Section[] {
  return Object.hasOwn(SYSTEMS, system) ? (SYSTEMS[system]?.sections ?? COMMON) : COMMON;
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
