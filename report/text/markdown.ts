/** `report.md`: a run as a comment on a pull request, in GitHub's Markdown. Pure. */
import type { Outcome } from '../analyze/analysis.ts';
import { addressOf, exampleOf, type Evidence, type Remains, type RunRecord } from '../derive/evidence.ts';
import { visitNoun, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { partsOf } from '../parts/parts.ts';
import { escaped, markdownTable, type Row } from './markdownParts.ts';
import { seenLines } from './remains.ts';
import { repeatCommand, secretsNote } from './repeat.ts';
import { stageColumns, type StageColumn } from './stageColumns.ts';
import type { RunSummary, StageSummary } from '../derive/summary.ts';
import type { Verdict } from '../derive/verdict.ts';
import { duration, limitName, limitText, percent, STATE_SIGNS, valueText, whole } from './words.ts';

/** The sign of each result. */
export const MARKS: Record<Outcome, string> = {
  PASS: '✅',
  FAIL: '❌',
  INVALID: '⚠️',
  ABORTED: '⏹️',
  'NOT RUN': '⏹️',
};

/** A comment has room for so many rows of a table. */
const MOST_ROWS = 40;

/** The whole comment. */
export function renderMarkdown({ summary, verdict, run }: Evidence): string {
  const { stages, durationMs, script, plan, cutShort, vocabulary } = summary;
  const columns = stageColumns(vocabulary);
  const head = ['stage', ...columns.map((column) => column.head), ''];
  const rows = chosenStages(stages).map((stage) => stageRow(stage, columns));
  const planned = cutShort && plan.end !== null ? ` of ${duration(plan.end)}` : '';
  return joined([
    ...headline(verdict),
    aboutRun(run, `${script}, ${duration(durationMs)}${planned}`),
    ...remarksOf(summary),
    ...section('Stages', head, rows, stages.length),
    ...section('Broken limits', LIMIT_HEAD, brokenRows(stages)),
    ...failureSection(summary, run),
    ...again(run, vocabulary),
  ]);
}

/** The comment on a run of which k6 left no summary. */
export function renderMarkdownOfRemains(remains: Remains): string {
  const { verdict, run } = remains;
  const seen = seenLines(remains);
  return joined([
    ...headline(verdict),
    aboutRun(run, run?.script ?? ''),
    ...(seen.length === 0 ? [] : [fenced(seen.join('\n'), '')]),
    ...again(run, run?.vocabulary),
  ]);
}

const joined = (parts: readonly string[]): string => `${parts.filter((part) => part !== '').join('\n\n')}\n`;

function headline({ result, sentence, reasons }: Verdict): string[] {
  const others = reasons.slice(1).map((reason) => `- also: ${escaped(reason)}`);
  return [`## ${MARKS[result]} ${result}: ${escaped(sentence)}`, others.join('\n')];
}

function aboutRun(run: RunRecord | undefined, what: string): string {
  if (run === undefined) return escaped(what);
  const target = run.target.isReference ? 'the reference target' : addressOf(run.target);
  const versions = `k6 ${run.k6.version}, Crescendo ${run.crescendo}`;
  return escaped(
    `${what} against ${target}; started ${run.startedAt.slice(0, 19).replace('T', ' ')} UTC; ${versions}`,
  );
}

const LIMIT_HEAD = ['stage', 'limit', 'value', 'must be', 'margin'];

/** What parts of the run say there, each on a line. */
function remarksOf(summary: Evidence['summary']): string[] {
  return partsOf(summary)
    .flatMap((part) => part.remarks?.(summary) ?? [])
    .map(escaped);
}

/** A heading and a table, of `all` rows as many as fit; nothing without rows. */
function section(title: string, head: Row, rows: readonly Row[], all = rows.length): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_ROWS);
  const more = all - shown.length;
  const rest = more > 0 ? [`${more} more ${more === 1 ? 'is' : 'are'} in report.html and summary.json.`] : [];
  return [`### ${title}`, markdownTable(head, shown), ...rest];
}

/** Of many stages those around the first that broke, and the last ones. */
function chosenStages(stages: readonly StageSummary[]): readonly StageSummary[] {
  if (stages.length <= MOST_ROWS) return stages;
  const broke = stages.findIndex(({ state }) => state === 'broke');
  const middle = broke < 0 ? stages.length : broke;
  return stages.filter(
    (_, index) => Math.abs(index - middle) <= 12 || index < 5 || index >= stages.length - 8,
  );
}

function stageRow(stage: StageSummary, columns: readonly StageColumn[]): Row {
  const { number, name, state, binding } = stage;
  return [
    name === undefined ? String(number) : `${number} ${name}`,
    ...columns.map((column) => column.text(stage)),
    `${STATE_SIGNS[state]} ${state}${binding ? '' : ' (only informs)'}`,
  ];
}

function brokenRows(stages: readonly StageSummary[]): Row[] {
  return stages.flatMap(({ number, binding, limits }) =>
    limits
      .filter(({ kept }) => kept === false)
      .map((limit) => [
        `${number}${binding ? '' : ' (only informs)'}`,
        limitName(limit),
        valueText(limit),
        `${limit.operator} ${limitText(limit)}`,
        limit.margin === null ? '–' : percent(limit.margin, 0),
      ]),
  );
}

/** With a column for what each class was first seen as, where that is known. */
function failureSection({ failures, vocabulary }: RunSummary, run: RunRecord | undefined): string[] {
  const examples = run?.examples ?? [];
  const head = ['count', visitNoun(vocabulary).many, 'phase', 'failure', 'probable reason'];
  const rows = failures.map((failure) => {
    const { count, sessions, atMost, phase, title, why } = failure;
    const affected = `${atMost ? 'at most ' : ''}${whole(sessions)}`;
    const known = [whole(count), affected, vocabulary.phases[phase]?.title ?? phase, title, why];
    return examples.length === 0 ? known : [...known, exampleOf(failure, examples) ?? ''];
  });
  return section('Failures', examples.length === 0 ? head : [...head, 'the first'], rows);
}

function again(run: RunRecord | undefined, vocabulary: Vocabulary | undefined): string[] {
  if (run === undefined) return [];
  return ['### Again', fenced(repeatCommand(run), 'sh'), secretsNote(run, vocabulary)];
}

/** A code block that nothing in the text can close. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
