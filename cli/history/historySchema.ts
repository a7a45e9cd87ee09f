/** The tables of the history: what a row is and what each column holds. Pure. */

/** Raised when a table or a column changes; files of another version are rebuilt. */
export const SCHEMA_VERSION = 2;

type ColumnType = 'VARCHAR' | 'TIMESTAMP' | 'BOOLEAN' | 'BIGINT' | 'DOUBLE';
/** A `?` after the type: the value may be null. The text says what it is. */
type Column = readonly [ColumnType | `${ColumnType}?`, string];

interface Table {
  rows: string;
  columns: Readonly<Record<string, Column>>;
}

const FOLDER = ['VARCHAR', 'name of the run folder, the key of a run'] as const;
const STAGE = ['BIGINT', 'number of the stage, from 1'] as const;
const PLACE = ['BIGINT?', 'number of the stage, from 1; null: the whole run'] as const;

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
      holds: ['BIGINT?', 'level of the largest stage before the first that broke'],
      breaks: ['BIGINT?', 'level of the first stage that broke'],
      breaks_stage: ['BIGINT?', 'its number'],
      level_noun: ['VARCHAR?', 'what levels count: sessions, connections, …'],
      headline: ['VARCHAR?', 'the operation that the verdict speaks of'],
      p95_ms: ['DOUBLE?', 'its p95 in the largest stage that has one'],
      p95_level: ['BIGINT?', 'level of that stage'],
      judged_by: ['VARCHAR?', 'the limits that decided: target, warning or critical'],
      seed: ['DOUBLE?', 'seed of the random choices'],
      crescendo: ['VARCHAR', 'version of Crescendo'],
      k6: ['VARCHAR', 'version of k6'],
      duration_ms: ['DOUBLE?', 'length of the run, as k6 measured it'],
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
      level: ['BIGINT', 'as planned, in the noun of the run'],
      state: ['VARCHAR', 'held, broke, not measured, unfinished or not reached'],
      binding: ['BOOLEAN', 'its limits decide the run'],
      held: ['DOUBLE?', 'how much of the level was there on average, as a share of the plan'],
    },
  },
  operations: {
    rows: 'what became of one kind of operation, in a run and in each stage',
    columns: {
      folder: FOLDER,
      stage: PLACE,
      operation: ['VARCHAR', 'its name in the vocabulary of the system'],
      noun: ['VARCHAR', 'what people call several of it'],
      began: ['BIGINT?', 'how many began; of a stage, in its judged part'],
      good: ['BIGINT?', 'how many ended well'],
      bad: ['BIGINT?', 'how many ended badly'],
      stopped: ['BIGINT?', 'how many the plan ended in health'],
      open: ['BIGINT?', 'how many the end of k6 cut'],
      success: ['DOUBLE?', 'share of good ones'],
      p50_ms: ['DOUBLE?', 'how long good ones took, median'],
      p95_ms: ['DOUBLE?', 'the same, p95'],
      p99_ms: ['DOUBLE?', 'the same, p99'],
      average_at_once: ['DOUBLE?', 'how many were under way at the same time, on average'],
      peak_at_once: ['BIGINT?', 'the most that were seen at the same time; headline only'],
    },
  },
  measures: {
    rows: 'a statistic of a metric, in a run and in each stage',
    columns: {
      folder: FOLDER,
      stage: PLACE,
      metric: ['VARCHAR', 'its name, as in limits'],
      statistic: ['VARCHAR', 'p1 … p99.9, count, min, avg, max; or rate; or count'],
      unit: ['VARCHAR', 'of the metric: ms, share, count, …'],
      value: ['DOUBLE', 'in that unit; of the statistic count, a count'],
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
      phase: ['VARCHAR', 'where, by its name in the vocabulary of the system'],
      reason: ['VARCHAR', 'the class'],
      status: ['BIGINT?', 'HTTP status of a refused handshake'],
      title: ['VARCHAR', 'the class in words'],
      count: ['BIGINT', 'how often'],
      visits: ['BIGINT', 'in how many visits (sessions, …)'],
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
    'How did p99 of the headline at level 50 go over time?',
    'SELECT r.started_at, o.operation, o.p99_ms FROM operations o JOIN runs r USING (folder) JOIN stages s USING (folder, stage) WHERE o.operation = r.headline AND s.level = 50 ORDER BY 1',
  ],
  [
    'How many operations were there, and how many failed?',
    'SELECT noun, sum(began) AS began, sum(bad) AS failed FROM operations WHERE stage IS NULL GROUP BY noun ORDER BY began DESC',
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
