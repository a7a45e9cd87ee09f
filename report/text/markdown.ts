/** `report.md`: a run as a comment on a pull request, in GitHub's Markdown. Pure. */
import { exampleOf, type Evidence, type Remains, type RunRecord } from '../derive/evidence.ts';
import { plain } from '../../lib/words/plain.ts';
import { seenLines } from './remains.ts';
import { repeatCommand } from './repeat.ts';
import type { FailureSummary, LimitResult, StageSummary } from '../derive/summary.ts';
import type { Result, Verdict } from '../derive/verdict.ts';
import {
  duration,
  limitName,
  limitText,
  percent,
  shareText,
  STATE_SIGNS,
  timeText,
  valueText,
  whole,
} from './words.ts';

const MARKS: Record<Result, string> = { PASS: '✅', FAIL: '❌', INVALID: '⚠️', ABORTED: '⏹️' };

/** A comment has room for so many rows of a table. */
const MOST_ROWS = 40;

/** The whole comment. */
export function renderMarkdown({ summary, verdict, run }: Evidence): string {
  const { stages, failures, durationMs, script, plan, cutShort } = summary;
  const planned = cutShort && plan.end !== null ? ` of ${duration(plan.end)}` : '';
  return joined([
    ...headline(verdict),
    aboutRun(run, `${script}, ${duration(durationMs)}${planned}`),
    ...section('Stages', STAGE_HEAD, chosenStages(stages).map(stageRow), stages.length),
    ...section('Broken limits', LIMIT_HEAD, brokenRows(stages)),
    ...failureSection(failures, run),
    ...again(run),
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
    ...again(run),
  ]);
}

const joined = (parts: readonly string[]): string => `${parts.filter((part) => part !== '').join('\n\n')}\n`;

function headline({ result, sentence, reasons }: Verdict): string[] {
  const others = reasons.slice(1).map((reason) => `- also: ${escaped(reason)}`);
  return [`## ${MARKS[result]} ${result}: ${escaped(sentence)}`, others.join('\n')];
}

function aboutRun(run: RunRecord | undefined, what: string): string {
  if (run === undefined) return escaped(what);
  const target = run.target.isReference ? 'the reference target' : run.target.websocketBaseUrl;
  const versions = `k6 ${run.k6.version}, Crescendo ${run.crescendo}`;
  return escaped(
    `${what} against ${target}; started ${run.startedAt.slice(0, 19).replace('T', ' ')} UTC; ${versions}`,
  );
}

const STAGE_HEAD = [
  'stage',
  'sessions',
  'held',
  'questions',
  'success',
  'set-up p95',
  'first p95',
  'p50',
  'p95',
  'p99',
  '',
];
const LIMIT_HEAD = ['stage', 'limit', 'value', 'must be', 'margin'];
const FAILURE_HEAD = ['count', 'sessions', 'phase', 'failure', 'probable reason'];

type Row = readonly string[];

/** A heading and a table, of `all` rows as many as fit; nothing without rows. */
function section(title: string, head: Row, rows: readonly Row[], all = rows.length): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MOST_ROWS);
  const line = (cells: Row) => `| ${cells.join(' | ')} |`;
  const lines = [line(head), line(head.map(() => '---')), ...shown.map((row) => line(row.map(escaped)))];
  const more = all - shown.length;
  const rest = more > 0 ? [`${more} more ${more === 1 ? 'is' : 'are'} in report.html and summary.json.`] : [];
  return [`### ${title}`, lines.join('\n'), ...rest];
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

function stageRow(stage: StageSummary): Row {
  const { number, name, level: sessions, held, questionsSent, answerSuccess, state, binding } = stage;
  const { answerLatency, firstChunkLatency, sessionSetup } = stage;
  return [
    name === undefined ? String(number) : `${number} ${name}`,
    whole(sessions),
    shareText(held, 1),
    whole(questionsSent),
    shareText(answerSuccess.rate),
    timeText(sessionSetup?.['p(95)']),
    timeText(firstChunkLatency['p(95)']),
    timeText(answerLatency['med']),
    timeText(answerLatency['p(95)']),
    timeText(answerLatency['p(99)']),
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
        boundText(limit),
        limit.margin === null ? '–' : percent(limit.margin, 0),
      ]),
  );
}

/** With a column for what each class was first seen as, where that is known. */
function failureSection(failures: readonly FailureSummary[], run: RunRecord | undefined): string[] {
  const examples = run?.examples ?? [];
  const rows = failures.map((failure) => {
    const { count, sessions, atMost, phase, title, why } = failure;
    const known = [whole(count), `${atMost ? 'at most ' : ''}${whole(sessions)}`, phase, title, why];
    return examples.length === 0 ? known : [...known, exampleOf(failure, examples) ?? ''];
  });
  return section('Failures', examples.length === 0 ? FAILURE_HEAD : [...FAILURE_HEAD, 'the first'], rows);
}

/** `< 5 s`. */
function boundText(limit: LimitResult): string {
  const [operator = ''] = /[<>=!]+/.exec(limit.expression) ?? [];
  return `${operator} ${limitText(limit)}`;
}

function again(run: RunRecord | undefined): string[] {
  if (run === undefined) return [];
  const key = run.target.isReference
    ? []
    : ['The key of the frames is in no file: set ENCRYPTION_KEY, unless there is none.'];
  return ['### Again', fenced(repeatCommand(run), 'sh'), ...key];
}

/** A code block that nothing in the text can close. */
function fenced(text: string, language: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Characters that mean something to Markdown, to HTML or to GitHub (@people, #issues, addresses, formulas). */
const SPECIAL = /[\\`*_{}[\]<>#|&~@$!]|:(?=[/a-z])|www(?=\.)/gi;

/** A text as it stands there, on one line: no markup, no link, no mention. */
export function escaped(text: string): string {
  return plain(text).replace(SPECIAL, (found) =>
    found.length > 1 ? `${found.slice(0, -1)}&#${found.charCodeAt(2)};` : `&#${found.charCodeAt(0)};`,
  );
}
