/** A comparison of runs as text of 80 columns, as Markdown and as JUnit. Pure. */
import { counted } from '../text/words.ts';
import { figureText, type Change, type ComparedFigure, type Comparison } from './compare.ts';
import { junitXml, type JunitCase, type JunitResult, type JunitSuite } from '../text/junitXml.ts';
import { escaped, markdownTable } from '../text/markdownParts.ts';
import { painter, type Style } from '../text/paint.ts';
import { WIDTH, wrap } from '../text/wrap.ts';

/** The sign of each change. */
export const MARKS: Record<Change, string> = { improved: '+', same: '=', worse: '✗', "can't tell": '?' };
const STYLES: Partial<Record<Change, Style>> = { improved: 'green', worse: 'red', "can't tell": 'yellow' };

/** Gives a text the colour of a change. */
export function changePainter(colours: boolean): (text: string, change: Change) => string {
  const paint = painter(colours);
  return (text, change) => {
    const style = STYLES[change];
    return style === undefined ? text : paint(text, style);
  };
}

/** For the terminal: the verdict, the figures that changed or all of them, and what the reader must know. */
export function renderComparison(comparison: Comparison, colours: boolean): string {
  const { verdict, sentence, figures, remarks, bases, now, script } = comparison;
  const paint = changePainter(colours);
  const runs = `${script}: ${bases.join(', ')} → ${now}`;
  return [
    '',
    ...wrapped(runs),
    '',
    ...(figures.length === 0
      ? []
      : [HEAD, ...figures.map((figure) => paint(row(figure), figure.verdict)), '']),
    ...remarks.flatMap((remark) => wrapped(`! ${remark}`)),
    ...wrapped(sentence).map((line) => paint(line, verdict)),
    '',
  ].join('\n');
}

const NAME_WIDTH = 19;
/** What a name that is too long ends with, for there stands which of its values it is: ` p95`. */
const NAME_END = 4;
const HEAD = ` stage ${'figure'.padEnd(NAME_WIDTH)}     base       now    change  tolerance`;

function row(figure: ComparedFigure): string {
  const { stage, name, base, now, tolerance, kind, verdict } = figure;
  const cells = [
    (stage === null ? 'all' : String(stage)).padStart(6),
    ` ${fitting(name).padEnd(NAME_WIDTH)}`,
    figureText(base, kind).padStart(9),
    figureText(now, kind).padStart(10),
    changeText(figure).padStart(10),
    figureText(tolerance, kind).padStart(11),
  ];
  return `${cells.join('')}  ${MARKS[verdict]} ${verdict}`;
}

function fitting(name: string): string {
  if (name.length <= NAME_WIDTH) return name;
  return `${name.slice(0, NAME_WIDTH - NAME_END - 1)}…${name.slice(-NAME_END)}`;
}

/** `+12 %`; of shares, percentage points: `-0.5 pp`. */
function changeText({ base, change, kind }: ComparedFigure): string {
  if (base === null || change === null) return '-';
  const sign = change > 0 ? '+' : '';
  if (kind === 'share') return `${sign}${Number((change * 100).toFixed(2))} pp`;
  if (base === 0) return `${sign}${figureText(change, kind)}`;
  return `${sign}${((change / base) * 100).toFixed(1)} %`;
}

function wrapped(text: string): string[] {
  return wrap(text, WIDTH - 1).map((line) => ` ${line}`);
}

/** The sign of each change in Markdown. */
export const EMOJI: Record<Change, string> = { improved: '✅', same: '✅', worse: '❌', "can't tell": '⚠️' };

/** For a comment on a pull request: the verdict, what changed, and the rest folded away. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const { verdict, sentence, figures, bases, now, script } = comparison;
  const others = figures.filter((figure) => !isChange(figure));
  const parts = [
    `## ${EMOJI[verdict]} ${escaped(sentence)}`,
    `${escaped(script)}: ${bases.map(escaped).join(', ')} → ${escaped(now)}`,
    remarksMarkdown(comparison),
    table(figures.filter(isChange)),
    folded('other figure', others),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** What the reader must know of a comparison; empty where that is nothing. */
export function remarksMarkdown({ remarks }: Comparison): string {
  return remarks.map((remark) => `- ${escaped(remark)}`).join('\n');
}

/** The figures that changed, folded away; empty where there are none. */
export function changesMarkdown({ figures }: Comparison): string {
  return folded('changed figure', figures.filter(isChange));
}

function folded(what: string, figures: readonly ComparedFigure[]): string {
  if (figures.length === 0) return '';
  return `<details><summary>${counted(figures.length, what)}</summary>\n\n${table(figures)}\n\n</details>`;
}

const isChange = ({ verdict }: ComparedFigure): boolean => verdict === 'worse' || verdict === 'improved';

const HEADS = ['stage', 'figure', 'base', 'now', 'change', 'tolerance', ''];
const SIDES = ['--:', ':--', '--:', '--:', '--:', '--:', ':--'];

function table(figures: readonly ComparedFigure[]): string {
  if (figures.length === 0) return '';
  const rows = figures.map((figure) => {
    const { stage, name, base, now, tolerance, kind, verdict, factor, why } = figure;
    return [
      stage === null ? 'all' : String(stage),
      name,
      figureText(base, kind),
      figureText(now, kind),
      changeText(figure),
      figureText(tolerance, kind),
      [verdict, factor ?? why].filter((text) => text !== undefined).join(', '),
    ];
  });
  return markdownTable(HEADS, rows, SIDES);
}

/** For a CI server: a suite per stage, a case per figure; what got worse is a failure, what nobody can tell is skipped. */
export function renderComparisonJunit(comparison: Comparison): string {
  return junitXml({ name: 'crescendo compare' }, comparisonSuites(comparison));
}

/** Those suites of a comparison; a single error where nothing was compared. */
export function comparisonSuites({ figures, verdict, sentence, script }: Comparison): JunitSuite[] {
  if (figures.length === 0 && verdict === "can't tell") return [impossible(script, sentence)];
  const stages = [...new Set(figures.map(({ stage }) => stage))];
  return stages.map((stage) => ({
    name: stage === null ? `${script}: run` : `${script}: stage ${stage}`,
    cases: figures.filter((figure) => figure.stage === stage).map(junitCase),
  }));
}

/** What could not be compared, and why. */
export function impossible(name: string, why: string): JunitSuite {
  const result: JunitResult = { kind: 'error', message: why };
  return { name, cases: [{ name: 'comparison', classname: 'compare', result }] };
}

function junitCase(figure: ComparedFigure): JunitCase {
  const { stage, name, base, now, tolerance, kind, verdict, factor, why } = figure;
  const text = `${figureText(base, kind)} → ${figureText(now, kind)} (${changeText(figure)}, tolerance ${figureText(tolerance, kind)})${factor === undefined ? '' : `, ${factor}`}`;
  const classname = stage === null ? 'compare.run' : `compare.stage${stage}`;
  const result = resultOf(verdict, text, why);
  return { name, classname, result, output: result === undefined ? `${verdict}: ${text}` : undefined };
}

function resultOf(verdict: Change, text: string, why: string | undefined): JunitResult | undefined {
  if (verdict === 'worse') return { kind: 'failure', message: text };
  return verdict === "can't tell" ? { kind: 'skipped', message: why ?? text } : undefined;
}
