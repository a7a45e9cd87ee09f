/** Builds dist/: a self-contained k6 script per file in scripts/, the command and the reference target. */
import { readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));

/** `import x from './file.json?text'`: the file as text; `./module.ts?text`: the module, bundled to one script. */
const asText = {
  name: 'text',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?text$/ }, ({ path, resolveDir }) => ({
      path: relative(root, resolve(resolveDir, path.replace(/\?text$/, ''))),
      namespace: 'text',
    }));
    onLoad({ filter: /\.json$/, namespace: 'text' }, async ({ path }) => ({
      contents: JSON.stringify(JSON.parse(await readFile(resolve(root, path), 'utf8'))),
      loader: 'text',
      watchFiles: [resolve(root, path)],
    }));
    onLoad({ filter: /\.ts$/, namespace: 'text' }, async ({ path }) => {
      const { outputFiles } = await build({
        absWorkingDir: root,
        entryPoints: [path],
        bundle: true,
        write: false,
        minify: true,
        format: 'iife',
        globalName: 'exported',
        target: 'es2022',
      });
      return { contents: outputFiles[0].text, loader: 'text' };
    });
  },
};

const shared = {
  bundle: true,
  sourcemap: true,
  logLevel: 'warning',
  absWorkingDir: root,
  legalComments: 'none',
};

/** k6 scripts: run by Sobek, which knows ES2022; k6's own modules stay imports. */
export async function buildScripts(entryPoints, outdir) {
  await build({
    ...shared,
    entryPoints,
    outdir,
    format: 'esm',
    platform: 'neutral',
    target: 'es2022',
    external: ['k6', 'k6/*'],
    plugins: [asText],
  });
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
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm(resolve(root, 'dist'), { recursive: true, force: true });
  const scripts = (await readdir(resolve(root, 'scripts'))).filter((name) => name.endsWith('.ts'));
  await buildScripts(
    scripts.map((name) => `scripts/${name}`),
    'dist',
  );
  await buildCommand();
  console.log(
    `Built ${scripts.map((name) => `dist/${basename(name, '.ts')}.js`).join(', ')} and dist/cli/crescendo.js.`,
  );
}
