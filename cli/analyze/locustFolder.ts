/** The CSV files of Locust, or of ours with its columns, in a folder. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { CsvError, parse } from 'csv-parse/sync';
import { plain } from '../../lib/words/plain.ts';
import { closest, InputError } from '../../lib/words/settings.ts';
import { LOCUST_PERCENTILES } from '../../report/csv/locust.ts';
import type { LocustFailure, LocustFiles, LocustRow, LocustSecond } from '../../report/analyze/ofLocust.ts';
import { messageOf } from '../process/terminal.ts';

const STATS = /^(?:(.*)_)?stats\.csv$/;

/** What the files of each test in a folder are called before `_stats.csv`; empty for `stats.csv` itself. */
export function locustPrefixes(folder: string): string[] {
  const names = readdirSync(folder).sort();
  return names.flatMap((name) => {
    const found = STATS.exec(name);
    return found === null ? [] : [found[1] ?? ''];
  });
}

/** The files of one test. Throws an InputError with one sentence for a file that can't be read or has other columns. */
export function readLocust(folder: string, prefix: string): LocustFiles {
  const path = (name: string) => join(folder, prefix === '' ? name : `${prefix}_${name}`);
  const optional = (name: string, columns: readonly string[]) =>
    existsSync(path(name)) ? recordsIn(path(name), columns) : [];
  const stats = recordsIn(path('stats.csv'), ['Type', 'Name', 'Request Count', 'Failure Count', '95%']);
  return {
    title: plain(prefix === '' ? basename(resolve(folder)) : prefix),
    rows: stats.map(rowOf),
    history: optional('stats_history.csv', ['Timestamp', 'User Count', 'Type', 'Name', '95%']).map(secondOf),
    failures: optional('failures.csv', ['Method', 'Name', 'Error', 'Occurrences']).map(failureOf),
  };
}

type Cells = Readonly<Record<string, string>>;

/** A newer Locust may have more columns. */
function recordsIn(path: string, needed: readonly string[]): Cells[] {
  const records = parsed(path);
  const columns = Object.keys(records[0] ?? {});
  const missing = records.length === 0 ? undefined : needed.find((name) => !columns.includes(name));
  if (missing === undefined) return records;
  const meant = closest(missing, columns);
  const hint =
    meant === undefined
      ? `It has ${columns
          .map((name) => plain(name))
          .join(', ')
          .slice(0, 200)}.`
      : `It has "${plain(meant)}".`;
  throw new InputError([
    `${plain(path)} has no column "${missing}", which Locust 2 writes. ${hint} Give the files as Locust wrote them.`,
  ]);
}

function parsed(path: string): Cells[] {
  try {
    return parse<Cells>(readFileSync(path, 'utf8'), { columns: true, bom: true, skip_empty_lines: true });
  } catch (error) {
    const where = error instanceof CsvError && typeof error['lines'] === 'number' ? `:${error['lines']}` : '';
    throw new InputError([
      `${plain(path)}${where} can't be read as CSV (${plain(messageOf(error))}). Give the files as Locust wrote them.`,
    ]);
  }
}

/** `N/A`, and what is empty, is not known. */
function numberIn(cells: Cells, column: string): number | null {
  const text = cells[column]?.trim() ?? '';
  const value = Number(text);
  return text === '' || !Number.isFinite(value) ? null : value;
}

const FIGURES: Readonly<Record<string, string>> = {
  count: 'Request Count',
  failed: 'Failure Count',
  rate: 'Requests/s',
  med: 'Median Response Time',
  avg: 'Average Response Time',
  min: 'Min Response Time',
  max: 'Max Response Time',
  ...Object.fromEntries(LOCUST_PERCENTILES.map((percent) => [`p(${percent})`, `${percent}%`])),
};

function rowOf(cells: Cells): LocustRow {
  const figures = Object.entries(FIGURES).map(([figure, column]) => [figure, numberIn(cells, column)]);
  return { ...requestOf(cells, 'Type'), figures: Object.fromEntries(figures) as LocustRow['figures'] };
}

function secondOf(cells: Cells): LocustSecond {
  return {
    ...requestOf(cells, 'Type'),
    time: numberIn(cells, 'Timestamp') ?? 0,
    users: numberIn(cells, 'User Count') ?? 0,
    p95: numberIn(cells, '95%'),
  };
}

function failureOf(cells: Cells): LocustFailure {
  return {
    ...requestOf(cells, 'Method'),
    error: plain(cells['Error'] ?? '').slice(0, 200),
    count: numberIn(cells, 'Occurrences') ?? 0,
  };
}

function requestOf(cells: Cells, type: 'Type' | 'Method') {
  return { type: plain(cells[type] ?? ''), name: plain(cells['Name'] ?? '') };
}
