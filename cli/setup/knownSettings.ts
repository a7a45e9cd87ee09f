/** The settings that the command knows: those of the scripts of every system that there is. */
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';
import { settingsIn, type Setting } from '../../lib/words/sections.ts';

/** A line a system. */
export const SECTIONS = [...CHATBOT_SECTIONS] as const;

/** All settings. */
export const SETTINGS: readonly Setting[] = settingsIn(SECTIONS);

/** Their variables. */
export const SETTING_NAMES: readonly string[] = SETTINGS.map(({ env }) => env);
