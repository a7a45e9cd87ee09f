/**
 * Builds dist/: a self-contained k6 script per file in scripts/, the command and the reference target. With paths as
 * arguments (`node build.mjs examples/support-desk/support-desk.ts`): only these scripts, into dist/ too.
 */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { codeAsData } from './build/codeAsData.mjs';
import { inFunction } from './build/inFunction.mjs';

const root = dirname(fileURLToPath(import.meta.url));

const shared = {
  bundle: true,
  sourcemap: true,
  logLevel: 'warning',
  absWorkingDir: root,
  legalComments: 'none',
};

/** What is in each script besides our own, for its start and its end. */
const LIBRARIES = [
  'csv-parse 7, (c) Adaltas, MIT licence: github.com/adaltas/node-csv',
  'd3-array 3, (c) Mike Bostock, ISC licence: github.com/d3/d3-array',
  'damerau-levenshtein 1, (c) Tadeusz Łazurski, BSD-2-Clause licence: github.com/tad-lispy/node-damerau-levenshtein',
  'get-east-asian-width 1, (c) Sindre Sorhus, MIT licence: github.com/sindresorhus/get-east-asian-width',
  'jsonc-parser 3, (c) Microsoft, MIT licence: github.com/microsoft/node-jsonc-parser',
];

/** k6 scripts: run by Sobek, which knows ES2022; k6's own modules stay imports. */
export async function buildScripts(entryPoints, outdir, plugins = []) {
  const { outputFiles } = await build({
    ...shared,
    entryPoints,
    outdir,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2022',
    footer: { js: `/*! with ${LIBRARIES.join('; ')} */` },
    external: ['k6', 'k6/*'],
    plugins: [...plugins, codeAsData],
  });
  await mkdir(resolve(root, outdir), { recursive: true });
  for (const { path, text, contents } of outputFiles)
    await writeFile(path, path.endsWith('.js') ? inFunction(text) : contents);
}

/** The command and the target: run by Node, with their packages from node_modules. */
async function buildCommand() {
  await build({
    ...shared,
    entryPoints: { 'cli/crescendo': 'cli/crescendo.ts' },
    outdir: 'dist',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    banner: { js: '#!/usr/bin/env node' },
  });
  // npm link makes it executable once, but a build makes it anew.
  await chmod(resolve(root, 'dist/cli/crescendo.js'), 0o755);
}

/** The live charts of report.html: a script for browsers, with uPlot (MIT licence) in it, and its style. */
async function buildCharts(outdir = 'dist/report') {
  await build({
    ...shared,
    sourcemap: false,
    minify: true,
    entryPoints: [
      { in: 'report/html/charts/client.ts', out: 'charts' },
      { in: 'uplot/dist/uPlot.min.css', out: 'charts' },
    ],
    outdir,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    banner: { js: '/*! with uPlot 1.6, (c) Leon Sorokin, MIT licence: github.com/leeoniya/uPlot */' },
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const given = process.argv.slice(2).map((path) => relative(root, resolve(path)));
  if (given.length > 0) await buildGiven(given);
  else await buildAll();
}

/** Scripts from elsewhere than scripts/, beside those that dist/ has already. */
async function buildGiven(scripts) {
  const wrong = scripts.find((path) => !path.endsWith('.ts') || !existsSync(resolve(root, path)));
  if (wrong !== undefined) {
    console.error(
      `There is no script ${wrong}. Give the path of a .ts file, such as examples/support-desk/support-desk.ts.`,
    );
    process.exit(2);
  }
  for (const script of scripts) await buildScripts([script], 'dist');
  console.log(`Built ${scripts.map((path) => `dist/${basename(path, '.ts')}.js`).join(', ')}.`);
}

async function buildAll() {
  const others = await scriptsOfBundles();
  for (const name of ['cli', 'report'])
    await rm(resolve(root, 'dist', name), { recursive: true, force: true });
  const names = (await readdir(resolve(root, 'scripts'))).filter((name) => name.endsWith('.ts'));
  const scripts = names.map((name) => `scripts/${name}`);
  await buildScripts(scripts, 'dist');
  await buildCommand();
  await buildCharts();
  console.log(`Built ${scripts.length} scripts and the command in dist/.`);
  for (const script of others.filter((path) => !scripts.includes(path))) await buildAgain(script);
}

/** The scripts, here or elsewhere, whose bundles dist/ has; a bundle whose script is gone is removed. */
async function scriptsOfBundles() {
  const dist = resolve(root, 'dist');
  const files = existsSync(dist) ? await readdir(dist) : [];
  const scripts = [];
  for (const map of files.filter((name) => name.endsWith('.js.map'))) {
    const script = await scriptOf(resolve(dist, map));
    if (script === undefined) continue;
    if (existsSync(resolve(root, script))) scripts.push(script.replaceAll('\\', '/'));
    else for (const file of [map, map.replace(/\.map$/, '')]) await rm(resolve(dist, file), { force: true });
  }
  return scripts;
}

/** The script of which a build made a bundle, by its source map; none where somebody else made it. */
async function scriptOf(map) {
  try {
    const { sources } = JSON.parse(await readFile(map, 'utf8'));
    const script = relative(root, resolve(dirname(map), sources.at(-1)));
    return basename(script) === basename(map).replace(/\.js\.map$/, '.ts') ? script : undefined;
  } catch {
    return undefined;
  }
}

/** A script from elsewhere that can't be built any more keeps its bundle, and the others theirs. */
async function buildAgain(script) {
  const bundle = `dist/${basename(script, '.ts')}.js`;
  try {
    await buildScripts([script], 'dist');
    console.log(`Built ${bundle} of ${script} again.`);
  } catch {
    console.error(
      `${bundle} stays as it was, for ${script} can't be built. Correct it, then: node build.mjs ${script}`,
    );
  }
}
