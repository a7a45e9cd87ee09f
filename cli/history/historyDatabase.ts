/** Opens the database of the history: DuckDB, which is an optional package and lets one process in at a time. */
import { statSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import type { DuckDBConnection } from '@duckdb/node-api';
import { InputError } from '../../lib/words/settings.ts';
import { plain } from '../../lib/words/plain.ts';
import { messageOf } from '../process/terminal.ts';

export type DuckDb = typeof import('@duckdb/node-api');

/** How long another process may keep the database before we give up. */
const PATIENCE_MS = 10_000;

/** How a database is used; `query` is for SQL that somebody else wrote: it reaches nothing but the tables. */
type Access = 'read' | 'query' | 'write';

const OFFLINE = { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false', threads: '1' };
const OPTIONS: Readonly<Record<Access, Record<string, string>>> = {
  write: OFFLINE,
  read: { ...OFFLINE, access_mode: 'READ_ONLY' },
  query: {
    ...OFFLINE,
    access_mode: 'READ_ONLY',
    enable_external_access: 'false',
    lock_configuration: 'true',
  },
};

/** DuckDB; `undefined` where the package or its binary for this machine is not installed. */
export async function loadDuckDb(): Promise<DuckDb | undefined> {
  try {
    return await import('@duckdb/node-api');
  } catch {
    return undefined;
  }
}

/** A file that DuckDB can't read, or that is not ours. */
export class UnusableDatabase extends InputError {
  constructor(file: string, reason: string) {
    super([
      `${file} can't be used (${reason}). "crescendo history --rebuild" makes it again from the run folders.`,
    ]);
  }
}

/**
 * Opens the database, does the work and closes it again. Waits for other processes, up to ten seconds. Throws an
 * InputError when they take longer, and an UnusableDatabase when the file is damaged.
 */
export async function withDatabase<T>(
  duckDb: DuckDb,
  file: string,
  access: Access,
  work: (connection: DuckDBConnection) => Promise<T>,
  patienceMs = PATIENCE_MS,
): Promise<T> {
  const instance = await open(duckDb, file, access, patienceMs);
  try {
    const connection = await instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  } catch (error) {
    throw error instanceof InputError ? error : new UnusableDatabase(file, firstLine(error));
  } finally {
    instance.closeSync();
  }
}

async function open(duckDb: DuckDb, file: string, access: Access, patienceMs: number) {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await duckDb.DuckDBInstance.create(file, OPTIONS[access]);
    } catch (error) {
      if (/permission denied|access is denied/i.test(messageOf(error)))
        throw new InputError([`${file} can't be opened (${firstLine(error)}). Change its permissions.`]);
      if (!isBusy(file, error)) throw new UnusableDatabase(file, firstLine(error));
      if (Date.now() > deadline) throw new InputError([busyText(file, error)]);
    }
    await wait(20 + Math.random() * 60);
  }
}

/** Another process has it open, or has made the file and not yet locked it. */
function isBusy(file: string, error: unknown): boolean {
  return /set lock|used by another process/i.test(messageOf(error)) || isEmpty(file);
}

function isEmpty(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false })?.size === 0;
}

function busyText(file: string, error: unknown): string {
  const [, holder] = /held in (.*? \(PID \d+\))/.exec(messageOf(error)) ?? [];
  if (holder === undefined && isEmpty(file))
    return `${file} is empty. Remove it; "crescendo history --rebuild" makes it again from the run folders.`;
  return `${file} is in use by another process${holder === undefined ? '' : `: ${plain(holder)}`}. Close that, then try again.`;
}

/** DuckDB's errors go on with a picture of the place, or with a stack. */
export function firstLine(error: unknown): string {
  const text = messageOf(error).split(/\n\s*(?:\n|LINE \d)/)[0] ?? '';
  return plain(text).trim().replace(/\.$/, '');
}

/** Runs `work` as one transaction: all of it is stored, or nothing. */
export async function transaction(connection: DuckDBConnection, work: () => Promise<void>): Promise<void> {
  await connection.run('BEGIN TRANSACTION');
  try {
    await work();
  } catch (error) {
    await connection.run('ROLLBACK');
    throw error;
  }
  await connection.run('COMMIT');
}
