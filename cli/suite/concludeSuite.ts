/** The end of a suite: its files, its table, its exit code. */
import { join } from 'node:path';
import { renderSuiteHtml } from '../../report/suite/suiteHtml.ts';
import { renderSuiteJunit } from '../../report/suite/suiteJunit.ts';
import { renderSuiteMarkdown } from '../../report/suite/suiteMarkdown.ts';
import { renderSuiteText } from '../../report/suite/suiteText.ts';
import { SUITE_VERSION, type SuiteRecord } from '../../report/suite/suiteRecord.ts';
import type { Outcome } from '../../report/analyze/analysis.ts';
import { EXIT_CODES } from '../../report/derive/verdict.ts';
import type { ReportFolder } from '../evidence/reportFolder.ts';
import { BROKEN, gravest, USAGE } from '../exitCodes.ts';
import { storeRun } from '../history/historyStore.ts';
import { packageVersion } from '../process/packageRoot.ts';
import { shortPath } from '../process/shortPath.ts';
import { hasColours, messageOf, note } from '../process/terminal.ts';
import type { PlannedSuite } from './planSuite.ts';
import type { TestEnd } from './runSuite.ts';

/** What is known when the last test is over. */
interface Over {
  startedAt: Date;
  folder: ReportFolder;
  reports: string;
  ends: readonly TestEnd[];
}

/** Writes the files of the suite, prints its end and resolves to its exit code. */
export async function concludeSuite(suite: PlannedSuite, over: Over): Promise<number> {
  const record = recordOf(suite, over);
  const path = keep(record, over);
  const files = shortPath(path ?? over.folder.partial);
  process.stdout.write(renderSuiteText(record, hasColours(process.stdout), files));
  if (path === undefined) return BROKEN;
  for (const { folder } of record.tests)
    if (folder !== null) await storeRun(join(path, folder), over.reports);
  return record.exitCode;
}

function recordOf({ name, scale, quick }: PlannedSuite, { startedAt, ends }: Over): SuiteRecord {
  const tests = ends.map(({ test }) => test);
  const exitCode = gravest(tests.map((test) => test.exitCode ?? EXIT_CODES.ABORTED));
  return {
    version: SUITE_VERSION,
    crescendo: packageVersion(),
    ...{ suite: name, scale, ...(quick ? { quick: true as const } : {}) },
    startedAt: startedAt.toISOString(),
    endedAt: new Date().toISOString(),
    result: resultOf(exitCode),
    exitCode,
    tests,
  };
}

/** A suite in which a test could not be run has no verdict. */
function resultOf(exitCode: number): Outcome {
  if (exitCode === USAGE) return 'NOT RUN';
  if (exitCode === EXIT_CODES.FAIL) return 'FAIL';
  if (exitCode === EXIT_CODES.ABORTED) return 'ABORTED';
  return exitCode === EXIT_CODES.PASS ? 'PASS' : 'INVALID';
}

/** The path of the folder; `undefined`: it could not be written, and what there is has its temporary name. */
function keep(record: SuiteRecord, { folder, ends }: Over): string | undefined {
  try {
    folder.write('suite.json', record);
    folder.write('summary.txt', renderSuiteText(record, false));
    folder.write('suite.md', renderSuiteMarkdown(record));
    folder.write('index.html', renderSuiteHtml(record));
    folder.write(
      'junit.xml',
      renderSuiteJunit(
        record,
        ends.map(({ junit }) => junit),
      ),
    );
    return folder.publish();
  } catch (error) {
    note(`The files of the suite can't be written (${messageOf(error)}).`);
    return undefined;
  }
}
