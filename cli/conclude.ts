/** The end of a run: the verdict, the files and the text. */
import { copyFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { InputError, withoutCredentials } from '../lib/settings.ts';
import type { RunSummary } from '../report/summary.ts';
import { renderText, type TextExtras } from '../report/text.ts';
import type { Verdict } from '../report/verdict.ts';
import type { Stats } from '../target/stats.ts';
import { givenSettings } from './environment.ts';
import { judge, machine, readSummary, readTroubles } from './evidence.ts';
import { EXIT_CODES } from './exitCodes.ts';
import { troublesLine, type LogTroubles } from './k6Log.ts';
import type { K6End } from './k6Process.ts';
import type { Observed } from './monitor.ts';
import { packageVersion } from './packageRoot.ts';
import type { Prepared } from './prepare.ts';
import { ADDRESSES } from './referenceTarget.ts';
import type { ReportFolder } from './reportFolder.ts';
import { hasColours } from './terminal.ts';

/** What is known when k6 has ended. */
export interface Outcome {
  startedAt: Date;
  endedAt: Date;
  end: K6End;
  observed: Observed;
  stats: Stats | undefined;
}

/**
 * Judges the run, writes its files, prints the end and resolves to the exit code. Throws an InputError, and leaves no
 * folder, when k6 refused what it was given.
 */
export async function conclude(prepared: Prepared, folder: ReportFolder, outcome: Outcome): Promise<number> {
  const { end, observed } = outcome;
  const summary = readSummary(folder.path('summary.json'));
  const troubles = await readTroubles(folder.path('k6.log'));
  if (summary === undefined) refuseBadInput(end, troubles, folder);
  const verdict = judge(summary, end, observed.generator.busySeconds, troubles);
  const extras = extrasOf(observed);
  const report = reportText(summary, verdict, false, extras) + troublesLine(troubles);
  writeFiles(prepared, folder, outcome, { summary, verdict, report });
  const files = publish(prepared, folder, summary !== undefined);
  process.stdout.write(reportText(summary, verdict, hasColours(process.stdout), { ...extras, files }));
  process.stdout.write(troublesLine(troubles));
  return EXIT_CODES[verdict.result];
}

/** k6's codes for input that it refuses, and 127 for a k6 that did not start. */
const REFUSED = [104, 107, 127];

/** Throws an InputError, without leaving a folder, when k6 ended before any load because of what it was given. */
function refuseBadInput(
  { exitCode, stops, problem }: K6End,
  troubles: LogTroubles,
  folder: ReportFolder,
): void {
  if (stops > 0 || !REFUSED.includes(exitCode)) return;
  folder.discard();
  throw new InputError([problem ?? troubles.first ?? `k6 refused to run (exit code ${exitCode}).`]);
}

function extrasOf({ peakConcurrent, generator }: Observed): TextExtras {
  const { peakCpu, peakMemoryBytes } = generator;
  return {
    peakConcurrent,
    ...(peakCpu === null ? {} : { peakCpu }),
    ...(peakMemoryBytes === null ? {} : { peakMemoryBytes }),
  };
}

function reportText(
  summary: RunSummary | undefined,
  verdict: Verdict,
  colours: boolean,
  extras: TextExtras,
): string {
  if (summary !== undefined) return renderText(summary, verdict, colours, extras);
  const files = extras.files === undefined ? '' : `\n files        ${extras.files}\n`;
  return `\n${verdict.result.padEnd(9)}${verdict.sentence}\n${files}\n`;
}

interface Conclusion {
  summary: RunSummary | undefined;
  verdict: Verdict;
  report: string;
}

function writeFiles(
  prepared: Prepared,
  folder: ReportFolder,
  outcome: Outcome,
  { summary, verdict, report }: Conclusion,
): void {
  const { peakConcurrent, generator } = outcome.observed;
  const { cores, peakCpu, peakMemoryBytes, busySeconds } = generator;
  const observed = {
    exitCode: outcome.end.exitCode,
    peakConcurrent,
    cores,
    peakCpu,
    peakMemoryBytes,
    busySeconds,
  };
  if (summary !== undefined) folder.write('summary.json', { ...summary, observed, verdict });
  folder.write('verdict.json', verdict);
  folder.write('generator.json', generator);
  folder.write('report.txt', report);
  folder.write('run.json', runJson(prepared, outcome, verdict));
}

/** Everything about a run that its figures don't say. No secrets: no key, no credentials in addresses. */
function runJson(prepared: Prepared, outcome: Outcome, verdict: Verdict): Record<string, unknown> {
  const { script, k6, variables, config, reference, k6Arguments } = prepared;
  return {
    version: 1,
    crescendo: packageVersion(),
    script: script.name,
    settings: givenSettings(variables, reference === undefined ? [] : ADDRESSES),
    k6Arguments: k6Arguments.map(withoutCredentials),
    seed: config.seed,
    target: {
      apiBaseUrl: config.apiBaseUrl,
      websocketBaseUrl: config.websocketBaseUrl,
      isReference: reference !== undefined,
      stats: outcome.stats ?? null,
    },
    k6: { version: k6.version, extensions: k6.extensions, exitCode: outcome.end.exitCode },
    machine: machine(),
    startedAt: outcome.startedAt.toISOString(),
    endedAt: outcome.endedAt.toISOString(),
    result: verdict.result,
    exitCode: EXIT_CODES[verdict.result],
  };
}

/** Gives the folder its name; a SUMMARY_FILE of the user's gets a copy. Returns what to call the files on the screen. */
function publish({ variables }: Prepared, folder: ReportFolder, hasSummary: boolean): string {
  const wanted = variables['SUMMARY_FILE']?.trim();
  if (wanted && hasSummary) copyFileSync(folder.path('summary.json'), resolve(wanted));
  const path = folder.publish();
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
