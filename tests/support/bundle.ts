/** Bundles k6 scripts into a temporary folder, as `node build.mjs` does into dist/. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

type BuildScripts = (entryPoints: string[], outdir: string) => Promise<void>;

const folder = mkdtempSync(join(tmpdir(), 'crescendo-test-scripts-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

const built = new Map<string, Promise<string>>();

/** Bundles `source` (a path within the checkout, such as `scripts/ramp.ts`) once and returns the bundle's path. */
export function bundle(source: string): Promise<string> {
  const known = built.get(source) ?? build(source);
  built.set(source, known);
  return known;
}

async function build(source: string): Promise<string> {
  const { buildScripts } = (await import(new URL('../../build.mjs', import.meta.url).href)) as {
    buildScripts: BuildScripts;
  };
  await buildScripts([source], folder);
  return join(folder, `${basename(source, '.ts')}.js`);
}
