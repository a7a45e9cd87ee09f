/** `crescendo verify <folder>`: does the evidence of a run prove its verdict? */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../lib/settings.ts';
import { plain, plainLines } from '../lib/plain.ts';
import { checksOf, verifyEvidence, type Check, type Verifiable } from '../report/verify.ts';
import type { Style } from '../report/paint.ts';
import { evidenceIn, readSummary } from './evidence.ts';
import { BROKEN } from './exitCodes.ts';
import { packageVersion } from './packageRoot.ts';
import { messageOf, note, paint, say } from './terminal.ts';

/** So many problems of one check are told; the first ones say enough. */
const MOST_PROBLEMS = 5;

/**
 * Verifies a folder of `crescendo run`, or a `summary.json` alone; prints a line per check and returns the exit code: 0
 * when all of them hold. Throws an InputError when there is no evidence.
 */
export function verify(path: string): number {
  const evidence = readVerifiable(path);
  const checks = checksOf(evidence);
  for (const check of checks) print(check);
  const wrong = checks.filter(({ problems }) => problems.length > 0);
  const { result } = evidence.verdict;
  say();
  say(
    wrong.length === 0
      ? `The evidence proves its verdict: ${result}.`
      : `The evidence does not prove its verdict (${result}): ${wrong.map(({ name }) => name).join(', ')}.`,
  );
  const writer = evidence.run?.crescendo ?? packageVersion();
  if (wrong.length > 0 && writer !== packageVersion())
    say(
      `Crescendo ${plain(writer)} wrote it and this is ${packageVersion()}: verify it with the one that wrote it.`,
    );
  return wrong.length === 0 ? 0 : BROKEN;
}

/**
 * Whether the evidence that a run has just written proves its verdict; says so when it does not. What is INVALID or has
 * no whole summary proves nothing, and says that itself.
 */
export function isProven(folder: string): boolean {
  if (readSummary(join(folder, 'summary.json')) === undefined) return true;
  const evidence = readVerifiable(folder);
  const problems = evidence.verdict.result === 'INVALID' ? [] : verifyEvidence(evidence);
  for (const problem of problems.slice(0, MOST_PROBLEMS))
    note(`The evidence does not prove the verdict: ${plainLines(problem)}.`);
  return problems.length === 0;
}

/** Reads what `verify` and `compare` need. Throws an InputError with one sentence when there is no evidence. */
export function readVerifiable(path: string): Verifiable {
  if (!existsSync(path))
    throw new InputError([`There is nothing at ${path}. Give the folder of a run, or its summary.json.`]);
  const isFolder = statSync(path).isDirectory();
  const file = isFolder ? join(path, 'summary.json') : path;
  if (!existsSync(file))
    throw new InputError([
      `${path} has no summary.json, so there is nothing to verify: k6 wrote none, or it is not the folder of a run.`,
    ]);
  const summary = readSummary(file) as Verifiable['summary'] | undefined;
  if (summary === undefined)
    throw new InputError([
      `${file} is not a whole summary of a version that this Crescendo knows. Use the Crescendo that wrote it.`,
    ]);
  return isFolder ? inFolder(path) : alone(file);
}

function inFolder(path: string): Verifiable {
  try {
    const generator = join(path, 'generator.json');
    const evidence = evidenceIn(path) as Verifiable;
    if (!existsSync(generator)) return evidence;
    return { ...evidence, generator: JSON.parse(readFileSync(generator, 'utf8')) as never };
  } catch (error) {
    throw new InputError([`The evidence in ${path} can't be read: ${messageOf(error)}.`]);
  }
}

function alone(file: string): Verifiable {
  const summary = JSON.parse(readFileSync(file, 'utf8')) as Verifiable['summary'] &
    Pick<Verifiable, 'verdict'>;
  return { summary, verdict: summary.verdict };
}

function print({ name, shows, problems, skipped }: Check): void {
  const [mark, style]: [string, Style] =
    problems.length > 0 ? ['✗', 'red'] : skipped === undefined ? ['✓', 'green'] : ['-', 'dim'];
  say(` ${paint(mark, style)} ${name.padEnd(10)} ${skipped ?? shows}`);
  for (const problem of problems.slice(0, MOST_PROBLEMS)) say(`     ${plainLines(problem)}`);
  if (problems.length > MOST_PROBLEMS) say(`     and ${problems.length - MOST_PROBLEMS} more`);
}
