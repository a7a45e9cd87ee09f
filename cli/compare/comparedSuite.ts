/** A suite that is compared, as its folder has it. */
import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import type { ComparedSuite, ComparedTest } from '../../report/compare/compareSuites.ts';
import type { SuiteRecord, SuiteTest } from '../../report/suite/suiteRecord.ts';
import { readEvidenceFile } from '../evidence/evidenceFile.ts';
import { comparedRun } from './comparedRun.ts';

/** Whether the folder of a suite is meant. */
export function isSuite(path: string): boolean {
  return existsSync(join(path, 'suite.json'));
}

/** Reads it with the runs of its tests. Throws an InputError of one sentence where its suite.json can't be read. */
export async function readComparedSuite(folder: string): Promise<ComparedSuite> {
  // Its schema has said so.
  const record = (await readEvidenceFile(join(folder, 'suite.json'), 'suite.json')) as SuiteRecord;
  const name = plain(basename(resolve(folder)));
  const tests = await Promise.all(record.tests.map((test) => readTest(folder, name, test)));
  return { name, suite: plain(record.suite), tests };
}

/** A run is called as the history calls it: `2026-11-27T00-17-04Z-graph/01-connections`. */
async function readTest(path: string, suite: string, test: SuiteTest): Promise<ComparedTest> {
  const [name, sentence] = [plain(test.name), plain(test.sentence)];
  if (test.folder === null) return { name, why: `${suite} has no run of ${name}: ${sentence}.` };
  const folder = basename(test.folder);
  try {
    const run = await comparedRun(join(path, folder), `${suite}/${folder}`);
    // The suite knew more than the run: that its evidence does not prove its verdict.
    if (run.verdict.result !== test.result)
      return { name, why: `${run.name} is ${test.result}: ${sentence}.` };
    return { name, run };
  } catch (error) {
    if (error instanceof InputError) return { name, why: error.problems.join(' ') };
    throw error;
  }
}
