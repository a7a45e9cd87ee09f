/** The table of stages. Pure. */
import { countedAs } from '../../lib/words/plural.ts';
import type { Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { RunSummary, StageSummary } from '../derive/summary.ts';
import { stageColumns, type StageColumn } from '../text/stageColumns.ts';
import { brokenTexts, timeText } from '../text/words.ts';
import { html, type Content, type Html } from './escape.ts';
import { headlineTimes, stageName, stateText } from './stageWords.ts';
import { table, type Column, type Row } from './table.ts';

/** One row per stage, with what it broke. */
export function stagesSection({ stages, requiredSessions, vocabulary }: RunSummary): Html {
  const { level, held } = vocabulary;
  const columns = stageColumns(vocabulary);
  const heads: Column[] = [
    { head: 'stage', kind: 'left' },
    ...columns.map(({ head, title }) => ({ head, title })),
    { head: 'state', kind: 'words' },
  ];
  const informing =
    requiredSessions === null
      ? ''
      : ` Stages above ${countedAs(requiredSessions, level)} (REQUIRED_SESSIONS) only inform.`;
  return html`<section id="stages">
    <h2>Stages</h2>
    <p class="note">
      What began in the judged part of a stage counts there, however long it took. “Held” is how many of the
      planned ${level.many} ${held.did} on average.${informing}
    </p>
    ${table(
      'Stages of the plan',
      heads,
      stages.map((stage) => stageRow(stage, columns)),
    )}
    ${slowest(stages, vocabulary)}
  </section>`;
}

function stageRow(stage: StageSummary, columns: readonly StageColumn[]): Row {
  const { state } = stage;
  const kind = state === 'broke' ? 'broke' : state === 'not reached' ? 'rest' : undefined;
  return {
    kind,
    cells: [stageName(stage), ...columns.map((column) => column.text(stage)), stateCell(stage)],
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
function slowest(stages: readonly StageSummary[], vocabulary: Vocabulary): Content {
  const p95 = (stage: StageSummary) => headlineTimes(stage, vocabulary)['p(95)'];
  const measured = stages.filter((stage) => p95(stage) !== undefined);
  if (measured.length < 6) return undefined;
  const ranked = measured.sort((a, b) => (p95(b) ?? 0) - (p95(a) ?? 0));
  const texts = ranked.slice(0, 3).map((stage) => `stage ${stageName(stage)} (p95 ${timeText(p95(stage))})`);
  return html`<p class="note">Slowest: ${texts.join(', ')}.</p>`;
}
