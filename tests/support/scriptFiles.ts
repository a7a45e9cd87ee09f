/** What the files of scripts/ and thresholds/ say, read as text. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { LEVELS, type Level } from '../../lib/words/limits.ts';
import { ROOT } from './bundle.ts';

/** What a script says of its system and its load, and the expressions of its limits. */
export interface ScriptFile {
  name: string;
  system: string;
  load: string;
  defaults: Record<string, string>;
  limits: Record<Level, Record<string, string[]>>;
}

/** Limits for one level of the load by the metric and that level: `messages_answered @1000`. */
function flat(limits: Record<string, string[] | Record<string, string[]>>): Record<string, string[]> {
  const entries = Object.entries(limits).flatMap(([name, list]): [string, string[]][] =>
    Array.isArray(list)
      ? [[name, list]]
      : Object.entries(list).map(([metric, inner]) => [`${metric} ${name}`, inner]),
  );
  return Object.fromEntries(entries);
}

/** All scripts, by name. */
export function scriptFiles(): ScriptFile[] {
  return readdirSync(join(ROOT, 'scripts')).sort().map(scriptFile);
}

/** What stands for the scripts of others in systems that have none here: limits called like the system. */
export function otherScript(system: string): ScriptFile {
  return { name: system, system, load: '', defaults: {}, limits: limitsOf(system) };
}

function scriptFile(file: string): ScriptFile {
  const name = basename(file, '.ts');
  const source = readFileSync(join(ROOT, 'scripts', file), 'utf8');
  const [, system = ''] = /'\.\.\/systems\/([^/]+)\//.exec(source) ?? [];
  const [, load = ''] = /\bload: '(\w+)'/.exec(source) ?? [];
  const [, block = ''] = /^ {2}defaults: \{([^}]*)\}/m.exec(source) ?? [];
  const pairs = [...block.matchAll(/(\w+): '([^']*)'/g)].map(([, key = '', value = '']) => [key, value]);
  const defaults = Object.fromEntries(pairs) as Record<string, string>;
  return { name, system, load, defaults, limits: limitsOf(name) };
}

function limitsOf(name: string): ScriptFile['limits'] {
  const text = readFileSync(join(ROOT, 'thresholds', `${name}.json`), 'utf8');
  const given = JSON.parse(text) as Partial<ScriptFile['limits']>;
  const [target = {}, warning = {}, critical = {}] = LEVELS.map((level) => flat(given[level] ?? {}));
  return { target, warning, critical };
}
