/** A run that is compared, as its folder has it. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { shapingSettings } from '../../lib/before/config.ts';
import type { Compared } from '../../report/compare/compare.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import { CHATBOT_SECTIONS } from '../../systems/chatbot/settings.ts';
import { readRun } from '../evidence/runReader.ts';
import { findRun } from '../history/historyNames.ts';

/**
 * `given`: a folder, a summary.json, or what `crescendo history --name` calls a run. Throws an InputError of one sentence
 * where there is nothing, or it can't be read.
 */
export async function runCalled(given: string, reports: string): Promise<Compared> {
  const path = existsSync(given) ? given : findRun(given, reports);
  return comparedRun(path, basename(resolve(path)));
}

/** The run at `path`, and what to call it. Throws an InputError of one sentence where it can't be read. */
export async function comparedRun(path: string, name: string): Promise<Compared> {
  const { summary, verdict, run } = await readRun(path, 'compare');
  return { summary: withShapingSettings(summary), verdict, name, ...(run === undefined ? {} : { run }) };
}

/** Summaries of earlier versions do not say which settings shape the load: theirs are the chatbot's. */
function withShapingSettings(summary: RunSummary): RunSummary {
  return { shapingSettings: shapingSettings(CHATBOT_SECTIONS), ...summary };
}
