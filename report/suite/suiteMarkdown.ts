/** `suite.md`: a suite as a comment on a pull request, in GitHub's Markdown. Pure. */
import { MARKS } from '../text/markdown.ts';
import { escaped } from '../text/markdownParts.ts';
import { suiteTable } from './suiteTable.ts';
import { sizeOption, suiteSentence } from './suiteWords.ts';
import type { SuiteRecord } from './suiteRecord.ts';

/** The whole comment. */
export function renderSuiteMarkdown(record: SuiteRecord): string {
  const { suite, result, startedAt, crescendo, tests } = record;
  const option = sizeOption(record);
  const size = option === '' ? '' : ` with ${option}`;
  const started = startedAt.slice(0, 19).replace('T', ' ');
  const others = tests.filter((test) => test.result !== 'PASS');
  const parts = [
    `## ${MARKS[result]} ${result}: ${escaped(suite)}`,
    escaped(`${suiteSentence(record)}${size}; started ${started} UTC; Crescendo ${crescendo}`),
    suiteTable(tests),
    others.map((test) => `- ${test.result} ${escaped(`${test.name}: ${test.sentence}`)}`).join('\n'),
  ];
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}
