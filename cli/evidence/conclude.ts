/** The end of a run: the verdict, the files and the text. */
import { copyFileSync, existsSync, renameSync } from 'node:fs';
import { resolve } from 'node:path';
import { InputError } from '../../lib/words/settings.ts';
import {
  addressesOf,
  type Evidence,
  type Observed as SeenFromOutside,
  type Remains,
  type RunRecord,
} from '../../report/derive/evidence.ts';
import { generatorLevels } from '../../report/derive/generatorMemory.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import { EXIT_CODES, type Verdict } from '../../report/derive/verdict.ts';
import type { Stats } from '../../target/stats.ts';
import { givenSettings } from '../setup/environment.ts';
import { readOwnSummary } from './evidenceFile.ts';
import { judge, machine, readTroubles, seenOf } from './judge.ts';
import { BROKEN } from '../exitCodes.ts';
import { withoutSecrets } from '../k6/k6Arguments.ts';
import type { LogTroubles } from '../k6/k6Log.ts';
import type { K6End } from '../k6/k6Process.ts';
import type { Observed } from '../live/monitor.ts';
import { packageVersion } from '../process/packageRoot.ts';
import type { PreparedRun } from '../setup/prepareRun.ts';
import { renderFiles, textReport } from './reportFiles.ts';
import type { ReportFolder } from './reportFolder.ts';
import { shortPath } from '../process/shortPath.ts';
import { hasColours, messageOf, note } from '../process/terminal.ts';
import { isProven } from './proof.ts';
import { readOwnRun } from './runReader.ts';

/** What is known when k6 has ended. */
export interface Outcome {
  startedAt: Date;
  endedAt: Date;
  end: K6End;
  observed: Observed;
  stats: Stats | undefined;
  /** Called with the run's folder when it has its name and the verdict has been printed. */
  onPublished?: (path: string) => Promise<void>;
  /** Called with the verdict after that. */
  onVerdict?: (verdict: Verdict) => Promise<void>;
}

/** What a run came to. */
export interface Concluded {
  exitCode: number;
  evidence: Evidence | Remains;
  /** The folder of its files. */
  path: string;
}

/**
 * Judges the run, writes its files, prints the end and resolves to what it came to. Throws an InputError, and leaves no
 * folder, when k6 refused what it was given. A run whose evidence can't be written is INVALID; what there is of it
 * stays under the folder's temporary name.
 */
export async function conclude(
  prepared: PreparedRun,
  folder: ReportFolder,
  outcome: Outcome,
): Promise<Concluded> {
  const { end, observed } = outcome;
  const summary = readOwnSummary(folder.path('summary.json'));
  const troubles = await readTroubles(folder.path('k6.log'));
  if (summary === undefined) refuseBadInput(end, troubles, folder);
  const judged = judge(summary, end, observed.generator, troubles);
  const { evidence, path } = keep(prepared, folder, outcome, { summary, verdict: judged, troubles });
  process.stdout.write(
    textReport(evidence, troubles, hasColours(process.stdout), shortPath(folder.shown(path))),
  );
  if (path !== folder.partial) await outcome.onPublished?.(path);
  const isCopied = copySummary(prepared, path, evidence);
  await outcome.onVerdict?.(evidence.verdict);
  const isSound = isCopied && (await isProven(path, evidence));
  return { exitCode: isSound ? EXIT_CODES[evidence.verdict.result] : BROKEN, evidence, path };
}

/** k6's codes for input that it refuses, that of a script that stops itself, and 127 for a k6 that did not start. */
const REFUSED = [104, 107, 108, 127];

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

interface Conclusion {
  summary: RunSummary | undefined;
  verdict: Verdict;
  troubles: LogTroubles;
}

interface Kept {
  evidence: Evidence | Remains;
  /** Where the files are. */
  path: string;
}

function keep(prepared: PreparedRun, folder: ReportFolder, outcome: Outcome, conclusion: Conclusion): Kept {
  try {
    writeEvidence(prepared, folder, outcome, conclusion);
    const evidence = readOwnRun(folder.partial);
    writeReports(folder, evidence, conclusion.troubles);
    return { evidence, path: folder.publish() };
  } catch (error) {
    const { summary, verdict } = conclusion;
    const remains = { verdict: notKept(verdict, messageOf(error)) };
    return {
      evidence: summary === undefined ? remains : { summary, ...remains },
      path: folder.partial,
    };
  }
}

function notKept(verdict: Verdict, problem: string): Verdict {
  const sentence = `the evidence can't be written (${problem}); before that it was ${verdict.result}: ${verdict.sentence}`;
  return { ...verdict, result: 'INVALID', sentence, reasons: [sentence, ...verdict.reasons.slice(1)] };
}

function writeEvidence(
  prepared: PreparedRun,
  folder: ReportFolder,
  outcome: Outcome,
  { summary, verdict, troubles: { examples } }: Conclusion,
): void {
  const observed = seenFromOutside(outcome, summary);
  const run = { ...runRecord(prepared, outcome, verdict), ...(examples.length === 0 ? {} : { examples }) };
  if (summary !== undefined) folder.write('summary.json', { ...summary, observed, verdict });
  else setAside(folder.path('summary.json'));
  folder.write('verdict.json', verdict);
  folder.write('generator.json', outcome.observed.generator);
  const { vocabulary } = prepared.inspected;
  folder.write('run.json', summary === undefined ? { ...run, observed, vocabulary } : run);
}

/** A summary that k6 could not finish must not look like one. */
function setAside(file: string): void {
  if (existsSync(file)) renameSync(file, `${file}.cut`);
}

function seenFromOutside(
  { end, observed: { peakConcurrent, generator } }: Outcome,
  summary: RunSummary | undefined,
): SeenFromOutside {
  const { cores, peakCpu, averageCpu, peakMemoryBytes, busySeconds, samples } = generator;
  const levels = summary && generatorLevels(summary, samples);
  const seen = { ...seenOf(end), peakConcurrent, cores, peakCpu, averageCpu, peakMemoryBytes, busySeconds };
  return levels === undefined ? seen : { ...seen, levels };
}

function writeReports(folder: ReportFolder, evidence: Evidence | Remains, troubles: LogTroubles): void {
  const { files, problems } = renderFiles(evidence, troubles);
  for (const [file, text] of files) folder.write(file, text);
  for (const problem of problems) note(`${problem} The evidence is there all the same.`);
}

/** Everything about a run that its figures don't say. No secrets: no key, no credentials in addresses. */
function runRecord(prepared: PreparedRun, outcome: Outcome, verdict: Verdict): RunRecord {
  const { script, k6, sections, variables, config, reference, k6Arguments } = prepared;
  return {
    version: 1,
    crescendo: packageVersion(),
    script: script.name,
    settings: givenSettings(variables, sections, Object.keys(reference?.addresses ?? {})),
    k6Arguments: withoutSecrets(k6Arguments),
    seed: config.seed,
    target: {
      ...addressesOf(config),
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

/** A SUMMARY_FILE of the user's gets a copy. False when that is not possible. */
function copySummary({ variables }: PreparedRun, path: string, evidence: Evidence | Remains): boolean {
  const wanted = variables['SUMMARY_FILE']?.trim();
  if (!wanted || !('summary' in evidence) || !existsSync(resolve(path, 'summary.json'))) return true;
  try {
    copyFileSync(resolve(path, 'summary.json'), resolve(wanted));
    return true;
  } catch (error) {
    note(
      `SUMMARY_FILE is "${wanted}": it can't be written (${messageOf(error)}). The summary is in ${path}.`,
    );
    return false;
  }
}
