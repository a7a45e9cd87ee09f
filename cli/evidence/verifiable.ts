/** Reads what `verify` and `compare` need of a run's folder, and whether a run has proved its verdict. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plainLines } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import { verifyEvidence, type Verifiable } from '../../report/verify/verify.ts';
import { messageOf, note } from '../process/terminal.ts';
import { evidenceIn, readSummary } from './evidence.ts';

/** So many problems of one check are told; the first ones say enough. */
export const MOST_PROBLEMS = 5;

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
