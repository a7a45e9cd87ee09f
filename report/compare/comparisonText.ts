/** A comparison as text of 80 columns, as Markdown and as JUnit. Pure. */
import { counted } from '../text/words.ts';
import { figureText, type Change, type ComparedFigure, type Comparison } from './compare.ts';
import { junitXml, type JunitCase, type JunitResult } from '../text/junitXml.ts';
import { escaped } from '../text/markdown.ts';
import { painter, type Style } from '../text/paint.ts';
import { wrap } from '../text/wrap.ts';

const MARKS: Record<Change, string> = { improved: '+', same: '=', worse: '✗', "can't tell": '?' };
const STYLES: Partial<Record<Change, Style>> = { improved: 'green', worse: 'red', "can't tell": 'yellow' };
const WIDTH = 80;

/** For the terminal: the verdict, the figures that changed or all of them, and what the reader must know. */
export function renderComparison(comparison: Comparison, colours: boolean): string {
  const { verdict, sentence, figures, remarks, bases, now, script } = comparison;
  const paint = (text: string, change: Change) => {
    const style = STYLES[change];
    return style === undefined ? text : painter(colours)(text, style);
  };
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

const EMOJI: Record<Change, string> = { improved: '✅', same: '✅', worse: '❌', "can't tell": '⚠️' };

/** For a comment on a pull request: the verdict, what changed, and the rest folded away. */
export function renderComparisonMarkdown(comparison: Comparison): string {
  const { verdict, sentence, figures, remarks, bases, now, script } = comparison;
  const [changed, others] = [figures.filter(isChange), figures.filter((figure) => !isChange(figure))];
  const parts = [
    `## ${EMOJI[verdict]} ${escaped(sentence)}`,
    `${escaped(script)}: ${bases.map(escaped).join(', ')} → ${escaped(now)}`,
    remarks.map((remark) => `- ${escaped(remark)}`).join('\n'),
    table(changed),
    others.length === 0
      ? ''
      : `<details><summary>${counted(others.length, 'other figure')}</summary>\n\n${table(others)}\n\n</details>`,
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

const isChange = ({ verdict }: ComparedFigure): boolean => verdict === 'worse' || verdict === 'improved';

function table(figures: readonly ComparedFigure[]): string {
  if (figures.length === 0) return '';
  const rows = figures.map((figure) => {
    const { stage, name, base, now, tolerance, kind, verdict, factor, why } = figure;
    const cells = [
      stage === null ? 'all' : String(stage),
      name,
      figureText(base, kind),
      figureText(now, kind),
      changeText(figure),
      figureText(tolerance, kind),
      [verdict, factor ?? why].filter((text) => text !== undefined).join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    '| stage | figure | base | now | change | tolerance | |',
    '|--:|:--|--:|--:|--:|--:|:--|',
    ...rows,
  ].join('\n');
}

/** For a CI server: a suite per stage, a case per figure; what got worse is a failure, what nobody can tell is skipped. */
export function renderComparisonJunit({ figures, verdict, sentence, script }: Comparison): string {
  const stages = [...new Set(figures.map(({ stage }) => stage))];
  const suites = stages.map((stage) => ({
    name: stage === null ? `${script}: run` : `${script}: stage ${stage}`,
    cases: figures.filter((figure) => figure.stage === stage).map(junitCase),
  }));
  const impossible: JunitCase = {
    name: 'comparison',
    classname: 'compare',
    result: { kind: 'error', message: sentence },
  };
  const isImpossible = figures.length === 0 && verdict === "can't tell";
  const name = 'crescendo compare';
  return junitXml({ name }, isImpossible ? [{ name: script, cases: [impossible] }] : suites);
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
