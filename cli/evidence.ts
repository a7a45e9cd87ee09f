/** What a run leaves behind: reads k6's summary, judges it with what was seen from outside, and makes the files. */
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, platform, release, totalmem, type as osType } from 'node:os';
import { createInterface } from 'node:readline';
import { SUMMARY_VERSION, type RunSummary } from '../report/summary.ts';
import { verdictOf, type Verdict } from '../report/verdict.ts';
import { TroubleCount, type LogTroubles } from './k6Log.ts';
import type { K6End } from './k6Process.ts';

/** Reads `summary.json`; `undefined` when k6 wrote none, or only a part of one, or one of another version. */
export function readSummary(file: string): RunSummary | undefined {
  if (!existsSync(file)) return undefined;
  try {
    const summary = JSON.parse(readFileSync(file, 'utf8')) as RunSummary;
    const isWhole = Array.isArray(summary.stages) && Array.isArray(summary.ledger);
    const version: number = summary.version;
    return isWhole && version === SUMMARY_VERSION ? summary : undefined;
  } catch {
    return undefined;
  }
}

/** Reads k6's log. */
export async function readTroubles(file: string): Promise<LogTroubles> {
  const troubles = new TroubleCount();
  for await (const line of createInterface({ input: createReadStream(file) })) troubles.add(line);
  return troubles;
}

/** Judges the run; without a summary there is nothing to judge but how k6 ended. */
export function judge(
  summary: RunSummary | undefined,
  end: K6End,
  busySeconds: number,
  troubles: LogTroubles,
): Verdict {
  if (end.overdue) return without('INVALID', OVERDUE);
  if (summary !== undefined) return verdictOf(summary, { exitCode: end.exitCode, busySeconds });
  if (end.stops > 1) return without('ABORTED', 'stopped at once, so k6 wrote no summary');
  if (end.stops > 0) return without('ABORTED', 'stopped before any load was made');
  const first = troubles.first === undefined ? '' : `: ${troubles.first}`;
  return without('INVALID', `k6 wrote no summary and ended with exit code ${end.exitCode}${first}`);
}

const OVERDUE =
  'k6 was still there long after the latest end of its plan and was ended: it hung, or the machine was stopped meanwhile';

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
