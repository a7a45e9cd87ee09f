/** The table of stages. Pure. */
import type { RunSummary, StageSummary } from '../derive/summary.ts';
import { brokenTexts, percent, shareText, timeText, whole, counted } from '../text/words.ts';
import { html, type Content, type Html } from './escape.ts';
import { stageName, stateText } from './stageWords.ts';
import { table, type Column, type Row } from './table.ts';

const COLUMNS: readonly Column[] = [
  { head: 'stage', kind: 'left' },
  { head: 'sessions' },
  { head: 'held' },
  { head: 'questions' },
  { head: 'answers OK' },
  { head: 'sessions OK' },
  { head: 'set-up p95' },
  { head: '1st chunk p95' },
  { head: 'p50' },
  { head: 'p95' },
  { head: 'p99' },
  { head: 'state', kind: 'words' },
];

/** One row per stage, with what it broke. */
export function stagesSection({ stages, requiredSessions }: RunSummary): Html {
  return html`<section id="stages">
    <h2>Stages</h2>
    <p class="note">
      Questions are those sent in the judged part of a stage. “Held” is how many of the planned sessions had
      an open socket on average; set-up is from log-in to open
      socket.${
        requiredSessions === null
          ? ''
          : ` Stages above ${counted(requiredSessions, 'session')} (REQUIRED_SESSIONS) only inform.`
      }
    </p>
    ${table('Stages of the plan', COLUMNS, stages.map(stageRow))} ${slowest(stages)}
  </section>`;
}

function stageRow(stage: StageSummary): Row {
  const { answerLatency, firstChunkLatency, held, state } = stage;
  const kind = state === 'broke' ? 'broke' : state === 'not reached' ? 'rest' : undefined;
  return {
    kind,
    cells: [
      stageName(stage),
      whole(stage.sessions),
      held === null ? '–' : percent(held, held > 1 ? 0 : 1),
      whole(stage.questionsSent),
      shareText(stage.answerSuccess.rate),
      shareText(stage.sessionSuccess.rate),
      timeText(stage.sessionSetup?.['p(95)']),
      timeText(firstChunkLatency['p(95)']),
      timeText(answerLatency['med']),
      timeText(answerLatency['p(95)']),
      timeText(answerLatency['p(99)']),
      stateCell(stage),
    ],
  };
}

function stateCell(stage: StageSummary): Content {
  const colour = {
    held: 'good',
    broke: 'bad',
    'not measured': 'warn',
    unfinished: 'warn',
    'not reached': '',
  }[stage.state];
  const texts = brokenTexts(stage);
  return [
    html`<span class="${colour}">${stateText(stage)}</span>`,
    !stage.binding && html` <span class="warn">(only informs)</span>`,
    texts.length > 0 && html`: ${texts.join(', ')}`,
  ];
}

/** The stages with the greatest p95, where a table is too long to see them. */
function slowest(stages: readonly StageSummary[]): Content {
  const measured = stages.filter(({ answerLatency }) => answerLatency['p(95)'] !== undefined);
  if (measured.length < 6) return undefined;
  const ranked = measured.sort((a, b) => (b.answerLatency['p(95)'] ?? 0) - (a.answerLatency['p(95)'] ?? 0));
  const texts = ranked
    .slice(0, 3)
    .map((stage) => `stage ${stageName(stage)} (p95 ${timeText(stage.answerLatency['p(95)'])})`);
  return html`<p class="note">Slowest: ${texts.join(', ')}.</p>`;
}
