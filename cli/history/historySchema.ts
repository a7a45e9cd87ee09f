/** The tables of the history: what a row is and what each column holds. Pure. */

/** Raised when a table or a column changes; files of another version are rebuilt. */
export const SCHEMA_VERSION = 1;

type ColumnType = 'VARCHAR' | 'TIMESTAMP' | 'BOOLEAN' | 'BIGINT' | 'DOUBLE';
/** A `?` after the type: the value may be null. The text says what it is. */
type Column = readonly [ColumnType | `${ColumnType}?`, string];

interface Table {
  rows: string;
  columns: Readonly<Record<string, Column>>;
}

const FOLDER = ['VARCHAR', 'name of the run folder, the key of a run'] as const;
const STAGE = ['BIGINT', 'number of the stage, from 1'] as const;

/** Every table; times are milliseconds (`_ms`), shares are between 0 and 1, points in time are UTC. */
export const TABLES = {
  runs: {
    rows: 'a run',
    columns: {
      folder: FOLDER,
      started_at: ['TIMESTAMP', 'start, UTC'],
      ended_at: ['TIMESTAMP', 'end, UTC'],
      script: ['VARCHAR', 'ramp, burst, …'],
      plan: ['VARCHAR?', 'the plan in words'],
      alike: ['VARCHAR?', 'equal for runs of the same script and plan'],
      target: ['VARCHAR', 'host of the target, or "reference target"'],
      result: ['VARCHAR', 'PASS, FAIL, INVALID or ABORTED'],
      sentence: ['VARCHAR', 'the verdict in words'],
      holds: ['BIGINT?', 'sessions of the largest stage before the first that broke'],
      breaks: ['BIGINT?', 'sessions of the first stage that broke'],
      breaks_stage: ['BIGINT?', 'its number'],
      p95_ms: ['DOUBLE?', 'answer latency p95 in the largest stage that has answers'],
      p95_sessions: ['BIGINT?', 'sessions of that stage'],
      level: ['VARCHAR?', 'the limits that decided: target, warning or critical'],
      seed: ['DOUBLE?', 'seed of the random choices'],
      crescendo: ['VARCHAR', 'version of Crescendo'],
      k6: ['VARCHAR', 'version of k6'],
      duration_ms: ['DOUBLE?', 'length of the run, as k6 measured it'],
      sessions_started: ['BIGINT?', 'sessions'],
      sessions_completed: ['BIGINT?', 'sessions that reached their end'],
      sessions_failed: ['BIGINT?', 'sessions that failed'],
      sessions_stopped: ['BIGINT?', 'healthy sessions that the plan ended'],
      sessions_interrupted: ['BIGINT?', 'sessions that the end of k6 cut'],
      questions_sent: ['BIGINT?', 'questions'],
      questions_answered: ['BIGINT?', 'questions with a whole answer'],
      questions_failed: ['BIGINT?', 'questions without'],
      session_success: ['DOUBLE?', 'share of the sessions'],
      answer_success: ['DOUBLE?', 'share of the questions'],
      peak_invocations: ['BIGINT?', 'most questions seen waiting at the same time'],
      peak_cpu: ['DOUBLE?', 'greatest share of its cores that k6 used over a second'],
      peak_memory_bytes: ['BIGINT?', 'most memory that k6 used'],
      lag_p99_ms: ['DOUBLE?', 'generator lag p99'],
    },
  },
  stages: {
    rows: 'a stage of a run',
    columns: {
      folder: FOLDER,
      stage: STAGE,
      name: ['VARCHAR?', 'what it is for, where the plan has words for it'],
      sessions: ['BIGINT', 'sessions, as planned'],
      state: ['VARCHAR', 'held, broke, not measured, unfinished or not reached'],
      binding: ['BOOLEAN', 'its limits decide the run'],
      held: ['DOUBLE?', 'sessions open on average, as a share of the plan'],
      sessions_started: ['BIGINT', 'sessions that began in it'],
      questions_sent: ['BIGINT', 'questions of its judged part'],
      questions_answered: ['BIGINT', 'those with a whole answer'],
      p50_ms: ['DOUBLE?', 'answer latency, median'],
      p95_ms: ['DOUBLE?', 'answer latency p95'],
      p99_ms: ['DOUBLE?', 'answer latency p99'],
    },
  },
  measures: {
    rows: 'a statistic of a metric in a stage',
    columns: {
      folder: FOLDER,
      stage: STAGE,
      metric: ['VARCHAR', 'answer_latency, first_chunk_latency, generator_lag, answer_success, …'],
      statistic: ['VARCHAR', 'p1 … p99.9, count, min, avg, max; or rate'],
      value: ['DOUBLE', 'milliseconds, a count, or a share'],
    },
  },
  limits: {
    rows: 'a limit in a stage',
    columns: {
      folder: FOLDER,
      stage: STAGE,
      metric: ['VARCHAR', 'what is limited'],
      expression: ['VARCHAR', 'as in the thresholds file: p(95)<5000'],
      bound: ['DOUBLE', 'the number in it'],
      value: ['DOUBLE?', 'measured; null: no samples'],
      kept: ['BOOLEAN?', 'null: no samples'],
      margin: ['DOUBLE?', 'distance from the bound as a share of it; below 0: broken'],
    },
  },
  failures: {
    rows: 'a class of failures in a run',
    columns: {
      folder: FOLDER,
      phase: ['VARCHAR', 'token, session, connect, answer, …'],
      reason: ['VARCHAR', 'the class'],
      status: ['BIGINT?', 'HTTP status of a refused handshake'],
      title: ['VARCHAR', 'the class in words'],
      count: ['BIGINT', 'how often'],
      sessions: ['BIGINT', 'in how many sessions'],
    },
  },
  names: {
    rows: 'a named run',
    columns: { name: ['VARCHAR', 'given with --name'], folder: FOLDER },
  },
} as const satisfies Record<string, Table>;

export type TableName = keyof typeof TABLES;

type Value<T> = T extends `${infer Base}?`
  ? Value<Base> | null
  : T extends 'BOOLEAN'
    ? boolean
    : T extends 'BIGINT' | 'DOUBLE'
      ? number
      : string;
type Columns<T extends TableName> = (typeof TABLES)[T]['columns'];

/** A row as TypeScript has it; points in time are ISO texts of UTC. */
export type Row<T extends TableName> = {
  -readonly [C in keyof Columns<T>]: Columns<T>[C] extends readonly [infer Type, string]
    ? Value<Type>
    : never;
};

/** Name, type and meaning of the columns of a table, in their order. */
export function columnsOf(table: TableName): { name: string; type: string; meaning: string }[] {
  const columns: Record<string, Column> = TABLES[table].columns;
  return Object.entries(columns).map(([name, [type, meaning]]) => ({ name, type, meaning }));
}

/** Makes a row of values that come from a file. Throws an Error that names the column where one does not fit. */
export function rowOf<T extends TableName>(table: T, values: Record<keyof Row<T>, unknown>): Row<T> {
  const given: Record<string, unknown> = values;
  const entries = columnsOf(table).map(({ name, type }) => [name, fitting(name, type, given[name])]);
  return Object.fromEntries(entries) as Row<T>;
}

function fitting(name: string, type: string, value: unknown): unknown {
  if (type.endsWith('?'))
    return value === undefined || value === null ? null : fitting(name, type.slice(0, -1), value);
  if (type === 'TIMESTAMP' && typeof value === 'string' && !Number.isNaN(Date.parse(value)))
    return new Date(value).toISOString();
  if (type !== 'TIMESTAMP' && FITS[type]?.(value)) return value;
  throw new Error(`${name} is ${value === undefined ? 'missing' : JSON.stringify(value)}`);
}

const FITS: Readonly<Record<string, (value: unknown) => boolean>> = {
  VARCHAR: (value) => typeof value === 'string',
  BOOLEAN: (value) => typeof value === 'boolean',
  BIGINT: Number.isSafeInteger,
  DOUBLE: Number.isFinite,
};

/** The statements that make the tables, with their meaning as comments in the database. */
export function creation(): string[] {
  const tables = Object.keys(TABLES) as TableName[];
  return [
    'CREATE TABLE meta (version BIGINT)',
    `INSERT INTO meta VALUES (${SCHEMA_VERSION})`,
    ...tables.flatMap(tableCreation),
  ];
}

function tableCreation(table: TableName): string[] {
  const columns = columnsOf(table);
  const definitions = columns.map(
    ({ name, type }) => `${name} ${type.endsWith('?') ? type.slice(0, -1) : `${type} NOT NULL`}`,
  );
  return [
    `CREATE TABLE ${table} (${definitions.join(', ')})`,
    `COMMENT ON TABLE ${table} IS ${quoted(`a row is ${TABLES[table].rows}`)}`,
    ...columns.map(({ name, meaning }) => `COMMENT ON COLUMN ${table}.${name} IS ${quoted(meaning)}`),
  ];
}

/** The statements that remove them. */
export function removal(): string[] {
  return ['meta', ...Object.keys(TABLES)].map((table) => `DROP TABLE IF EXISTS ${table}`);
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** Questions that people ask, and the SQL that answers them. */
export const EXAMPLES: readonly (readonly [string, string])[] = [
  ['What did each script hold at best?', 'SELECT script, max(holds) AS holds FROM runs GROUP BY script'],
  [
    'How often did runs end how, per week?',
    "SELECT date_trunc('week', started_at) AS week, result, count(*) AS runs FROM runs GROUP BY ALL ORDER BY ALL",
  ],
  [
    'Which limits break first?',
    'SELECT metric, expression, min(stage) AS stage, count(*) AS times FROM limits WHERE kept = false GROUP BY ALL ORDER BY times DESC',
  ],
  [
    'Which failures are new since the run "main"?',
    "SELECT DISTINCT phase, title FROM failures WHERE reason NOT IN (SELECT reason FROM failures JOIN names USING (folder) WHERE name = 'main')",
  ],
  [
    'How did p99 of 50 sessions go over time?',
    "SELECT r.started_at, m.value FROM measures m JOIN stages s USING (folder, stage) JOIN runs r USING (folder) WHERE m.metric = 'answer_latency' AND m.statistic = 'p99' AND s.sessions = 50 ORDER BY 1",
  ],
];

/** The tables for people who write SQL. */
export function describeTables(): string {
  const tables = Object.keys(TABLES) as TableName[];
  const parts = tables.map((table) => {
    const lines = columnsOf(table).map(
      ({ name, type, meaning }) => `  ${name.padEnd(20)} ${type.padEnd(10)} ${meaning}`,
    );
    return [`${table}: a row is ${TABLES[table].rows}`, ...lines, ''].join('\n');
  });
  const examples = EXAMPLES.map(([question, sql]) => `${question}\n  ${sql}`);
  return [
    ...parts,
    '"?" marks what may be null. Times are UTC; _ms is milliseconds; shares are 0 to 1.',
    '',
    ...examples,
  ].join('\n');
}
