/** The table of settings in the docs, made of their data and of the scripts that have other defaults. */
import { isDerived } from '../../lib/before/settings/reader.ts';
import { settingsIn, type Section, type Setting } from '../../lib/words/sections.ts';
import { AGENTS_SECTIONS } from '../../systems/agents/settings.ts';
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';
import { MESSAGES_SECTIONS } from '../../systems/messaging/api/messagesSettings.ts';
import { NOTIFICATIONS_SECTIONS } from '../../systems/messaging/notifications/notificationsSettings.ts';
import { scriptFiles, type ScriptFile } from './scriptFiles.ts';

/** Markdown; each line is a row. */
export function settingsTable(sections: readonly Section[]): string {
  const scripts = scriptFiles();
  const rows = settingsIn(sections).map((setting) =>
    rowOf(
      setting,
      scripts.filter((script) => reads(script, setting)),
    ),
  );
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function rowOf(setting: Setting, scripts: readonly ScriptFile[]): string {
  const defaults = [ownDefault(setting), ...otherDefaults(setting, scripts)].join('; ');
  return `| \`${setting.env}\` | ${defaults} | ${users(setting, scripts)}${setting.meaning}${choices(setting)} |`;
}

function ownDefault(setting: Setting): string {
  if (isDerived(setting.default)) return setting.default.is;
  const value = plainDefault(setting);
  return value === '' ? (setting.otherwise ?? '–') : shown(value);
}

function plainDefault({ default: value }: Setting): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : '';
}

const shown = (value: string): string => (/^[\d.]+$/.test(value) ? value : `\`${value}\``);

/** Of scripts that have another one. */
function otherDefaults(setting: Setting, scripts: readonly ScriptFile[]): string[] {
  return scripts.flatMap(({ name, defaults: { [setting.env]: own } }) =>
    own === undefined || own === plainDefault(setting) ? [] : [`\`${name}\` ${shown(own)}`],
  );
}

/** The scripts with a kind of load that the setting is for; empty where there are none. */
function users({ loads }: Setting, scripts: readonly ScriptFile[]): string {
  if (loads === undefined) return '';
  const names = scripts.filter(({ load }) => loads.some((name) => name === load)).map(({ name }) => name);
  return names.length === 0 ? '' : `${names.map((name) => `\`${name}\``).join(', ')}: `;
}

function choices(setting: Setting): string {
  if (setting.kind !== 'choice') return '';
  return ` (${setting.choices.map((choice) => `\`${choice}\``).join(', ')})`;
}

/** Whether a script reads a setting. */
function reads({ name, system }: ScriptFile, { env }: Setting): boolean {
  const sections: Record<string, readonly Section[]> = {
    chatbot: CHATBOT_SECTIONS,
    agents: AGENTS_SECTIONS,
    messaging: name === 'notifications' ? NOTIFICATIONS_SECTIONS : MESSAGES_SECTIONS,
  };
  return settingsIn(sections[system] ?? []).some((setting) => setting.env === env);
}
