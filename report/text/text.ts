/** The end of a run as text of at most 80 columns. Pure. */
import type { Example } from '../../lib/words/exampleText.ts';
import { exampleOf } from '../derive/evidence.ts';
import { worstLag } from '../derive/generatorLag.ts';
import { painter, RESULT_STYLES, type Paint } from './paint.ts';
import type { FailureSummary, RunSummary, StageSummary } from '../derive/summary.ts';
import type { Verdict } from '../derive/verdict.ts';
import {
  brokenTexts,
  counted,
  duration,
  errorsText,
  peakSeen,
  percent,
  STATE_SIGNS,
  whole,
} from './words.ts';
import { wrap } from './wrap.ts';

const WIDTH = 80;

/** What only an observer outside k6 knows. */
export interface TextExtras {
  /** Most questions seen waiting at the same time. */
  peakConcurrent?: number;
  /** Greatest share of its cores that k6 used over a second. */
  peakCpu?: number;
  peakMemoryBytes?: number;
  /** Where the files are. */
  files?: string;
  /** The first failure of each class. */
  examples?: readonly Example[];
}

/** The whole text; `colours` only for a terminal. */
export function renderText(
  summary: RunSummary,
  verdict: Verdict,
  colours: boolean,
  extras: TextExtras = {},
): string {
  const paint = painter(colours);
  const figures = [
    ...stageTable(summary, paint),
    '',
    ...countLines(summary, extras),
    ...failureLines(summary.failures, extras.examples),
    ...recoveryLines(summary),
    ...retryLines(summary),
    ...ledgerLines(summary),
    ...generatorLines(summary, extras),
  ];
  return renderEnd(verdict, figures, colours, extras.files);
}

/** The verdict above lines of figures, which are dim when they can't be trusted, and where the files are. */
export function renderEnd(verdict: Verdict, figures: string[], colours: boolean, files?: string): string {
  const paint = painter(colours);
  const doubtful = verdict.result === 'INVALID';
  const lines = [
    '',
    ...headline(verdict, paint),
    '',
    ...(doubtful ? figures.map((line) => paint(line, 'dim')) : figures),
    ...(files === undefined ? [] : row('files', files)),
    '',
  ];
  return lines.join('\n') + '\n';
}

function headline({ result, sentence, reasons }: Verdict, paint: Paint): string[] {
  const [first = '', ...more] = wrap(sentence, WIDTH - 9).map((line) => ' '.repeat(9) + line);
  const others = reasons
    .slice(1)
    .flatMap((reason) => wrap(`also: ${reason}`, WIDTH - 9))
    .map((line) => ' '.repeat(9) + line);
  return [
    paint(result, RESULT_STYLES[result]) + ' '.repeat(9 - result.length) + paint(first.trim(), 'bold'),
    ...more,
    ...others,
  ];
}

const HEAD = ' stage sessions   held questions  success 1st p95     p50     p95     p99';

function stageTable({ stages, requiredSessions, stopsAtBreak }: RunSummary, paint: Paint): string[] {
  const reached = stopsAtBreak ? stages.filter(({ state }) => state !== 'not reached') : stages;
  const rows = reached.flatMap((stage) => [stageRow(stage, paint), ...brokenLimits(stage, paint)]);
  const left = stages.length - reached.length;
  const notes = [
    ...namedStages(stages),
    ...(requiredSessions === null
      ? []
      : [`stages above ${counted(requiredSessions, 'session')} only inform`]),
    ...(left === 0 ? [] : [`${counted(left, 'more stage')} of the plan not reached`]),
  ];
  const legend = notes.flatMap((note) => wrap(`(${note})`, WIDTH - 2)).map((line) => ` ${line}`);
  return [paint(HEAD, 'dim'), ...rows, ...legend];
}

function namedStages(stages: readonly StageSummary[]): string[] {
  const names = stages.flatMap(({ number, name, informs }) =>
    name === undefined ? [] : [`${number} ${name}${informs ? ' (only informs)' : ''}`],
  );
  return names.length === 0 ? [] : [names.join(', ')];
}

function stageRow(stage: StageSummary, paint: Paint): string {
  const { answerLatency, firstChunkLatency, held, answerSuccess } = stage;
  const time = (milliseconds: number | undefined) =>
    milliseconds === undefined ? '-' : duration(milliseconds);
  const cells = [
    String(stage.number).padStart(6),
    whole(stage.level).padStart(9),
    (held === null ? '-' : percent(held, held > 1 ? 0 : 1)).padStart(7),
    whole(stage.questionsSent).padStart(10),
    (answerSuccess.rate === null ? '-' : percent(answerSuccess.rate)).padStart(9),
    time(firstChunkLatency['p(95)']).padStart(8),
    time(answerLatency['med']).padStart(8),
    time(answerLatency['p(95)']).padStart(8),
    time(answerLatency['p(99)']).padStart(8),
  ];
  const mark = STATE_SIGNS[stage.state];
  return `${cells.join('')}  ${paint(mark, stage.state === 'held' ? 'green' : stage.state === 'broke' ? 'red' : 'yellow')}`;
}

function brokenLimits(stage: StageSummary, paint: Paint): string[] {
  const texts = brokenTexts(stage);
  if (texts.length === 0) return [];
  return wrap(`broke: ${texts.join(', ')}`, WIDTH - 8).map((line) => paint(`        ${line}`, 'red'));
}

/** From the start of a session to its open socket. */
function setupLines({ setup = {} }: RunSummary['sessions']): string[] {
  const [median, p95, max] = [setup['med'], setup['p(95)'], setup['max']];
  if (median === undefined || p95 === undefined || max === undefined)
    return row('set-up', 'no socket opened');
  return row(
    'set-up',
    `p50 ${duration(median)}, p95 ${duration(p95)}, at most ${duration(max)} from log-in to open socket`,
  );
}

function countLines({ sessions, questions, messages }: RunSummary, extras: TextExtras): string[] {
  const rate = (share: number | null) => (share === null ? '-' : percent(share));
  const seen = peakSeen(questions.averageConcurrent, extras.peakConcurrent);
  const peak = seen === undefined ? '' : `, peak ${seen} seen`;
  const interrupted = sessions.interrupted > 0 ? ` + ${whole(sessions.interrupted)} interrupted` : '';
  return [
    ...row(
      'sessions',
      `${whole(sessions.started)} started = ${whole(sessions.completed)} completed + ${whole(sessions.failed)} failed + ${whole(sessions.stopped)} stopped${interrupted}; success ${rate(sessions.success.rate)}`,
    ),
    ...setupLines(sessions),
    ...row(
      'invocations',
      `${whole(questions.sent)} sent = ${whole(questions.answered)} answered + ${whole(questions.failed)} failed + ${whole(questions.open)} open; success ${rate(questions.success.rate)}`,
    ),
    ...row('concurrent', `${questions.averageConcurrent.toFixed(1)} invocations on average${peak}`),
    ...(questions.late > 0
      ? row(
          'late',
          `${counted(questions.late, 'answer')} came after ${questions.late === 1 ? 'its' : 'their'} question had failed`,
        )
      : []),
    ...row(
      'messages',
      `${whole(messages.sent)} sent, ${whole(messages.received)} received${unknown(messages.unknown)}`,
    ),
  ];
}

function unknown(count: number): string {
  return count > 0 ? `, ${whole(count)} of a type that the protocol does not know` : '';
}

const PHASE_NAMES: Record<string, string> = {
  token: 'token: ',
  session: 'session: ',
  cleanup: 'clean-up: ',
  socket: 'between questions: ',
};

function failureLines(failures: readonly FailureSummary[], examples: TextExtras['examples']): string[] {
  if (failures.length === 0) return row('failures', 'none');
  return failures.flatMap((failure, index) => {
    const { phase, title, why, count, sessions, atMost } = failure;
    const example = exampleOf(failure, examples);
    return [
      ...row(
        index === 0 ? 'failures' : '',
        `${whole(count)} × ${PHASE_NAMES[phase] ?? ''}${title} in ${atMost ? 'at most ' : ''}${counted(sessions, 'session')}: ${why}`,
      ),
      ...(example === undefined ? [] : row('', `first: ${example}`)),
    ];
  });
}

function retryLines({ retries, settings }: RunSummary): string[] {
  const { attempted, succeeded, suppressed, waitMs } = retries;
  if (attempted === 0 && Number(settings['retries'] ?? 0) === 0) return [];
  return row(
    'retries',
    `${counted(attempted, 'attempt')}, ${whole(succeeded)} succeeded, ${whole(suppressed)} suppressed; waited ${duration(waitMs)}`,
  );
}

function recoveryLines({ recovery }: RunSummary): string[] {
  if (recovery === undefined) return [];
  const { startedAt, errorsLastedMs, p95BackAfterMs, lost: questionsLost, probes } = recovery;
  const from = startedAt === null ? 'no outage seen' : `outage from ${duration(startedAt)} on`;
  const errors = errorsText(errorsLastedMs);
  const back =
    p95BackAfterMs === null
      ? 'p95 not back within its limit'
      : `p95 back within its limit after ${duration(p95BackAfterMs)}`;
  const dropped = probes.dropped > 0 ? `, ${whole(probes.dropped)} had no VU` : '';
  return [
    ...row('recovery', `${from}: ${errors}, ${back}, ${counted(questionsLost, 'question')} lost`),
    ...row('probes', `${whole(probes.answered)} answered, ${whole(probes.failed)} failed${dropped}`),
  ];
}

function ledgerLines({ ledger }: RunSummary): string[] {
  const wrong = ledger.filter(({ balanced }) => !balanced);
  if (wrong.length === 0) return row('ledger', `balances (${ledger.map(({ name }) => name).join(', ')})`);
  return row('ledger', `does not balance: ${wrong.map(({ name }) => name).join(', ')}`);
}

function generatorLines(summary: RunSummary, extras: TextExtras): string[] {
  const parts = [
    lagText(summary),
    ...(extras.peakCpu === undefined ? [] : [`CPU peak ${percent(extras.peakCpu, 0)}`]),
    ...(extras.peakMemoryBytes === undefined ? [] : [`memory ${whole(extras.peakMemoryBytes / 1e6)} MB`]),
  ];
  return row('generator', parts.join(', '));
}

/** The run's, and that of the worst stage where it breaks the limit. */
function lagText(summary: RunSummary): string {
  const { generator, generatorLagLimitMs: limit } = summary;
  const lag = generator.lag['p(99)'];
  if (lag === undefined) return 'lag not measured';
  const { p99 = lag, stage = null } = worstLag(summary) ?? {};
  const worst = stage === null || p99 < limit ? '' : `, ${duration(p99)} in stage ${stage}`;
  return `lag p99 ${duration(lag)}${worst} (limit ${limit} ms)`;
}

/** A named text in lines of at most 80 columns. */
export function row(name: string, text: string): string[] {
  return wrap(text, WIDTH - 14).map((line, index) => ` ${(index === 0 ? name : '').padEnd(13)}${line}`);
}
