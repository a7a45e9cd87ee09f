/** Runs the tests of a suite, one after the other, and writes what became of them. */
import { basename, resolve } from 'node:path';
import { plainLines } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import { EXIT_CODES } from '../../report/derive/verdict.ts';
import { figureOf } from '../../report/suite/figure.ts';
import { figuresOf } from '../../report/suite/testFigures.ts';
import type { SuiteTest } from '../../report/suite/suiteRecord.ts';
import { junitSuitesOf } from '../../report/text/junit.ts';
import type { JunitSuite } from '../../report/text/junitXml.ts';
import type { Concluded } from '../evidence/conclude.ts';
import { folderName, ReportFolder } from '../evidence/reportFolder.ts';
import { BROKEN, USAGE } from '../exitCodes.ts';
import { messageOf, note, say } from '../process/terminal.ts';
import { runScript } from '../run/runScript.ts';
import { concludeSuite } from './concludeSuite.ts';
import { coolDown } from './coolDown.ts';
import type { PlannedSuite, PlannedTest } from './planSuite.ts';
import { StopSign } from './stopSign.ts';
import { leftText, progressText, timeLeft } from './suiteProgress.ts';

/** What the command line says besides the suite. */
export interface SuiteRunOptions {
  /** `NAME=value`, each, for all tests. */
  env?: readonly string[];
  /** Where the folder of the suite goes. */
  reports: string;
  k6Arguments: readonly string[];
}

/** A test that is over, or will not be run. */
export interface TestEnd {
  test: SuiteTest;
  /** Its part of `junit.xml`. */
  junit: readonly JunitSuite[];
}

/** Resolves to the exit code. Throws an InputError when the folder can't be made. */
export async function runSuite(suite: PlannedSuite, options: SuiteRunOptions): Promise<number> {
  const startedAt = new Date();
  const reports = resolve(options.reports);
  const folder = new ReportFolder(reports, folderName(startedAt, suite.name));
  const runner = new SuiteRunner(suite, options, folder);
  const ends = await runner.run();
  return concludeSuite(suite, { startedAt, folder, reports, ends });
}

class SuiteRunner {
  private readonly stop = new StopSign();
  private readonly startedAt = performance.now();
  private readonly suite: PlannedSuite;
  private readonly options: SuiteRunOptions;
  private readonly folder: ReportFolder;

  constructor(suite: PlannedSuite, options: SuiteRunOptions, folder: ReportFolder) {
    this.suite = suite;
    this.options = options;
    this.folder = folder;
  }

  async run(): Promise<TestEnd[]> {
    const { tests } = this.suite;
    const ends: TestEnd[] = [];
    for (const [index, test] of tests.entries()) {
      const reason = this.reasonNotToRun(ends);
      if (reason !== undefined) {
        ends.push(notRun(test, reason));
        continue;
      }
      const end = await this.runTest(test, index);
      ends.push(end);
      this.tell(end.test, index);
      const next = tests[index + 1];
      if (next !== undefined && this.reasonNotToRun(ends) === undefined)
        await coolDown(test.coolDownMs, next.name, this.stop);
    }
    return ends;
  }

  private reasonNotToRun(ends: readonly TestEnd[]): string | undefined {
    if (this.stop.isAsked) return 'the suite was stopped before its turn';
    const failed = ends.find(({ test }) => test.exitCode !== EXIT_CODES.PASS);
    return this.suite.stopsAtFailure && failed !== undefined
      ? `the suite ends with the first test that does not pass, and that was ${failed.test.name}`
      : undefined;
  }

  private async runTest(test: PlannedTest, index: number): Promise<TestEnd> {
    const started = performance.now();
    say();
    say(`[suite] ${this.progress(index, 0)}`);
    const seconds = () => Math.round(performance.now() - started) / 1000;
    try {
      const concluded = await this.runScript(test, index, started);
      return concluded === undefined
        ? notRun(test, 'the suite was stopped before its turn')
        : endOf(test, concluded, seconds());
    } catch (error) {
      const sentence = messageOf(error);
      for (const problem of error instanceof InputError ? error.problems : [sentence]) note(problem);
      const exitCode = error instanceof InputError ? USAGE : BROKEN;
      return notRun(test, plainLines(sentence).replaceAll('\n', ' '), exitCode);
    }
  }

  private runScript(test: PlannedTest, index: number, started: number): Promise<Concluded | undefined> {
    const { file, quick } = this.suite;
    const options = { ...this.options, quick, fromFile: { file, values: test.values } };
    const number = String(index + 1).padStart(2, '0');
    return runScript(test.script, options, this.options.k6Arguments, {
      openFolder: () => new ReportFolder(this.folder.partial, `${number}-${test.name}`, this.folder.later),
      onReady: () => !this.stop.isAsked,
      progress: () => this.progress(index, performance.now() - started),
    });
  }

  private progress(index: number, passedMs: number): string {
    const { tests } = this.suite;
    const place = { index, of: tests.length, name: tests[index]?.name ?? '' };
    return progressText(place, performance.now() - this.startedAt, timeLeft(tests, index, passedMs));
  }

  /** One line, when the test's own end has been printed. */
  private tell({ name, result, sentence, folder }: SuiteTest, index: number): void {
    const { tests } = this.suite;
    const isLast = index === tests.length - 1;
    const left = isLast || this.stop.isAsked ? '' : ` | ${leftText(timeLeft(tests, index, Infinity))} left`;
    say(`[suite] test ${index + 1} of ${tests.length}, ${name}: ${result}${left}`);
    if (folder === null && result !== 'NOT RUN') note(sentence);
  }
}

/** A test that was not run: before its turn, or because it could not be. */
function notRun(test: PlannedTest, sentence: string, exitCode: number | null = null): TestEnd {
  const { name, scriptName: script, scaled } = test;
  const record: SuiteTest = {
    ...{ name, script, scaled, exitCode, sentence, folder: null, seconds: 0 },
    ...{ result: exitCode === BROKEN ? 'INVALID' : 'NOT RUN', figure: null, figures: null },
  };
  const result =
    exitCode === null
      ? { kind: 'skipped' as const, message: sentence }
      : { kind: 'error' as const, message: sentence, type: 'invalid' };
  return { test: record, junit: [{ name: 'run', cases: [{ name: 'verdict', classname: name, result }] }] };
}

/** Evidence that does not prove its verdict has none. */
function endOf(test: PlannedTest, { exitCode, evidence, path }: Concluded, seconds: number): TestEnd {
  const { name, scriptName: script, scaled } = test;
  const { verdict } = evidence;
  const isSound = exitCode === EXIT_CODES[verdict.result];
  const record: SuiteTest = {
    ...{ name, script, scaled, exitCode, seconds, folder: basename(path) },
    result: isSound ? verdict.result : 'INVALID',
    sentence: isSound ? verdict.sentence : `the evidence does not prove its verdict: ${verdict.sentence}`,
    figure: isSound ? figureOf(evidence) : null,
    figures: isSound ? figuresOf(evidence) : null,
  };
  return { test: record, junit: junitSuitesOf(evidence) };
}
