/** A comparison of suites as text of 80 columns, as Markdown and as JUnit. Pure. */
import { withTest } from '../suite/suiteJunit.ts';
import { comparedLines, comparedMarkdown } from '../suite/suiteTable.ts';
import { junitXml } from '../text/junitXml.ts';
import { escaped } from '../text/markdownParts.ts';
import { WIDTH, wrap } from '../text/wrap.ts';
import type { SuiteComparison, TestComparison } from './compareSuites.ts';
import {
  changePainter,
  changesMarkdown,
  comparisonSuites,
  EMOJI,
  impossible,
  MARKS,
  remarksMarkdown,
} from './comparisonText.ts';

/** For the terminal: each test with its figures before and now, then the verdict of all. */
export function renderSuiteComparison(comparison: SuiteComparison, colours: boolean): string {
  const { suite, bases, now, tests, verdict, sentence } = comparison;
  const paint = changePainter(colours);
  return [
    '',
    ...indented(`${suite}: ${bases.join(', ')} → ${now}`, 1),
    '',
    ...tests.flatMap((test) => [...testLines(test, paint), '']),
    ...indented(sentence, 1).map((line) => paint(line, verdict)),
    '',
  ].join('\n');
}

function testLines(test: TestComparison, paint: ReturnType<typeof changePainter>): string[] {
  const { test: name, verdict, sentence, comparison } = test;
  return [
    ...indented(`${MARKS[verdict]} ${name}`, 1).map((line) => paint(line, verdict)),
    ...indented(sentence, 3),
    ...comparedLines(test).map((line) => `   ${line}`),
    ...(comparison?.remarks ?? []).flatMap((remark) => indented(`! ${remark}`, 3)),
  ];
}

function indented(text: string, columns: number): string[] {
  return wrap(text, WIDTH - columns).map((line) => `${' '.repeat(columns)}${line}`);
}

/** For a comment on a pull request: the verdict, then each test with its figures, and what changed in it folded away. */
export function renderSuiteComparisonMarkdown(comparison: SuiteComparison): string {
  const { suite, bases, now, tests, verdict, sentence } = comparison;
  return joined([
    `## ${EMOJI[verdict]} ${escaped(sentence)}`,
    `${escaped(suite)}: ${bases.map(escaped).join(', ')} → ${escaped(now)}`,
    ...tests.flatMap(testParts),
  ]);
}

function testParts(test: TestComparison): string[] {
  const { test: name, verdict, sentence, comparison } = test;
  return [
    `### ${EMOJI[verdict]} ${escaped(name)}`,
    escaped(sentence),
    comparedMarkdown(test),
    ...(comparison === null ? [] : [remarksMarkdown(comparison), changesMarkdown(comparison)]),
  ];
}

const joined = (parts: readonly string[]): string => `${parts.filter((part) => part !== '').join('\n\n')}\n`;

/** For a CI server: the suites of each pair, with the name of its test; an error where a pair was not compared. */
export function renderSuiteComparisonJunit({ tests }: SuiteComparison): string {
  const suites = tests.flatMap(({ test, comparison, sentence }) =>
    comparison === null
      ? [impossible(test, sentence)]
      : comparisonSuites(comparison).map((suite) => withTest(suite, test)),
  );
  return junitXml({ name: 'crescendo compare' }, suites);
}
