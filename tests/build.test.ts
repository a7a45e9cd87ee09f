// Does a build leave the bundles of other scripts where they are, up to date, and take away those of scripts that are gone?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { ROOT } from './support/bundle.ts';
import { folder } from './support/files.ts';

const SOURCES = [
  'build',
  'build.mjs',
  'package.json',
  'tsconfig.json',
  'cli',
  'data',
  'examples',
  'lib',
  'systems',
  'report',
];
const MORE_SOURCES = ['schema', 'scripts', 'target', 'thresholds'];

/** A copy of what a build needs. */
function checkout(t: TestContext): string {
  const here = folder(t);
  for (const name of [...SOURCES, ...MORE_SOURCES])
    cpSync(join(ROOT, name), join(here, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(here, 'node_modules'), 'junction');
  return here;
}

test('node build.mjs', (t) => {
  const here = checkout(t);
  const build = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['build.mjs', ...args], {
      cwd: here,
      encoding: 'utf8',
    });
    assert.equal(status, 0, stdout + stderr);
    return { stdout, stderr };
  };
  const dist = (file: string) => join(here, 'dist', file);
  const example = 'examples/support-desk/support-desk.ts';
  cpSync(join(here, 'scripts', 'burst.ts'), join(here, 'scripts', 'gone.ts'));
  build();
  build(example);
  assert.ok(existsSync(dist('gone.js')) && existsSync(dist('support-desk.js')));

  rmSync(join(here, 'scripts', 'gone.ts'));
  writeFileSync(dist('own.js'), '// of somebody else\n');
  writeFileSync(dist('own.js.map'), '{"sources": ["webpack://gone.ts"]}');
  writeFileSync(dist('cli/old.js'), '');
  const source = readFileSync(join(here, example), 'utf8');
  writeFileSync(join(here, example), source.replace("name: 'support-desk'", "name: 'changed'"));
  assert.match(
    build().stdout,
    /^Built dist\/support-desk\.js of examples\/support-desk\/support-desk\.ts again\.$/m,
  );
  assert.ok(readFileSync(dist('support-desk.js'), 'utf8').includes('"changed"'), 'built again');
  if (process.platform !== 'win32')
    assert.equal(statSync(dist('cli/crescendo.js')).mode & 0o111, 0o111, 'as npm link needs it');
  const there = ['gone.js', 'gone.js.map', 'own.js', 'cli/old.js', 'cli/crescendo.js', 'ramp.js'];
  assert.deepEqual(
    there.filter((file) => existsSync(dist(file))),
    ['own.js', 'cli/crescendo.js', 'ramp.js'],
  );

  writeFileSync(join(here, example), 'const');
  assert.match(build().stderr, /^dist\/support-desk\.js stays as it was, for examples\/.+ can't be built\./m);
  assert.ok(
    readFileSync(dist('support-desk.js'), 'utf8').includes('"changed"'),
    'the last one that could be built',
  );
});
