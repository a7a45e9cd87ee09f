/** What there is to analyze in a folder: a suite, a run, several runs, or files of Locust. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import type { Analysis } from '../../report/analyze/analysis.ts';
import { DEFAULT_LOCUST_LIMITS } from '../../report/analyze/locustLimits.ts';
import { analysisOfLocust } from '../../report/analyze/ofLocust.ts';
import { analysisOfRun } from '../../report/analyze/ofRun.ts';
import type { SuiteRecord, SuiteTest } from '../../report/suite/suiteRecord.ts';
import { readEvidenceFile } from '../evidence/evidenceFile.ts';
import { readRun } from '../evidence/runReader.ts';
import { readLimitsFile } from './limitsFile.ts';
import { locustPrefixes, readLocust } from './locustFolder.ts';

/** What was found. */
interface Found {
  analyses: readonly Analysis[];
  /** What the reader must know of them. */
  note?: string;
}

const WANTED =
  'Give the folder of a suite or of a run, such as reports/…-messaging, or one with CSV files of Locust.';

/**
 * Reads a folder; `limits`: the file of limits on the rows of Locust's files, with which those are read wherever they are.
 * Throws an InputError where there is nothing to analyze, or it can't be read.
 */
export async function analysesIn(folder: string, limits: string | undefined): Promise<Found> {
  if (!existsSync(folder)) throw new InputError([`There is nothing at "${plain(folder)}". ${WANTED}`]);
  if (!statSync(folder).isDirectory()) throw new InputError([`"${plain(folder)}" is a file. ${WANTED}`]);
  if (limits !== undefined) return ofLocust(folder, limits);
  if (existsSync(join(folder, 'suite.json'))) return { analyses: await ofSuite(folder) };
  if (isRun(folder)) return { analyses: [await ofRun(folder, basename(resolve(folder)))] };
  if (locustPrefixes(folder).length > 0) return ofLocust(folder, undefined);
  const runs = readdirSync(folder).filter((name) => isRun(join(folder, name)));
  if (runs.length === 0)
    throw new InputError([`"${plain(folder)}" has neither runs nor CSV files of Locust. ${WANTED}`]);
  return { analyses: await Promise.all(runs.map((name) => ofRun(join(folder, name), name))) };
}

function isRun(folder: string): boolean {
  return ['summary.json', 'verdict.json'].some((file) => existsSync(join(folder, file)));
}

async function ofRun(folder: string, title: string): Promise<Analysis> {
  return analysisOfRun(plain(title), await readRun(folder, 'analyze'));
}

async function ofSuite(folder: string): Promise<Analysis[]> {
  // Its schema has said so.
  const { tests } = (await readEvidenceFile(join(folder, 'suite.json'), 'suite.json')) as SuiteRecord;
  return Promise.all(tests.map((test) => ofTest(folder, test)));
}

/** A test without a folder was not run. */
async function ofTest(suite: string, { name, folder, result, sentence }: SuiteTest): Promise<Analysis> {
  if (folder === null) return { title: plain(name), result, sentence: plain(sentence), rows: [] };
  return ofRun(join(suite, basename(folder)), name);
}

const DEFAULTS =
  'These are limits of the house: p95 < 500 ms, p99 < 1 s, failures < 1 % of every row. Give yours with --limits <file>, such as {"GET /health": ["p(99)<50"]}.';

function ofLocust(folder: string, file: string | undefined): Found {
  const prefixes = locustPrefixes(folder);
  if (prefixes.length === 0)
    throw new InputError([`"${plain(folder)}" has no file of Locust such as …_stats.csv. ${WANTED}`]);
  const limits = file === undefined ? DEFAULT_LOCUST_LIMITS : readLimitsFile(file);
  const analyses = prefixes.map((prefix) =>
    analysisOfLocust(readLocust(folder, prefix), limits, file ?? 'the house'),
  );
  return file === undefined ? { analyses, note: DEFAULTS } : { analyses };
}
