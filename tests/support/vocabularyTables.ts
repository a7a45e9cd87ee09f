/** The tables of the docs that say what a vocabulary says, in Markdown; each line is a row. */
import { groups } from 'd3-array';
import { classesOf, reasonsOf } from '../../lib/words/failures.ts';
import { LEVELS } from '../../lib/words/limits.ts';
import type { Count, Family, Metric, PhaseWords, Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { wordsOfReason } from '../../report/derive/explain.ts';
import { otherScript, scriptFiles, type ScriptFile } from './scriptFiles.ts';

/** What begins and ends, and the metrics that say how. */
export function operationsTable({ operations }: Vocabulary): string {
  const rows = Object.entries(operations).map(([name, operation]) => {
    const { noun, began, good, bad, stopped, open, success, latency } = operation;
    return [code(name), noun.many, counts(began), counts(good), counts(bad), counts(stopped, open)]
      .concat(code(success))
      .concat(latency === undefined ? NONE : code(latency));
  });
  return table(['operation', 'in texts', 'began', 'good', 'bad', 'else', 'success', 'latency'], rows);
}

/** Metrics by name; a limit needs samples in each judged stage, or only in the run. */
export function metricsTable(metrics: Readonly<Record<string, Metric>>): string {
  const rows = Object.entries(metrics).map(([name, metric]) => [
    code(name),
    metric.kind + (metric.ofK6 === true ? ' of k6' : ''),
    metric.unit,
    limitsOf(metric),
    metric.is,
  ]);
  return table(['metric', 'kind', 'unit', 'limits need samples', 'what it is'], rows);
}

/** The columns of the table of stages. */
export function columnsTable({ columns }: Vocabulary): string {
  const rows = columns.map(({ head, title, metric, aggregate, wide }) => [
    head,
    title,
    `${code(metric)}, ${code(aggregate)}`,
    wide === true ? 'page and Markdown' : 'everywhere',
  ]);
  return table(['column', 'what it is', 'figure', 'where'], rows);
}

/** Where something can fail. */
export function phasesTable({ phases }: Vocabulary): string {
  const rows = Object.entries(phases).map(([name, phase]) => [
    code(name),
    phase.title,
    phase.families.map((family) => `[${family}](failures.md#families)`).join(', '),
    notesOf(phase).join('; '),
  ]);
  return table(['phase', 'in texts', 'families of classes', 'note'], rows);
}

function notesOf({ harmless, repeats, retried }: PhaseWords): string[] {
  return [
    ...(harmless ? ['does not fail its visit'] : []),
    ...(repeats ? ['several times in a visit'] : []),
    ...(retried ? ['tried again with `RETRIES`'] : []),
  ];
}

/** The classes of failures for which a system has words of its own. */
export function reasonsTable({ reasons = {} }: Vocabulary): string {
  const rows = Object.entries(reasons).map(([name, { title, why, look }]) => [code(name), title, why, look]);
  return table(REASON_HEADS, rows);
}

const REASON_HEADS = ['class', 'in texts', 'probable reason', 'where to look'];

const FAMILIES: Record<Family, string> = {
  rest: 'a REST call',
  sum: 'what was sent, as the other side has it',
  handshake: 'the opening of a socket',
  transport: 'the network, or this machine',
  frame: 'what a socket brought',
  message: 'what stands in a message',
  answer: 'what was waited for',
  reply: 'what was waited for, by whom it was sent',
  stray: 'what nobody had asked for',
  delivery: 'what is sent once, for many',
  lost: 'the end of a socket',
  redis: 'a command to a Redis server',
  changed: 'what was stored, read back',
  error: 'an error message',
};

const families = Object.keys(FAMILIES) as Family[];

/** The classes of each family. */
export function familiesTable(): string {
  const rows = families.map((family) => [
    family,
    FAMILIES[family],
    shortened(reasonsOf({ families: [family] })).join(', '),
  ]);
  return table(['family', 'of', 'classes'], rows);
}

/** Those with a number are one. */
function shortened(reasons: readonly string[]): string[] {
  const names = reasons.map((reason) =>
    reason.replace(/^(http|closed)_\d+$/, (_, kind: string) => `${kind}_…`),
  );
  return [...new Set(names)].map(code);
}

/** Every class, with the words that the house has for it. */
export function classesTable(): string {
  const all = classesOf({ phases: { any: { title: '', prefix: '', families } } });
  const rows = [...new Set(all.map(({ reason }) => reason))].map((reason) => {
    const { title, why, look } = wordsOfReason(reason);
    return [code(reason), title, why, look];
  });
  return table(REASON_HEADS, rows);
}

/** The limits of a system's scripts; those that several scripts share stand in one row. */
export function limitsTable({ system }: Vocabulary): string {
  const shipped = scriptFiles().filter((script) => script.system === system);
  const scripts = shipped.length > 0 ? shipped : [otherScript(system)];
  const metrics = [
    ...new Set(scripts.flatMap(({ limits }) => LEVELS.flatMap((level) => Object.keys(limits[level])))),
  ];
  const rows = metrics.flatMap((metric) => limitRows(metric, scripts));
  return table(['metric', 'scripts', ...LEVELS], rows);
}

function limitRows(metric: string, scripts: readonly ScriptFile[]): string[][] {
  const byLimits = groups(
    scripts.filter(({ limits }) => LEVELS.some((level) => limits[level][metric] !== undefined)),
    ({ limits }) => LEVELS.map((level) => expressions(limits[level][metric])).join(' | '),
  );
  return byLimits.map(([cells, some]) => [
    code(metric),
    some.length === scripts.length ? 'all' : some.map(({ name }) => code(name)).join(', '),
    ...cells.split(' | '),
  ]);
}

function expressions(list: readonly string[] = []): string {
  return list.length === 0 ? NONE : list.map(code).join(', ');
}

const NONE = '–';

const code = (text: string): string => `\`${text}\``;

function counts(...some: readonly (Count | undefined)[]): string {
  const shown = some.flatMap((count) =>
    count === undefined ? [] : [`${code(count.metric)} (${count.word})`],
  );
  return shown.length === 0 ? NONE : shown.join(', ');
}

function limitsOf({ limit, setting, drift }: Metric): string {
  if (limit === undefined) return NONE;
  const where = limit === 'run' ? 'in the run' : drift === true ? 'in later stages' : 'in every stage';
  return setting === undefined ? where : `${where}; ${code(setting)}`;
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
