/** Failures by class, with the likely reason and where to look. Pure. */
import { headlineOf, operationOf, visitNoun, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { exampleOf, type Evidence, type RunRecord } from '../derive/evidence.ts';
import { wordsOfReason } from '../derive/explain.ts';
import { booksOf } from '../derive/measures.ts';
import type { FailureSummary, RunSummary } from '../derive/summary.ts';
import { shareText, whole } from '../text/words.ts';
import { html, type Html } from './escape.ts';
import { capital } from './stageWords.ts';
import { table, type Column } from './table.ts';

/** A row per class. */
export function failuresSection({ summary, run }: Evidence): Html {
  const { failures, vocabulary } = summary;
  const { headline, visit } = vocabulary;
  const shares = [...new Set([headline, visit])].map((name) => shareSentence(summary, name));
  const intro = html`<h2>Failures</h2>
    <p class="note">${shares.join(' ')} Failed ${headlineOf(vocabulary).noun.many} are in no latency.</p>`;
  if (failures.length === 0)
    return html`<section id="failures">
      ${intro}
      <p><b class="good">✓</b> Nothing failed.</p>
    </section>`;
  return html`<section id="failures">
    ${intro}${table(
      'Failures by class',
      columnsOf(vocabulary),
      failures.map((failure) => failureRow(failure, run, vocabulary)),
    )}
  </section>`;
}

function columnsOf(vocabulary: Vocabulary): Column[] {
  return [
    { head: 'class', kind: 'left' },
    { head: 'while', kind: 'left' },
    { head: 'count' },
    { head: visitNoun(vocabulary).many },
    { head: 'likely reason', kind: 'words' },
    { head: 'where to look', kind: 'words' },
  ];
}

function shareSentence(summary: RunSummary, operation: string): string {
  const { rate, samples } = booksOf(summary, operation).success;
  const name = capital(operationOf(summary.vocabulary, operation).noun.many);
  return samples === 0 ? `${name}: none.` : `${name}: ${shareText(rate)} of ${whole(samples)} succeeded.`;
}

function failureRow(failure: FailureSummary, run: RunRecord | undefined, vocabulary: Vocabulary) {
  const { title, phase, reason, status, count, sessions, atMost, why } = failure;
  const { phases, reasons } = vocabulary;
  const example = exampleOf(failure, run?.examples);
  return {
    cells: [
      html`${title}<br /><code>${reason}</code>`,
      phases[phase]?.title ?? phase,
      whole(count),
      `${atMost ? '≤ ' : ''}${whole(sessions)}`,
      html`${why}${example !== undefined && html`<br />first: <code>${example}</code>`}`,
      wordsOfReason(reason, status, reasons).look,
    ],
  };
}
