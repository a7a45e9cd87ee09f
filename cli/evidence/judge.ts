/** Judges a run: k6's summary and its log, with what was seen from outside. */
import { existsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { arch, availableParallelism, cpus, platform, release, totalmem, type as osType } from 'node:os';
import { plainLines } from '../../lib/words/plain.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import { OVERDUE, verdictOf, type Observation, type Verdict } from '../../report/derive/verdict.ts';
import type { GeneratorReport } from '../k6/generatorReadings.ts';
import { TroubleCount, type LogTroubles } from '../k6/k6Log.ts';
import type { K6End } from '../k6/k6Process.ts';

/** Reads k6's log; none is one without troubles. Its texts may be the server's, so they are made plain. */
export async function readTroubles(file: string): Promise<LogTroubles> {
  const troubles = new TroubleCount();
  if (existsSync(file)) {
    const log = await open(file);
    for await (const line of log.readLines()) troubles.add(line);
  }
  const { errors, warnings, first, examples } = troubles;
  return { errors, warnings, first: first === undefined ? undefined : plainLines(first), examples };
}

/** Judges the run; without a summary there is nothing to judge but how k6 ended. */
export function judge(
  summary: RunSummary | undefined,
  end: K6End,
  { busySeconds, averageCpu }: Pick<GeneratorReport, 'busySeconds' | 'averageCpu'>,
  troubles: Omit<LogTroubles, 'examples'>,
): Verdict {
  if (summary !== undefined) return verdictOf(summary, { ...seenOf(end), busySeconds, averageCpu });
  if (end.overdue) return without('INVALID', OVERDUE);
  if (end.stops > 1) return without('ABORTED', 'stopped at once, so k6 wrote no summary');
  if (end.stops > 0) return without('ABORTED', 'stopped before any load was made');
  const first = troubles.first === undefined ? '' : `: ${troubles.first}`;
  return without('INVALID', `k6 wrote no summary and ${howItEnded(end.exitCode)}${first}`);
}

/** What the end of k6 tells about its run. */
export function seenOf({ exitCode, overdue }: K6End): Pick<Observation, 'exitCode' | 'overdue'> {
  return overdue ? { exitCode, overdue } : { exitCode };
}

/** 128 + SIGKILL: what a shell says, too. */
const KILLED = 137;

function howItEnded(exitCode: number): string {
  return exitCode === KILLED
    ? 'was killed in mid-run: by somebody, or by the system for lack of memory'
    : `ended with exit code ${exitCode}`;
}

function without(result: Verdict['result'], sentence: string): Verdict {
  return { result, sentence, reasons: [sentence], holds: null, breaks: null };
}

/** The machine, as far as it matters to somebody who compares two runs. */
export function machine(): Record<string, string | number> {
  return {
    os: `${osType()} ${release()}`,
    platform: `${platform()} ${arch()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    node: process.versions.node,
  };
}
