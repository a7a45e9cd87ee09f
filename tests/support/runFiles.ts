/** The files of made-up runs, as a run leaves them. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Evidence, Remains } from '../../report/derive/evidence.ts';

/** What every summary of a real run tells of its settings. */
const SETTINGS = { encryptionKey: '…', seed: 1 };

/** Writes the files of a run into a folder, which it makes; those of which nothing is given are not there. */
export function writeRunFiles(path: string, evidence: Evidence | Remains, generator?: object): void {
  const { verdict, run, timeline } = evidence;
  const summary = 'summary' in evidence ? { ...evidence.summary, settings: SETTINGS, verdict } : undefined;
  const write = (file: string, text: string | undefined) => {
    if (text !== undefined) writeFileSync(join(path, file), text);
  };
  mkdirSync(path, { recursive: true });
  write('summary.json', JSON.stringify(summary));
  write('verdict.json', JSON.stringify(verdict));
  write('run.json', JSON.stringify(run));
  write('generator.json', JSON.stringify(generator));
  write('timeline.ndjson', timeline);
}
