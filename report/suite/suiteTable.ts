/** The table of a suite: the figures of its tests, alone or beside those of before. Pure. */
import { markdownTable } from '../text/markdownParts.ts';
import { figureText, NOTHING, shareText, whole } from '../text/words.ts';
import type { SuiteTest, TestFigures } from './suiteRecord.ts';

/** The figures of which a comparison says by what factor they changed: `12 × faster`. */
export type Factors = Partial<Record<'averageSeconds' | 'p95Seconds' | 'totalSeconds', string>>;

/** The figures of one test before and now; null where there are none. */
export interface BeforeAfter {
  base: TestFigures | null;
  now: TestFigures | null;
  factor: Factors;
}

/** A line of it: the figure's head, its value before and now, and the factor where there is one. */
type ComparedRow = readonly [head: string, base: string, now: string, factor: string];

interface Column {
  head: string;
  text: (figures: TestFigures) => string;
  factor?: keyof Factors;
}

const COLUMNS: readonly Column[] = [
  { head: 'requests', text: ({ requests }) => wholeText(requests) },
  { head: 'successes', text: ({ successes }) => wholeText(successes) },
  { head: 'min (s)', text: ({ minSeconds }) => secondsText(minSeconds) },
  {
    head: 'average (s)',
    text: ({ averageSeconds }) => secondsText(averageSeconds),
    factor: 'averageSeconds',
  },
  { head: 'p50 (s)', text: ({ p50Seconds }) => secondsText(p50Seconds) },
  { head: 'p95 (s)', text: ({ p95Seconds }) => secondsText(p95Seconds), factor: 'p95Seconds' },
  { head: 'p99 (s)', text: ({ p99Seconds }) => secondsText(p99Seconds) },
  { head: 'max (s)', text: ({ maxSeconds }) => secondsText(maxSeconds) },
  { head: 'requests per second', text: ({ requestsPerSecond }) => figureText('count', requestsPerSecond) },
  { head: 'total (s)', text: ({ totalSeconds }) => secondsText(totalSeconds), factor: 'totalSeconds' },
  { head: 'blocked', text: ({ blocked }) => blocked ?? NOTHING },
  { head: 'error rate', text: ({ errorRate }) => shareText(errorRate) },
  { head: 'criteria met', text: ({ met }) => (met === null ? NOTHING : met ? 'yes' : 'no') },
];

function wholeText(value: number | null): string {
  return value === null ? NOTHING : whole(value);
}

/** `0.00123`, `0.0456`, `7.89`, `120`. */
function secondsText(seconds: number | null): string {
  if (seconds === null) return NOTHING;
  if (seconds < 0.01) return seconds.toFixed(5);
  if (seconds < 1) return seconds.toFixed(4);
  return seconds < 100 ? seconds.toFixed(2) : whole(seconds);
}

function textsOf(figures: TestFigures | null | undefined): string[] {
  return COLUMNS.map(({ text }) => (figures ? text(figures) : NOTHING));
}

/** A row for each test, which says so where nobody knows whether it met its criteria. */
export function suiteTable(tests: readonly Pick<SuiteTest, 'name' | 'result' | 'figures'>[]): string {
  const head = ['test', ...COLUMNS.map((column) => column.head)];
  const rows = tests.map((test) => [nameOf(test), ...textsOf(test.figures)]);
  return markdownTable(head, rows, [':--', ...COLUMNS.map(() => '--:')]);
}

function nameOf({ name, result }: Pick<SuiteTest, 'name' | 'result'>): string {
  return result === 'PASS' || result === 'FAIL' ? name : `${name} (${result})`;
}

/** A row for each figure; none where neither side has any. */
export function comparedRows({ base, now, factor }: BeforeAfter): ComparedRow[] {
  if (base === null && now === null) return [];
  const [before, after] = [textsOf(base), textsOf(now)];
  return COLUMNS.map(({ head, factor: name }, index) => [
    head,
    before[index] ?? NOTHING,
    after[index] ?? NOTHING,
    (name === undefined ? undefined : factor[name]) ?? '',
  ]);
}

const HEAD: ComparedRow = ['figure', 'base', 'now', 'factor'];

/** Those rows as Markdown; empty without any. */
export function comparedMarkdown(figures: BeforeAfter): string {
  const rows = comparedRows(figures);
  return rows.length === 0 ? '' : markdownTable(HEAD, rows, [':--', '--:', '--:', ':--']);
}

/** Those rows as lines of at most 70 columns. */
export function comparedLines(figures: BeforeAfter): string[] {
  const rows = comparedRows(figures);
  if (rows.length === 0) return [];
  return [HEAD, ...rows].map(([head, base, now, factor]) =>
    `${head.padEnd(20)}${base.padStart(14)}${now.padStart(14)}  ${factor}`.trimEnd(),
  );
}
