/** Which runs of the history are meant: reads the filters of the command line and applies them. Pure. */
import { closest, InputError } from '../../lib/words/settings.ts';
import { EXIT_CODES } from '../../report/derive/verdict.ts';
import type { Row } from './historySchema.ts';

type Run = Row<'runs'>;

/** The filters as the command line gives them. */
export interface FilterOptions {
  script?: string;
  result?: string;
  target?: string;
  since?: string;
  limit?: string;
}

/** The filters, read. */
export interface Filters {
  script: string | undefined;
  results: readonly string[] | undefined;
  target: string | undefined;
  since: Date | undefined;
  limit: number;
}

const SHOWN = 20;

/** Reads the filters. Throws an InputError with a sentence per problem. */
export function readFilters(options: FilterOptions, now: Date): Filters {
  const problems: string[] = [];
  const read = <T>(reader: (text: string) => T | string, text: string | undefined): T | undefined => {
    const value = text === undefined ? undefined : reader(text.trim());
    if (typeof value !== 'string') return value;
    problems.push(value);
    return undefined;
  };
  const filters = {
    script: options.script,
    results: read(readResults, options.result),
    target: options.target?.toLowerCase(),
    since: read((text) => readSince(text, now), options.since),
    limit: read(readLimit, options.limit) ?? SHOWN,
  };
  if (problems.length > 0) throw new InputError(problems);
  return filters;
}

function readResults(text: string): string[] | string {
  const known = Object.keys(EXIT_CODES);
  const results = text.split(',').map((word) => word.trim().toUpperCase());
  const wrong = results.some((result) => !known.includes(result));
  return wrong
    ? `--result is "${text}": it must be one of ${known.join(', ')}, or several with commas between them.`
    : results;
}

const UNITS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** `7d` before now, or a day or moment of UTC. */
function readSince(text: string, now: Date): Date | string {
  const [, count, unit = ''] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  const isMoment = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?Z?)?$/.test(text);
  const moment = new Date(text.includes('T') && !text.endsWith('Z') ? `${text}Z` : text);
  if (isMoment && !Number.isNaN(moment.getTime())) return moment;
  return `--since is "${text}": it must be a day such as 2026-11-01 (UTC), or a time back from now such as 7d, 12h or 30m.`;
}

function readLimit(text: string): number | string {
  const limit = Number(text);
  return /^\d+$/.test(text) && limit > 0 && Number.isSafeInteger(limit)
    ? limit
    : `--limit is "${text}": it must be a whole number of runs, for example --limit 50.`;
}

/** The runs that pass the filters, newest first; `limit` is the caller's. */
export function chosenRuns(runs: readonly Run[], { script, results, target, since }: Filters): Run[] {
  return runs
    .filter((run) => script === undefined || run.script === script)
    .filter((run) => results === undefined || results.includes(run.result))
    .filter((run) => target === undefined || run.target.toLowerCase().includes(target))
    .filter((run) => since === undefined || run.started_at >= since.toISOString())
    .sort(newestFirst);
}

function newestFirst(a: Run, b: Run): number {
  return order(b.started_at, a.started_at) || order(b.folder, a.folder);
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** A metric of those that stages tell of. Throws an InputError that lists them. */
export function readMetric(text: string, known: readonly string[]): string {
  if (known.includes(text)) return text;
  const meant = closest(text, known);
  throw new InputError([
    `--trend is "${text}": ${meant === undefined ? '' : `did you mean ${meant}? `}Stages have ${known.join(', ')}.`,
  ]);
}

/** `95`, `p95` or `99.9` as the name of a statistic. Throws an InputError. */
export function readPercentile(text: string): string {
  const [, number] = /^p?(\d{1,2}(?:\.\d+)?)$/.exec(text.trim()) ?? [];
  if (number !== undefined && Number(number) > 0) return `p${Number(number)}`;
  throw new InputError([
    `--percentile is "${text}": it must be a number between 0 and 100, for example --percentile 99.`,
  ]);
}

/** `1,3-5` as a test of the number of a stage. Throws an InputError. */
export function readStages(text: string): (stage: number) => boolean {
  const ranges = text.split(',').flatMap((part) => {
    const [, first, last = first] = /^\s*(\d{1,4})(?:-(\d{1,4}))?\s*$/.exec(part) ?? [];
    return Number(first) >= 1 && Number(first) <= Number(last)
      ? [[Number(first), Number(last)] as const]
      : [];
  });
  if (ranges.length === text.split(',').length)
    return (stage) => ranges.some(([first, last]) => stage >= first && stage <= last);
  throw new InputError([`--stages is "${text}": it must be numbers of stages, for example --stages 1,4-6.`]);
}
