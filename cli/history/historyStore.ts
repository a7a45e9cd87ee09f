/**
 * The history of a reports folder: `history.duckdb` beside the run folders, which holds what they say and can be made
 * again from them. Without DuckDB, and for runs that it does not know, the folders themselves are read.
 */
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { DuckDBConnection, DuckDBValue } from '@duckdb/node-api';
import { InputError } from '../../lib/words/settings.ts';
import {
  loadDuckDb,
  transaction,
  UnusableDatabase,
  withDatabase,
  firstLine,
  type DuckDb,
} from './historyDatabase.ts';
import { nameIn, rowsIn, rowsInAll, runFolders } from './historyFolders.ts';
import { readNames } from './historyNames.ts';
import type { RunRows } from './historyRun.ts';
import {
  columnsOf,
  creation,
  removal,
  SCHEMA_VERSION,
  TABLES,
  type Row,
  type TableName,
} from './historySchema.ts';
import { messageOf, note } from '../process/terminal.ts';

const fileIn = (reports: string): string => join(reports, 'history.duckdb');

/** A statistic of a metric in one stage of a run. */
export interface Point {
  folder: string;
  stage: number;
  level: number;
  statistic: string;
  value: number;
}

/** A metric of which stages tell. */
export interface KnownMetric {
  unit: string;
  /** Those that some stage has: p50, p95 …, avg, count; or rate. */
  statistics: Set<string>;
}

/** What the history has to say. */
export interface History {
  runs: Row<'runs'>[];
  /** Of the metric that was asked for: the statistics of its kind. */
  points: Point[];
  /** By name, when a metric was asked for. */
  metrics: Map<string, KnownMetric>;
  /** Folders of runs that the database does not know; empty without a database. */
  unknown: string[];
  /** A sentence for each folder whose evidence can't be read. */
  unreadable: string[];
}

/** The metric whose points are wanted; of a Trend this percentile, such as `p95`, else its rate or count. */
export interface Wanted {
  metric: string;
  percentile: string;
}

/**
 * Stores a finished run. Never throws: where it can't be stored, one line on stderr tells why, and the run folder
 * stays as it is. Without DuckDB it does nothing, for the folders are the history then; so it does for a folder that was
 * not published. A run of a suite lies deeper in `reports`.
 */
export async function storeRun(folder: string, reports = dirname(folder)): Promise<void> {
  if (basename(folder).startsWith('.')) return;
  try {
    const duckDb = await loadDuckDb();
    if (duckDb !== undefined) await store(duckDb, folder, reports);
  } catch (error) {
    const [problem = ''] = error instanceof InputError ? error.problems : [messageOf(error)];
    note(`The run is not in the history: ${problem}`);
  }
}

async function store(duckDb: DuckDb, folder: string, reports: string): Promise<void> {
  const file = fileIn(reports);
  const run = await rowsIn(reports, nameIn(reports, folder) ?? basename(folder));
  await withDatabase(duckDb, file, 'write', (connection) =>
    transaction(connection, async () => {
      if (await isNew(connection)) await fill(connection, reports);
      else await addRun(connection, file, run);
    }),
  );
}

async function addRun(connection: DuckDBConnection, file: string, run: RunRows): Promise<void> {
  await checkVersion(connection, file);
  await removeRun(connection, run.runs[0]?.folder ?? '');
  await append(connection, [run]);
  await writeNames(connection, dirname(file));
}

/** Whether nobody has put tables into the file yet. */
async function isNew(connection: DuckDBConnection): Promise<boolean> {
  const [row] = await rows(connection, 'SELECT count(*) AS count FROM duckdb_tables()');
  return row?.['count'] === 0;
}

async function checkVersion(connection: DuckDBConnection, file: string): Promise<void> {
  const tables = await rows(connection, "SELECT 1 FROM duckdb_tables() WHERE table_name = 'meta'");
  const [row] = tables.length === 0 ? [] : await rows(connection, 'SELECT version FROM meta');
  if (row?.['version'] === SCHEMA_VERSION) return;
  const version =
    row === undefined ? 'it is not a history' : `its tables are of version ${String(row['version'])}`;
  throw new UnusableDatabase(file, `${version}, this Crescendo has version ${SCHEMA_VERSION}`);
}

/** Makes the tables and fills them from all run folders; returns how many, and what is wrong with those that can't be read. */
async function fill(connection: DuckDBConnection, reports: string) {
  for (const statement of creation()) await connection.run(statement);
  const { runs, unreadable } = await rowsInAll(reports, runFolders(reports));
  await append(connection, runs);
  await writeNames(connection, reports);
  return { stored: runs.length, unreadable };
}

async function removeRun(connection: DuckDBConnection, folder: string): Promise<void> {
  for (const table of Object.keys(TABLES).filter((name) => name !== 'names'))
    await connection.run(`DELETE FROM ${table} WHERE folder = ?`, [folder]);
}

/** One appender per table serves all runs. */
async function append(connection: DuckDBConnection, runs: readonly RunRows[]): Promise<void> {
  for (const table of ['runs', 'stages', 'operations', 'measures', 'limits', 'failures'] as const)
    await appendRows(
      connection,
      table,
      runs.flatMap((run): Row<typeof table>[] => run[table]),
    );
}

async function writeNames(connection: DuckDBConnection, reports: string): Promise<void> {
  const names = Object.entries(readNames(reports)).map(([name, folder]) => ({ name, folder }));
  await connection.run('DELETE FROM names');
  await appendRows(connection, 'names', names);
}

async function appendRows<T extends TableName>(
  connection: DuckDBConnection,
  table: T,
  values: readonly Row<T>[],
): Promise<void> {
  const columns = columnsOf(table);
  const appender = await connection.createAppender(table);
  for (const row of values) {
    const given: Record<string, unknown> = row;
    for (const { name, type } of columns) appendTo(appender, type, given[name]);
    appender.endRow();
  }
  appender.closeSync();
}

type Appender = Awaited<ReturnType<DuckDBConnection['createAppender']>>;

/** The database casts texts to points in time by itself. */
function appendTo(appender: Appender, type: string, value: unknown): void {
  if (typeof value === 'boolean') appender.appendBoolean(value);
  else if (typeof value === 'string') appender.appendVarchar(value);
  else if (typeof value !== 'number') appender.appendNull();
  else if (type.startsWith('BIGINT')) appender.appendBigInt(BigInt(value));
  else appender.appendDouble(value);
}

/** Rows of a query in plain JavaScript: whole numbers as numbers, points in time as ISO texts. */
async function rows(
  connection: DuckDBConnection,
  sql: string,
  values: DuckDBValue[] = [],
): Promise<Record<string, unknown>[]> {
  const reader = await connection.runAndReadAll(sql, values);
  return reader
    .getRowObjectsJS()
    .map((row) => Object.fromEntries(Object.entries(row).map(([name, value]) => [name, simple(value)])));
}

function simple(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (value instanceof Date) return value.toISOString();
  return value;
}

/** Makes the database again from the run folders. Throws an InputError when there is no DuckDB or no way to write. */
export async function rebuild(reports: string): Promise<{ stored: number; unreadable: string[] }> {
  const duckDb = await requireDuckDb('--rebuild');
  if (!existsSync(reports))
    throw new InputError([`There is no folder ${reports}. Name another one with --reports.`]);
  try {
    return await rebuildIn(duckDb, reports);
  } catch (error) {
    if (!(error instanceof UnusableDatabase)) throw error;
    for (const file of [fileIn(reports), `${fileIn(reports)}.wal`]) rmSync(file, { force: true });
    return rebuildIn(duckDb, reports);
  }
}

async function rebuildIn(duckDb: DuckDb, reports: string): Promise<{ stored: number; unreadable: string[] }> {
  let result = { stored: 0, unreadable: [] as string[] };
  await withDatabase(duckDb, fileIn(reports), 'write', (connection) =>
    transaction(connection, async () => {
      for (const statement of removal()) await connection.run(statement);
      result = await fill(connection, reports);
    }),
  );
  return result;
}

async function requireDuckDb(option: string): Promise<DuckDb> {
  const duckDb = await loadDuckDb();
  if (duckDb !== undefined) return duckDb;
  throw new InputError([
    `${option} needs DuckDB, which is not installed. Run: npm install @duckdb/node-api. Everything else works without it.`,
  ]);
}

/** Puts the names of `baselines.json` into the database too, for SQL; nothing where there is no database. */
export async function syncNames(reports: string): Promise<void> {
  const duckDb = await loadDuckDb();
  const file = fileIn(reports);
  if (duckDb === undefined || !existsSync(file)) return;
  await withDatabase(duckDb, file, 'write', (connection) =>
    transaction(connection, async () => {
      await checkVersion(connection, file);
      await writeNames(connection, reports);
    }),
  );
}

/** Runs a query that only reads. Throws an InputError with what DuckDB says of a wrong one. */
export async function query(reports: string, sql: string): Promise<{ columns: string[]; rows: unknown[][] }> {
  const duckDb = await requireDuckDb('--sql');
  const file = fileIn(reports);
  if (!existsSync(file))
    throw new InputError([
      `There is no ${file} yet. "crescendo history --rebuild" makes it from the run folders.`,
    ]);
  return withDatabase(duckDb, file, 'query', async (connection) => {
    await checkVersion(connection, file);
    const reader = await runOnly(connection, sql).catch((error: unknown) => {
      if (error instanceof InputError || /corrupt|checksum/i.test(messageOf(error))) throw error;
      throw new InputError([asSentence(`The SQL can't be run: ${firstLine(error)}`)]);
    });
    return { columns: reader.columnNames(), rows: reader.getRowsJS().map((row) => row.map(simple)) };
  });
}

/** DuckDB would run the first of several statements and leave out the others. */
async function runOnly(connection: DuckDBConnection, sql: string) {
  if (sql.trim() === '') throw new InputError(['--sql is empty. "crescendo history --tables" has examples.']);
  const { count } = await connection.extractStatements(sql);
  if (count !== 1) throw new InputError([`--sql has ${count} statements. Give one.`]);
  return connection.runAndReadAll(sql);
}

const asSentence = (text: string): string => (/[.!?]$/.test(text) ? text : `${text}.`);

/** Reads the history, with the points of one metric where they are wanted. Throws an InputError. */
export async function readHistory(reports: string, wanted?: Wanted): Promise<History> {
  const duckDb = await loadDuckDb();
  const file = fileIn(reports);
  const known =
    duckDb !== undefined && existsSync(file)
      ? await withDatabase(duckDb, file, 'read', (connection) => stored(connection, file, wanted))
      : undefined;
  const folders = new Set(known?.runs.map(({ folder }) => folder));
  const more = await rowsInAll(
    reports,
    runFolders(reports).filter((name) => !folders.has(name)),
  );
  const read = more.runs.flatMap(({ runs }) => runs);
  const metrics = known?.metrics ?? new Map<string, KnownMetric>();
  for (const { measures } of wanted === undefined ? [] : more.runs) addMetrics(metrics, measures);
  return {
    runs: [...(known?.runs ?? []), ...read],
    points: [...(known?.points ?? []), ...more.runs.flatMap((run) => pointsOf(run, wanted))],
    metrics,
    unknown: known === undefined ? [] : read.map(({ folder }) => folder),
    unreadable: more.unreadable,
  };
}

async function stored(connection: DuckDBConnection, file: string, wanted: Wanted | undefined) {
  await checkVersion(connection, file);
  const runs = (await rows(connection, 'SELECT * FROM runs')) as Row<'runs'>[];
  const metrics = new Map<string, KnownMetric>();
  if (wanted === undefined) return { runs, points: [], metrics };
  addMetrics(metrics, (await rows(connection, METRICS)) as Named[]);
  const points = await rows(connection, POINTS, [wanted.metric, ...statisticsOf(wanted)]);
  return { runs, points: points as unknown as Point[], metrics };
}

const METRICS = 'SELECT DISTINCT metric, unit, statistic, 1 AS stage FROM measures WHERE stage IS NOT NULL';
const POINTS = `SELECT s.folder, s.stage, s.level, m.statistic, m.value FROM stages s JOIN measures m
  ON m.folder = s.folder AND m.stage = s.stage AND m.metric = ? AND m.statistic IN (?, ?, ?)`;

type Named = Pick<Row<'measures'>, 'metric' | 'unit' | 'statistic' | 'stage'>;

function addMetrics(metrics: Map<string, KnownMetric>, measures: readonly Named[]): void {
  for (const { metric, unit, statistic, stage } of measures) {
    if (stage === null) continue;
    const known = metrics.get(metric) ?? { unit, statistics: new Set() };
    known.statistics.add(statistic);
    metrics.set(metric, known);
  }
}

const statisticsOf = ({ percentile }: Wanted): [string, string, string] => [percentile, 'rate', 'count'];

function pointsOf({ stages, measures }: RunRows, wanted: Wanted | undefined): Point[] {
  if (wanted === undefined) return [];
  const levels = new Map(stages.map(({ stage, level }) => [stage, level]));
  return measures.flatMap(({ folder, stage, metric, statistic, value }) => {
    const level = stage === null ? undefined : levels.get(stage);
    const isWanted = metric === wanted.metric && statisticsOf(wanted).includes(statistic);
    return stage === null || level === undefined || !isWanted
      ? []
      : [{ folder, stage, level, statistic, value }];
  });
}
