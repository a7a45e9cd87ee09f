/**
 * The unit tests as mutation testing needs them, as quick as they can be: `bundle` makes one file of them, `run` runs it
 * and ends with 1 at the first failure.
 */
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Test files that need neither k6 nor a server nor a browser; the quick ones first. */
const TESTS = [
  'verdict',
  'doubts',
  'report',
  'verify',
  'compare',
  'circumstances',
  'limits',
  'load',
  'profiles',
  'drift-limits',
  'recovery',
  'prepare',
  'plans',
  'reports',
  'figures',
];

const root = fileURLToPath(new URL('..', import.meta.url));
const bundled = join(root, 'tests', 'support', 'unitTests.mjs');

async function bundle() {
  const { build } = await import('esbuild');
  rmSync(bundled, { force: true });
  await build({
    stdin: {
      contents: TESTS.map((name) => `import './${name}.test.ts';`).join('\n'),
      resolveDir: join(root, 'tests'),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    ignoreAnnotations: true,
    outfile: bundled,
    logLevel: 'warning',
  });
}

function run() {
  const reporter = join(root, 'tests', 'support', 'firstFailure.mjs');
  const { status } = spawnSync(
    process.execPath,
    [`--test-reporter=${reporter}`, '--test-reporter-destination=stdout', bundled],
    { cwd: root, stdio: 'inherit' },
  );
  process.exitCode = status === 0 ? 0 : 1;
}

await { bundle, run }[process.argv[2] ?? 'run']?.();
