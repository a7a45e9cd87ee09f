/** gitlab-ci-local, which holds a pipeline against GitLab's own schema, as a judge of GitLab pipelines. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { ROOT } from '../support/bundle.ts';
import { folder } from '../support/files.ts';

const program = join(ROOT, 'node_modules', 'gitlab-ci-local', 'dist', 'index.js');
const polyfill = new URL('setUnion.mjs', import.meta.url).href;

/**
 * The names of the jobs of a pipeline that run with these variables of GitLab's; throws with what is wrong with the
 * pipeline. Nothing is run.
 */
export function gitlabJobs(t: TestContext, pipeline: string, variables: Record<string, string>): string[] {
  const here = folder(t);
  writeFileSync(join(here, '.gitlab-ci.yml'), pipeline);
  spawnSync('git', ['init', '--quiet', here]);
  const given = Object.entries(variables).flatMap(([name, value]) => ['--variable', `${name}=${value}`]);
  const ours = ['--ignore-predefined-vars', Object.keys(variables).join()];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', polyfill, program, '--home', here, '--list-csv', ...given, ...ours],
    { cwd: here, encoding: 'utf8', env: { PATH: process.env.PATH, FORCE_COLOR: '0' } },
  );
  if (status !== 0) throw new Error(stderr + stdout);
  const rows = stdout.split('\n').filter((line) => line.includes(';'));
  return rows.map((row) => row.split(';')[0] ?? '').filter((name) => name !== 'name');
}
