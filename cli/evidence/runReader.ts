/** The one reader of a run's folder, for every command that works with evidence. */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import type { Evidence, Remains } from '../../report/derive/evidence.ts';
import type { Verifiable } from '../../report/verify/verify.ts';
import { readEvidenceFile, readOwnFile, type EvidenceFile } from './evidenceFile.ts';

/** What a command reads of a run. */
interface Reading {
  /** Completes "there is nothing to …". */
  to: string;
  files: readonly EvidenceFile[];
  /** It can do its work with any one of these sets. */
  needs: readonly (readonly EvidenceFile[])[];
  /** A summary.json will do, wherever it is and whatever it is called. */
  takesFile: boolean;
}

const FIGURES = ['summary.json', 'verdict.json', 'run.json'] as const;

const READINGS = {
  verify: {
    to: 'verify',
    files: [...FIGURES, 'timeline.ndjson', 'generator.json'],
    needs: [['summary.json']],
    takesFile: true,
  },
  compare: { to: 'compare', files: FIGURES, needs: [['summary.json']], takesFile: true },
  report: {
    to: 'report',
    files: [...FIGURES, 'timeline.ndjson'],
    needs: [['summary.json'], ['run.json', 'verdict.json']],
    takesFile: false,
  },
  analyze: {
    to: 'analyze',
    files: FIGURES,
    needs: [['summary.json'], ['run.json', 'verdict.json']],
    takesFile: false,
  },
  history: {
    to: 'list',
    files: FIGURES,
    needs: [
      ['run.json', 'summary.json'],
      ['run.json', 'verdict.json'],
    ],
    takesFile: false,
  },
} as const satisfies Record<string, Reading>;

/** A command that reads runs. */
export type Reader = keyof typeof READINGS;

/** Where each file of a run is. */
type Places = ReadonlyMap<EvidenceFile, string>;

/**
 * What a command needs to know of the run at `path`: a folder of `crescendo run`, or for those that do with less, one
 * with the `summary.json` of plain k6, or that file alone. Throws an InputError with one sentence about what is missing
 * or the first file that is damaged.
 */
export async function readRun(path: string, reader: 'verify' | 'compare'): Promise<Verifiable>;
export async function readRun(path: string, reader: Reader): Promise<Evidence | Remains>;
export async function readRun(path: string, reader: Reader): Promise<Evidence | Remains> {
  const places = placesOf(path, reader);
  refuseGaps(path, reader, places);
  const contents = new Map<EvidenceFile, unknown>();
  for (const [file, place] of places) contents.set(file, await readEvidenceFile(place, file));
  return evidenceOf(contents);
}

/** What a report is made of, of files that this process has just written into `folder`. Throws when one can't be read. */
export function readOwnRun(folder: string): Evidence | Remains {
  const places = placesIn(folder, READINGS.report.files);
  return evidenceOf(new Map([...places].map(([file, place]) => [file, readOwnFile(place, file)])));
}

const RUN_FOLDER = 'Give the folder of a run, such as reports/…-ramp';

function placesOf(path: string, reader: Reader): Places {
  const { files, takesFile } = READINGS[reader];
  const wanted = `${RUN_FOLDER}${takesFile ? ', or its summary.json' : ''}.`;
  if (!existsSync(path)) throw new InputError([`There is nothing at "${plain(path)}". ${wanted}`]);
  if (statSync(path).isDirectory()) return placesIn(path, files);
  if (takesFile) return new Map([['summary.json', path]]);
  throw new InputError([`"${plain(path)}" is a file. ${wanted}`]);
}

function placesIn(folder: string, files: readonly EvidenceFile[]): Places {
  const places = files.map((file) => [file, join(folder, file)] as const);
  return new Map(places.filter(([, place]) => existsSync(place)));
}

function refuseGaps(path: string, reader: Reader, places: Places): void {
  const { needs, to }: Reading = READINGS[reader];
  const gaps = needs.map((files) => files.filter((file) => !places.has(file)));
  const missing = gaps.some((gap) => gap.length === 0) ? undefined : gaps[0]?.[0];
  if (missing === undefined) return;
  const why = missing === 'summary.json' ? 'k6 wrote none, or it is' : 'it is';
  throw new InputError([
    `"${plain(path)}" has no ${missing}, so there is nothing to ${to}: ${why} not the folder of a run.`,
  ]);
}

/** The schemas have said that this is what the files hold. A verdict of its own goes before that of the summary. */
function evidenceOf(contents: ReadonlyMap<EvidenceFile, unknown>): Evidence | Remains {
  const summary = contents.get('summary.json') as { verdict: unknown } | undefined;
  const parts = {
    summary,
    verdict: contents.get('verdict.json') ?? summary?.verdict,
    run: contents.get('run.json'),
    timeline: contents.get('timeline.ndjson'),
    generator: contents.get('generator.json'),
  };
  const there = Object.entries(parts).filter(([, part]) => part !== undefined);
  return Object.fromEntries(there) as unknown as Evidence | Remains;
}
