// Does a bundle whose code was put into a function do what it did, and is every line where the source map has it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { build } from 'esbuild';

const { inFunction } = (await import(new URL('../build/inFunction.mjs', import.meta.url).href)) as {
  inFunction: (bundle: string) => string;
};

/** A module's text, bundled as `build.mjs` does; k6's own modules stay imports. */
async function bundled(contents: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    external: ['k6', 'k6/*'],
  });
  return outputFiles[0]?.text ?? '';
}

/** The exports of a module's text. */
async function exportsOf(text: string): Promise<Record<string, unknown>> {
  const url = `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
  return { ...((await import(url)) as Record<string, unknown>) };
}

const SCRIPT = `
  const top = await Promise.resolve(20);
  const text = "export { nothing as default };";
  export const options = { vus: top, $: text };
  export function setup() { return top + 1; }
  const run = () => top + 2;
  export { run as default, run as again };
`;

describe('a bundle in a function', () => {
  test('has the same exports, under the same names', async () => {
    const before = await bundled(SCRIPT);
    const exported = await exportsOf(inFunction(before));
    assert.deepEqual(Object.keys(exported).sort(), Object.keys(await exportsOf(before)).sort());
    assert.deepEqual(exported['options'], { vus: 20, $: 'export { nothing as default };' });
    const results = ['setup', 'default', 'again'].map((name) => (exported[name] as () => number)());
    assert.deepEqual(results, [21, 22, 22]);
  });

  test('has no top-level name but its own and the imports', async () => {
    const after = inFunction(await bundled(SCRIPT));
    assert.match(after, /^ const exported = await \(async \(\) => \{ /);
    assert.match(after, /\}\)\(\);( export (const \S+ =|default) exported\.\S+;)+\s*(\/\/.*\s*)?$/);
  });

  test('keeps every line in its place, and the imports of k6 before it', async () => {
    const before = await bundled(`
      import http from 'k6/http';
      import { check, group } from 'k6';
      export default () => check(http, { works: () => group('x', () => true) });
    `);
    const after = inFunction(before);
    const [first = '', ...rest] = after.split('\n');
    assert.match(
      first,
      /^import http from "k6\/http"; import \{ check, group \} from "k6"; const exported = /,
    );
    const place = (lines: string[]) => lines.findIndex((line) => line.includes('works:'));
    assert.equal(place(['', ...rest]), place(before.split('\n')));
  });

  test('without exports it stays as it is', () => assert.equal(inFunction('var a = 1;\n'), 'var a = 1;\n'));
});
