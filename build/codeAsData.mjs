/** Imports that hand over code as data, for what most VUs never need: each VU would carry what it evaluates. */
import { readFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * `import x from './file.json?text'`: the file as text; `./module.ts?text`: the module, bundled to one script;
 * `./module.ts?lazy`: the function that runs it and returns its exports. A text has to be compiled in each VU that
 * evaluates it, a function has not.
 */
export const codeAsData = {
  name: 'code as data',
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
    onLoad({ filter: /\.ts$/, namespace: 'text' }, async ({ path }) => ({
      contents: await asScript(path),
      loader: 'text',
    }));
    onResolve({ filter: /\?lazy$/ }, ({ path, resolveDir }) => ({
      path: relative(root, resolve(resolveDir, path.replace(/\?lazy$/, ''))),
      namespace: 'lazy',
    }));
    onLoad({ filter: /\.ts$/, namespace: 'lazy' }, async ({ path }) => ({
      contents: `export default () => { ${await asScript(path)}; return exported; };`,
      loader: 'js',
    }));
  },
};

/** A module and all it imports, as one script that puts its exports into `exported`. */
async function asScript(path) {
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
  return outputFiles[0].text;
}
