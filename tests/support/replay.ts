/** Imports a recording with the built command, builds what it made, and runs that. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { RunSummary } from '../../report/derive/summary.ts';
import { ROOT } from './bundle.ts';
import { withChatBooks, type ChatSummary } from './chat.ts';
import { crescendo, type CommandEnd } from './command.ts';
import { folder } from './files.ts';
import { k6Path } from './k6.ts';

/** A folder that an import made. */
export interface ImportedFolder {
  /** In which `name` lies. */
  here: string;
  name: string;
  /** Texts of its files by name. */
  files: Record<string, string>;
  made: CommandEnd;
}

/** Imports a recording under a name; fails the test when that is not done. */
export async function importHar(
  t: TestContext,
  har: object,
  name: string,
  more: readonly string[] = [],
): Promise<ImportedFolder> {
  const here = folder(t);
  writeFileSync(join(here, 'visit.har'), JSON.stringify(har));
  const made = await crescendo(['import', 'visit.har', '--name', name, ...more], { folder: here });
  assert.equal(made.exitCode, 0, made.stderr);
  const names = readdirSync(join(here, name));
  const files = Object.fromEntries(names.map((file) => [file, readFileSync(join(here, name, file), 'utf8')]));
  return { here, name, files, made };
}

const SMALL = { RAMP_START_SESSIONS: '1', RAMP_MAX_SESSIONS: '2', RAMP_INTERVAL_SECONDS: '2' };

/**
 * Builds its script as it is told to, and runs it in its folder with its settings; `env`, and `-e` before it (`given`):
 * what differs.
 */
export async function runImported(
  t: TestContext,
  { here, name, made }: ImportedFolder,
  env: Record<string, string>,
  given: readonly string[] = [],
): Promise<CommandEnd> {
  const [, program = '', script = ''] = / +node (\S+build\.mjs) (\S+)\n/.exec(made.stdout) ?? [];
  const built = spawnSync(process.execPath, [program, script], { cwd: here, encoding: 'utf8' });
  t.after(() => {
    for (const file of [`${name}.js`, `${name}.js.map`]) rmSync(join(ROOT, 'dist', file), { force: true });
  });
  assert.equal(built.status, 0, built.stderr);
  const args = ['run', name, ...given.flatMap((text) => ['-e', text])];
  return crescendo(args, { folder: join(here, name), env: { K6: k6Path(), ...SMALL, ...env } });
}

/** The same, and what it left. */
export async function replay(
  t: TestContext,
  imported: ImportedFolder,
  env: Record<string, string>,
  given: readonly string[] = [],
): Promise<{ run: CommandEnd; summary: ChatSummary }> {
  const { here, name } = imported;
  const run = await runImported(t, imported, env, given);
  const reports = join(here, name, 'reports');
  assert.ok(existsSync(reports), run.stdout + run.stderr);
  const [report = ''] = readdirSync(reports).filter((entry) => entry.endsWith(`-${name}`));
  const text = readFileSync(join(reports, report, 'summary.json'), 'utf8');
  return { run, summary: withChatBooks(JSON.parse(text) as RunSummary) };
}
