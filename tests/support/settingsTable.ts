/** The README's table of settings, made of their data and of the scripts that have other defaults. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isDerived } from '../../lib/before/settings/reader.ts';
import { settingsIn, type Section, type Setting } from '../../lib/words/sections.ts';
import { ROOT } from './bundle.ts';

/** What a script says of its load. */
interface Script {
  name: string;
  system: string;
  load: string;
  defaults: Record<string, string>;
}

/** Markdown of the settings that a system's scripts have; each line is a row. */
export function settingsTable(sections: readonly Section[], system: string): string {
  const scripts = readdirSync(join(ROOT, 'scripts'))
    .map(scriptOf)
    .filter((script) => script.system === system);
  const rows = settingsIn(sections).map((setting) => rowOf(setting, scripts));
  return ['| setting | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function scriptOf(file: string): Script {
  const source = readFileSync(join(ROOT, 'scripts', file), 'utf8');
  const [, load = ''] = /\bload: '(\w+)'/.exec(source) ?? [];
  const [, block = ''] = /\bdefaults: \{([^}]*)\}/.exec(source) ?? [];
  const pairs = [...block.matchAll(/(\w+): '([^']*)'/g)].map(([, name = '', value = '']) => [name, value]);
  const [, system = ''] = /systems\/(\w+)\//.exec(source) ?? [];
  return {
    name: basename(file, '.ts'),
    system,
    load,
    defaults: Object.fromEntries(pairs) as Record<string, string>,
  };
}

function rowOf(setting: Setting, scripts: readonly Script[]): string {
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
function otherDefaults(setting: Setting, scripts: readonly Script[]): string[] {
  return scripts.flatMap(({ name, defaults: { [setting.env]: own } }) =>
    own === undefined || own === plainDefault(setting) ? [] : [`\`${name}\` ${shown(own)}`],
  );
}

/** The scripts with a kind of load that the setting is for. */
function users({ loads }: Setting, scripts: readonly Script[]): string {
  if (loads === undefined) return '';
  const names = scripts.filter(({ load }) => loads.some((name) => name === load)).map(({ name }) => name);
  return names.length === 0 ? '' : `${names.map((name) => `\`${name}\``).join(', ')}: `;
}

function choices(setting: Setting): string {
  if (setting.kind !== 'choice') return '';
  return ` (${setting.choices.map((choice) => `\`${choice}\``).join(', ')})`;
}
