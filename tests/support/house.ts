/** The files of the checkout, and who imports whom. */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { ROOT } from './bundle.ts';

/** Paths within the checkout, with slashes. */
export function filesIn(...folders: string[]): string[] {
  return folders.flatMap((name) => {
    const entries = readdirSync(join(ROOT, name), { recursive: true, encoding: 'utf8' });
    return entries
      .map((entry) => `${name}/${entry.split(sep).join('/')}`)
      .filter((path) => path.endsWith('.ts'));
  });
}

export const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

export interface Import {
  from: string;
  typeOnly: boolean;
}

/** What a file imports: local files as paths within the checkout (without `?text`), packages by name. */
export function importsOf(path: string): Import[] {
  const statements = read(path).matchAll(
    /^\s*(?:import|export)\s+(type\s)?(?:[\w*{}\s,]+?\sfrom\s+)?['"]([^'"]+)['"]/gm,
  );
  return [...statements].map(([, type, name = '']) => ({
    from: name.startsWith('.') ? local(path, name) : name,
    typeOnly: type !== undefined,
  }));
}

function local(path: string, name: string): string {
  const file = resolve(ROOT, dirname(path), name.replace(/\?(text|lazy)$/, ''));
  return relative(ROOT, file).split(sep).join('/');
}

/** Everything that a file needs at run time, directly or not. */
export function needs(path: string, seen = new Set<string>()): Set<string> {
  for (const { from, typeOnly } of importsOf(path)) {
    if (typeOnly || seen.has(from)) continue;
    seen.add(from);
    if (from.endsWith('.ts')) needs(from, seen);
  }
  return seen;
}

/** Of test scripts. */
export const SCRIPTS = readdirSync(join(ROOT, 'scripts')).map((name) => `scripts/${name}`);

/** Whether an import is of one of k6's own modules. */
export const isK6 = (name: string): boolean => /^k6($|\/)/.test(name);
