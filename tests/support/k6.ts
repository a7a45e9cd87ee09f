/** Runs the real k6 and hands back everything it left. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withChatBooks, type ChatSummary } from './chat.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import type { Verdict } from '../../report/derive/verdict.ts';
import { bundle } from './bundle.ts';
import { watchIdleness } from './idleness.ts';

/** What `summary.json` holds. */
export type Summary = ChatSummary<RunSummary & { verdict: Verdict }>;

/** How k6 is run; `source` is bundled first. */
export interface K6Order {
  /** Path of the script within the checkout, such as `scripts/ramp.ts`. */
  source: string;
  env: Record<string, string>;
  /** Options of k6's own. */
  args?: string[];
  /** Files in the folder in which k6 is started, by name. */
  files?: Record<string, string>;
  /** k6 is killed after so many seconds, and the test fails. Default 60. */
  seconds?: number;
  /** Called with k6's process id when it runs. */
  started?: (pid: number) => void;
}

/** What a run of k6 left. */
export interface K6Run {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** That the machine was busy while k6 ran, in words, if so. */
  busy: string | undefined;
  /** `undefined` when k6 wrote none. */
  summary: Summary | undefined;
  /** Files that k6 wrote into its folder, by name. */
  file(name: string): string | undefined;
}

/** Variables of this process that k6 gets too; a setting of the person who runs the tests is none of them. */
const INHERITED = ['PATH', 'HOME', 'SystemRoot', 'TEMP', 'TMP', 'USERPROFILE', 'LOCALAPPDATA', 'APPDATA'];

/** The path of k6 that the runner of the tests has found. */
export function k6Path(): string {
  const path = process.env['K6'];
  if (path === undefined || path === '')
    throw new Error('K6 is not set: run the tests with "node tests/run.mjs", or set K6 to the path of k6.');
  return path;
}

/** Runs a script in a folder of its own; rejects when k6 has to be killed. */
export async function runK6(order: K6Order): Promise<K6Run> {
  const script = await bundle(order.source);
  return runBundle(script, order);
}

/** The same for a script that is already a bundle. */
export async function runBundle(script: string, order: Omit<K6Order, 'source'>): Promise<K6Run> {
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-test-run-'));
  try {
    for (const [name, text] of Object.entries(order.files ?? {})) writeFileSync(join(folder, name), text);
    const ended = await execute(folder, ['run', ...(order.args ?? []), script], order);
    const file = readAll(folder);
    const text = file('summary.json');
    const summary =
      text === undefined ? undefined : withChatBooks(JSON.parse(text) as RunSummary & { verdict: Verdict });
    return { ...ended, summary, file };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The folder goes before a test looks at its files, so they are kept in memory. */
function readAll(folder: string): (name: string) => string | undefined {
  const contents = new Map(
    readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
  return (name) => contents.get(name);
}

/** Runs another command of k6 on a script, such as `inspect`. */
export async function runCommand(command: string[], order: K6Order): Promise<Ended> {
  const script = await bundle(order.source);
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-test-run-'));
  try {
    return await execute(folder, [...command, script], order);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

type Ended = Pick<K6Run, 'exitCode' | 'stdout' | 'stderr' | 'busy'>;

function execute(folder: string, args: string[], order: Omit<K6Order, 'source'>): Promise<Ended> {
  const seconds = order.seconds ?? 60;
  const child = spawn(k6Path(), args, { cwd: folder, env: environment(folder, order.env) });
  const endWatch = watchIdleness();
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  if (child.pid !== undefined) order.started?.(child.pid);
  return new Promise((resolve, reject) => {
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      child.kill('SIGKILL');
    }, seconds * 1000);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const busy = endWatch();
      if (late) reject(new Error(`k6 still ran after ${seconds} s and was killed.\n${lastLines(output)}`));
      else resolve({ exitCode: code ?? NaN, busy, ...output });
      if (signal !== null && !late) output.stderr += `\nk6 was ended by ${signal}.`;
    });
  });
}

function environment(folder: string, given: Record<string, string>): Record<string, string> {
  const inherited = INHERITED.flatMap((name) => {
    const value = process.env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const k6Own = { K6_AUTO_EXTENSION_RESOLUTION: 'false', K6_NO_USAGE_REPORT: 'true', NO_COLOR: '1' };
  return { ...Object.fromEntries(inherited), PWD: folder, ...k6Own, ...given };
}

function lastLines({ stdout, stderr }: { stdout: string; stderr: string }): string {
  return `${stdout}\n${stderr}`.trim().split('\n').slice(-25).join('\n');
}
