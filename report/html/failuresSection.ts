/** Failures by class, with the likely reason and where to look. Pure. */
import { PHASES, type Phase } from '../../lib/words/failures.ts';
import { exampleOf, type Evidence, type RunRecord } from '../derive/evidence.ts';
import type { Share } from '../derive/k6Data.ts';
import type { FailureSummary } from '../derive/summary.ts';
import { shareText, whole } from '../text/words.ts';
import { html, type Html } from './escape.ts';

import { table, type Column } from './table.ts';
import { whereToLook } from './whereToLook.ts';

const PHASE_NAMES: Record<Phase, string> = {
  token: 'log-in',
  session: 'session',
  connect: 'connecting',
  answer: 'answer',
  socket: 'between questions',
  cleanup: 'clean-up',
};

const COLUMNS: readonly Column[] = [
  { head: 'class', kind: 'left' },
  { head: 'while', kind: 'left' },
  { head: 'count' },
  { head: 'sessions' },
  { head: 'likely reason', kind: 'words' },
  { head: 'where to look', kind: 'words' },
];

/** A row per class. */
export function failuresSection({ summary, run }: Evidence): Html {
  const { failures, sessions, questions } = summary;
  const intro = html`<h2>Failures</h2>
    <p class="note">
      ${part('Answers', questions.success)} ${part('Sessions', sessions.success)} Failed questions are in no
      latency.
    </p>`;
  if (failures.length === 0)
    return html`<section id="failures">
      ${intro}
      <p><b class="good">✓</b> Nothing failed.</p>
    </section>`;
  return html`<section id="failures">
    ${intro}${table(
      'Failures by class',
      COLUMNS,
      failures.map((failure) => failureRow(failure, run)),
    )}
  </section>`;
}

function part(name: string, { rate, samples }: Share): string {
  return samples === 0 ? `${name}: none.` : `${name}: ${shareText(rate)} of ${whole(samples)} succeeded.`;
}

function failureRow(failure: FailureSummary, run: RunRecord | undefined) {
  const { title, phase, reason, count, sessions, atMost, why } = failure;
  const example = exampleOf(failure, run?.examples);
  const phaseName = PHASES.includes(phase) ? PHASE_NAMES[phase] : phase;
  return {
    cells: [
      html`${title}<br /><code>${reason}</code>`,
      phaseName,
      whole(count),
      `${atMost ? '≤ ' : ''}${whole(sessions)}`,
      html`${why}${example !== undefined && html`<br />first: <code>${example}</code>`}`,
      whereToLook(failure),
    ],
  };
}
