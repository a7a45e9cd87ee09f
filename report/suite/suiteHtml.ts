/** `index.html`: the tests of a suite in one page, with links to their reports. Pure. */
import { htmlDocument } from '../html/document.ts';
import { html, type Content, type Html } from '../html/escape.ts';
import { RESULTS } from '../html/header.ts';
import { capital } from '../html/stageWords.ts';
import { table, type Column, type Row } from '../html/table.ts';
import { clockText } from '../text/words.ts';
import { marginText, sizeOption, suiteSentence } from './suiteWords.ts';
import type { SuiteRecord, SuiteTest } from './suiteRecord.ts';

/** The page; the folders of the tests lie beside it. */
export function renderSuiteHtml(record: SuiteRecord): string {
  const { suite, result, startedAt } = record;
  const body = [head(record), section(record.tests), scaledSection(record)];
  return htmlDocument(`${result} ${suite} ${startedAt}`, body, undefined, {});
}

function head(record: SuiteRecord): Html {
  const { suite, startedAt, result, crescendo } = record;
  const parts = [
    `suite ${suite}`,
    `${startedAt.slice(0, 16).replace('T', ' ')} UTC`,
    ...[sizeOption(record)].filter((option) => option !== ''),
    `Crescendo ${crescendo}`,
  ];
  return html`<header class="${result === 'NOT RUN' ? 'INVALID' : result}">
    <div class="result">${RESULTS[result]}</div>
    <h1>${capital(suiteSentence(record))}</h1>
    <p class="about">${parts.map((part) => html`<span>${part}</span>`)}</p>
  </header>`;
}

const COLUMNS: readonly Column[] = [
  { head: 'test', kind: 'left' },
  { head: 'verdict', kind: 'left' },
  { head: 'decided by', kind: 'left' },
  { head: 'value' },
  { head: 'limit' },
  { head: 'margin' },
  { head: 'took' },
  { head: 'in words', kind: 'words' },
];

function section(tests: readonly SuiteTest[]): Html {
  return html`<section id="tests">
    <h2>Tests</h2>
    ${table('Each test, and the limit that decided it', COLUMNS, tests.map(testRow))}
    <p class="note">A test is decided by the limit that it broke most, or else came closest to.</p>
  </section>`;
}

function testRow(test: SuiteTest): Row {
  const { name, script, result, figure, seconds, sentence, folder } = test;
  const link = folder === null ? name : html`<a href="${encodeURIComponent(folder)}/report.html">${name}</a>`;
  return {
    kind: result === 'FAIL' ? 'broke' : result === 'NOT RUN' ? 'rest' : undefined,
    cells: [
      name === script ? link : html`${link}<br /><code>${script}</code>`,
      verdictCell(result),
      figure?.name ?? '–',
      figure?.value ?? '–',
      figure?.limit ?? '–',
      marginText(figure),
      result === 'NOT RUN' ? '–' : clockText(seconds),
      capital(sentence),
    ],
  };
}

function verdictCell(result: SuiteTest['result']): Content {
  const kind = { PASS: 'good', FAIL: 'bad', INVALID: 'warn', ABORTED: 'warn', 'NOT RUN': 'warn' }[result];
  return html`<span class="${kind}">${RESULTS[result]}</span>`;
}

function scaledSection({ scale, tests }: SuiteRecord): Content {
  if (scale === 1) return undefined;
  const rows = tests.flatMap(({ name, scaled }) =>
    scaled.map((one) => ({ cells: [name, html`<code>${one.name}</code>`, one.from, one.to] })),
  );
  const columns: Column[] = [
    { head: 'test', kind: 'left' },
    { head: 'setting', kind: 'left' },
    { head: 'at full size' },
    { head: 'here' },
  ];
  return html`<section id="scale">
    <h2>Another size</h2>
    <p class="note">Loads and sizes are ${scale} of those of the suite, times its square root.</p>
    ${rows.length > 0 && table('Scaled settings', columns, rows)}
  </section>`;
}
