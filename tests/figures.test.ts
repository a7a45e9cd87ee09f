// Does each figure stand in its own cell: in the summary, in every report, in every comparison?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import MarkdownIt from 'markdown-it';
import { compareRuns, type Compared, type ComparedFigure } from '../report/compare/compare.ts';
import {
  renderComparison,
  renderComparisonJunit,
  renderComparisonMarkdown,
} from '../report/compare/comparisonText.ts';
import { comparedUnits } from '../report/compare/figures.ts';
import { tolerancesWith } from '../report/compare/tolerance.ts';
import type { Evidence } from '../report/derive/evidence.ts';
import { renderHtml } from '../report/html/page.ts';
import { renderJunit } from '../report/text/junit.ts';
import { renderFailures, renderHistory, renderStats } from '../report/csv/locust.ts';
import { renderMarkdown } from '../report/text/markdown.ts';
import type { Distribution } from '../report/derive/k6Data.ts';
import { mixedPercentile } from '../report/derive/mixture.ts';
import { renderRemains } from '../report/text/remains.ts';
import { aggregateOf, measureOf } from '../report/derive/measures.ts';
import type { LimitResult, RunSummary, StageSummary } from '../report/derive/summary.ts';
import { renderText } from '../report/text/text.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import {
  DISTINCT_PLAN,
  distinctEvidence,
  distinctMetrics,
  distinctSummary,
  recordText,
  REQUIRED,
  SECONDS,
} from './support/distinctRun.ts';
import { chatBooks, withChatBooks } from './support/chat.ts';
import { chatStage } from './support/chatStage.ts';
import { cellsByHeading, Page, type Cells } from './support/page.ts';
import { counter } from './support/runData.ts';
import { readXml, type XmlElement } from './support/xmlReader.ts';

/* How figures are written, told once more: all times of the run are whole and from 10 to 998 ms. */
const whole = (value: number): string => value.toLocaleString('en-US');
const timeOr = (nothing: string) => (value: number | undefined) =>
  value === undefined ? nothing : `${value} ms`;
const time = timeOr('–');

function shareOr(nothing: string, value: number | null, digits = 2): string {
  if (value === null) return nothing;
  const scale = 10 ** digits;
  const hundredths = value < 0 || value > 1 ? Math.round(value * 100 * scale) : value * 100 * scale + 1e-9;
  return value === 1 ? '100 %' : `${(Math.trunc(hundredths) / scale).toFixed(digits)} %`;
}
const share = (value: number | null, digits = 2): string => shareOr('–', value, digits);

const SIGNS = { held: '✓', broke: '✗', 'not measured': '?', unfinished: '…', 'not reached': '·' };

/** Name, bound and value of each limit of the run, as people read them. */
const LIMITS: Record<string, { name: string; bound: string; value: (value: number) => string }> = {
  'answer_latency p(95)<600': { name: 'answer p95', bound: '600 ms', value: time },
  'answer_latency p(99)<700': { name: 'answer p99', bound: '700 ms', value: time },
  'answer_latency med<590': { name: 'answer med', bound: '590 ms', value: time },
  'first_chunk_latency p(95)<800': { name: 'first chunk p95', bound: '800 ms', value: time },
  'answer_success rate>0.7': { name: 'answer success', bound: '70 %', value: share },
  'session_success rate>=0.55': { name: 'session success', bound: '55 %', value: share },
  'questions_answered count<100000': { name: 'questions answered', bound: '100,000', value: whole },
};

function words(limit: LimitResult): { name: string; bound: string; value: string; margin: string } {
  const known = LIMITS[`${limit.metric} ${limit.expression}`];
  assert.ok(known, `${limit.metric} ${limit.expression}`);
  const { name, bound, value } = known;
  return {
    name,
    bound,
    value: limit.value === null ? 'no samples' : value(limit.value),
    margin: share(limit.margin, 0),
  };
}

const broken = ({ limits }: StageSummary): LimitResult[] => limits.filter(({ kept }) => kept === false);
const brokenText = (stage: StageSummary): string =>
  broken(stage)
    .map((limit) => `${words(limit).name} ${words(limit).value} (limit ${words(limit).bound})`)
    .join(', ');

/** All of `expected` must stand there; what stands there besides is let be. */
function holds(found: Record<string, string> | undefined, expected: Record<string, string>, what: string) {
  assert.ok(found, `${what} is missing`);
  const same = Object.fromEntries(Object.keys(expected).map((name) => [name, found[name]]));
  assert.deepEqual(same, expected, what);
}

function rowsHold<Item>(
  rows: readonly Cells[],
  items: readonly Item[],
  cells: (item: Item) => Record<string, string>,
): void {
  assert.equal(rows.length, items.length);
  items.forEach((item, index) => holds(rows[index], cells(item), `row ${index + 1}`));
}

const evidence = distinctEvidence();
const { summary, verdict } = evidence;
const { retries, failures, generator } = summary;
const { sessions, questions, sockets, messages } = chatBooks(summary);
const setup = summary.measures['session_setup_duration'] as Distribution;
const stages = summary.stages.map((stage) => ({ ...stage, ...chatStage(stage) }));
type Stage = (typeof stages)[number];

/** What the run has is what these tests are about. */
test('the run has every state that matters here, and no figure twice', () => {
  assert.deepEqual(
    stages.map(({ state, binding }) => `${state} ${binding}`),
    ['held true', 'held true', 'broke true', 'held true', 'held true', 'broke false', 'not measured false'],
  );
  assert.deepEqual(
    stages[1]?.limits.filter(({ kept }) => kept === null).map(({ metric }) => metric),
    ['session_success'],
  );
  assert.deepEqual(
    summary.ledger.filter(({ balanced }) => !balanced),
    [],
  );
  const times = Object.values(distinctMetrics()).flatMap((values) =>
    'p(99)' in values ? [values['p(95)'], values['p(99)'], values['med'], values['avg']] : [],
  );
  assert.equal(new Set(times).size, times.length);
});

describe('the summary takes each figure from its metric', () => {
  const metrics = distinctMetrics();
  const of = (metric: string, aggregate = 'count') => metrics[metric]?.[aggregate];

  test('of the whole run', () => {
    const { success, ...sessionCounts } = sessions;
    assert.deepEqual(setup, metrics['session_setup_duration']);
    assert.deepEqual(sessionCounts, {
      started: of('sessions_started'),
      completed: of('sessions_completed'),
      failed: of('sessions_failed'),
      stopped: of('sessions_stopped'),
      interrupted: of('sessions_open'),
    });
    assert.deepEqual(success, { rate: 3507 / 4318, samples: 4318 });
    const { success: answers, averageConcurrent, ...questionCounts } = questions;
    assert.deepEqual(questionCounts, {
      sent: of('questions_sent'),
      answered: of('questions_answered'),
      failed: of('questions_failed'),
      open: of('questions_open'),
      late: of('answers_late'),
    });
    assert.deepEqual(answers, { rate: 27_011 / 29_876, samples: 29_876 });
    const waited = 27_011 * (of('answer_latency', 'avg') ?? NaN) + 1_234_567;
    assert.equal(averageConcurrent, waited / 71_500);
    assert.deepEqual(sockets, {
      attempted: of('ws_sessions'),
      opened: of('sockets_opened'),
      failed: of('sockets_failed'),
    });
    assert.deepEqual(retries, {
      attempted: of('retries'),
      phases: { token: of('retries{phase:token}'), connect: of('retries{phase:connect}') },
      succeeded: of('retries_succeeded'),
      suppressed: of('retries_suppressed'),
      waitMs: 207 * 3,
    });
    assert.deepEqual(messages, {
      sent: of('messages_sent'),
      received: of('ws_msgs_received'),
      unknown: of('messages_unknown'),
    });
    assert.deepEqual(generator.lag, metrics['generator_lag']);
  });

  test('what only a run in trouble has', () => {
    const trouble = withChatBooks(
      distinctSummary(0, {
        script_errors: counter(2),
        dropped_iterations: counter(3),
        arrivals_late: counter(4),
        sessions_open: counter(5),
        questions_open: counter(6),
      }),
    );
    const { scriptErrors, droppedIterations, lateArrivals, outageFailed } = trouble.generator;
    assert.deepEqual([scriptErrors, droppedIterations, lateArrivals, outageFailed], [2, 3, 4, false]);
    assert.deepEqual([trouble.sessions.interrupted, trouble.questions.open, trouble.cutShort], [5, 6, true]);
    assert.deepEqual(
      trouble.ledger.map(({ name, parts }) => [name, parts['interrupted'], parts['open']]).slice(0, 2),
      [
        ['sessions', 5, undefined],
        ['invocations', undefined, 6],
      ],
    );
  });

  test('of each stage', () => {
    for (const stage of stages) {
      const at = (metric: string) => metrics[`${metric}{stage:${stage.number}}`] ?? {};
      const isEmpty = stage.number === 7;
      const rate = (metric: string) => {
        const { passes = 0, fails = 0 } = at(metric);
        return { rate: passes + fails === 0 ? null : passes / (passes + fails), samples: passes + fails };
      };
      const told: Partial<Stage> = {
        level: DISTINCT_PLAN.stages[stage.number - 1]?.level ?? NaN,
        sessionsStarted: at('sessions_started')['count'] ?? NaN,
        questionsSent: at('questions_sent')['count'] ?? NaN,
        questionsAnswered: at('questions_answered')['count'] ?? NaN,
        answerSuccess: rate('answer_success'),
        sessionSuccess: rate('session_success'),
        socketSuccess: rate('socket_success'),
        answerLatency: isEmpty ? {} : at('answer_latency'),
        firstChunkLatency: isEmpty ? {} : at('first_chunk_latency'),
        generatorLag: isEmpty ? {} : at('generator_lag'),
      };
      for (const [name, value] of Object.entries(told))
        assert.deepEqual(stage[name as keyof Stage], value, `${name} of stage ${stage.number}`);
    }
  });

  test('of each limit', () => {
    for (const stage of stages) {
      const values = Object.fromEntries(
        stage.limits.map(({ metric, expression, value }) => [`${metric} ${expression}`, value]),
      );
      const { answerLatency: answer, firstChunkLatency: first } = stage;
      assert.deepEqual(values, {
        'answer_latency p(95)<600': answer['p(95)'] ?? null,
        'answer_latency p(99)<700': answer['p(99)'] ?? null,
        'answer_latency med<590': answer['med'] ?? null,
        'first_chunk_latency p(95)<800': first['p(95)'] ?? null,
        'answer_success rate>0.7': stage.answerSuccess.rate,
        'session_success rate>=0.55': stage.sessionSuccess.rate,
        'questions_answered count<100000': stage.questionsAnswered,
      });
    }
  });

  test('of each class of failures, the most frequent first', () => {
    assert.deepEqual(
      failures.map(({ phase, reason, status, count, sessions: affected, atMost }) =>
        [phase, reason, status, count, affected, atMost].join(' '),
      ),
      [
        'answer answer_timeout  1604 703 ',
        'answer closed_1011  1261 692 ',
        'token http_503  97 61 ',
        'connect handshake_refused 502 33 29 true',
        'connect handshake_refused 503 25 25 true',
      ],
    );
  });

  test('of each line of the ledger', () => {
    const lines = summary.ledger.map(({ name, total, totalName, parts }) => {
      const sum = Object.entries(parts).map(([part, count]) => `${count} ${part}`);
      return `${name}: ${total} ${totalName} = ${sum.join(' + ')}`;
    });
    assert.deepEqual(lines, [
      'sessions: 4801 started = 3507 completed + 811 failed + 483 stopped + 0 interrupted',
      'invocations: 29876 sent = 27011 answered + 2865 failed + 0 open',
      'failed invocations: 2865 failed = 2865 in their classes',
      'latency samples: 27011 samples = 27011 answered',
      "sockets: 4777 attempts by k6's count = 4650 opened + 127 failed",
      "attempts at sockets: 4777 attempts by k6's count = 4632 first + 145 again",
      "received messages: 131071 by k6's count = 131071 handled",
    ]);
  });
});

/** Lines of a text report by their names; a broken line goes on in the next. */
function namedLines(text: string): Record<string, string> {
  const lines: Record<string, string> = {};
  let name = '';
  for (const line of text.split('\n')) {
    const [, found, rest] = /^ ([a-z][a-z -]*?) {2,}(\S.*)$/.exec(line) ?? [];
    if (found !== undefined && line.length > 14) name = found;
    if (rest !== undefined && found !== undefined) lines[name] = rest;
    else if (name !== '' && line.startsWith(' '.repeat(14)))
      lines[name] = `${lines[name] ?? ''} ${line.trim()}`;
    else name = '';
  }
  return lines;
}

/** Cells of a table whose headings stand above their right ends. */
function columns(line: string, head: string, headings: readonly string[]): Record<string, string> {
  let from = 0;
  const cells = headings.map((heading) => {
    const end = head.indexOf(heading, from) + heading.length;
    assert.ok(end >= from + heading.length, `there is no column "${heading}"`);
    const cell = line.slice(from, end).trim();
    from = end;
    return [heading, cell] as const;
  });
  return { ...Object.fromEntries(cells), rest: line.slice(from).trim() };
}

describe('the text', () => {
  const extras = { peakConcurrent: 487, peakCpu: 0.61, peakMemoryBytes: 734e6, files: 'reports/x' };
  const text = renderText(summary, verdict, false, extras);
  const HEADINGS = ['stage', 'sessions', 'held', 'questions', 'success', '1st p95', 'p50', 'p95', 'p99'];

  test('has every figure of every stage below its heading', () => {
    const lines = text.split('\n');
    const head = lines.findIndex((line) => line.startsWith(' stage '));
    for (const stage of stages) {
      const row = lines.slice(head).find((line) => new RegExp(`^ {5}${stage.number} `).test(line));
      const { answerLatency: answer, firstChunkLatency: first } = stage;
      holds(
        columns(row ?? '', lines[head] ?? '', HEADINGS),
        {
          stage: String(stage.number),
          sessions: whole(stage.level),
          held: share(stage.held, 1),
          questions: whole(stage.questionsSent),
          success: share(stage.answerSuccess.rate),
          '1st p95': time(first['p(95)']),
          p50: time(answer['med']),
          p95: time(answer['p(95)']),
          p99: time(answer['p(99)']),
          rest: SIGNS[stage.state],
        },
        `stage ${stage.number}`,
      );
    }
  });

  test('says what broke, and nothing else, below its stage', () => {
    const said = text.split(/\n(?= {5}\d )/).slice(1);
    said.forEach((part, index) => {
      const stage = stages[index];
      assert.ok(stage, 'there are more rows than stages');
      const [, told] = /broke: ([^]*?)(?:\n {8}look at|\n (?! {7})|\n\n|$)/.exec(part) ?? [];
      const expected = broken(stage).length === 0 ? undefined : brokenText(stage);
      assert.equal(told?.replace(/\s+/g, ' '), expected, `stage ${stage.number}`);
    });
    assert.match(text, new RegExp(`stages above ${REQUIRED} sessions only inform`));
  });

  test('has every count in its line', () => {
    const failed = failures.map(({ count, title, sessions: affected, atMost, why, phase }) => {
      const where = phase === 'token' ? 'token: ' : '';
      return `${whole(count)} × ${where}${title} in ${atMost ? 'at most ' : ''}${affected} sessions: ${why}`;
    });
    holds(
      namedLines(text),
      {
        sessions: `${whole(sessions.started)} started = ${whole(sessions.completed)} completed + ${sessions.failed} failed + ${sessions.stopped} stopped; success ${share(sessions.success.rate)}`,
        'set-up': `p50 ${time(setup['med'])}, p95 ${time(setup['p(95)'])}, at most ${time(setup['max'])} from log-in to open socket`,
        invocations: `${whole(questions.sent)} sent = ${whole(questions.answered)} answered + ${whole(questions.failed)} failed + 0 open; success ${share(questions.success.rate)}`,
        concurrent: `${questions.averageConcurrent.toFixed(1)} invocations on average, peak 487 seen`,
        sockets: SOCKETS,
        late: `${questions.late} answers came after their question had failed`,
        messages: `${whole(messages.sent)} sent, ${whole(messages.received)} received, ${messages.unknown} of a type that the protocol does not know`,
        failures: failed.join(' '),
        retries: `${retries.attempted} attempts, ${retries.succeeded} succeeded, ${retries.suppressed} suppressed; waited ${retries.waitMs} ms`,
        ledger: `balances (${summary.ledger.map(({ name }) => name).join(', ')})`,
        generator: `lag p99 ${time(generator.lag['p(99)'])} (limit 991 ms), CPU peak 61 %, memory 734 MB`,
        files: 'reports/x',
      },
      'the text',
    );
  });

  test('says what was interrupted, and how a back end recovered', () => {
    const { session, question } = summary.operations;
    assert.ok(session && question, 'the books are there');
    const cut = {
      ...summary,
      operations: {
        ...summary.operations,
        session: { ...session, open: 77 },
        question: { ...question, open: 66 },
      },
      ledger: summary.ledger.map((line, index) => ({ ...line, balanced: index !== 1 })),
    };
    const lines = namedLines(renderText({ ...cut, recovery: RECOVERY }, verdict, false));
    assert.match(lines['sessions'] ?? '', /483 stopped \+ 77 interrupted; success 81\.21 %$/);
    assert.match(lines['invocations'] ?? '', /2,865 failed \+ 66 open;/);
    holds(
      lines,
      {
        ledger: 'does not balance: invocations',
        recovery:
          'outage from 612 ms on: errors for 743 ms, p95 back within its limit after 854 ms, 321 invocations lost',
        probes: '1,234 answered, 56 failed, 7 had no VU',
      },
      'the text',
    );
  });
});

const SOCKETS = `4,777 attempts by k6's count, 4,650 opened, 127 failed; success at first ${share(4400 / 4632)}`;

const RECOVERY: NonNullable<RunSummary['recovery']> = {
  startedAt: 612,
  errorsLastedMs: 743,
  p95BackAfterMs: 854,
  lost: 321,
  probes: { answered: 1234, failed: 56, dropped: 7 },
};

const PHASE_NAMES: Record<string, string> = { token: 'log-in', connect: 'connect', answer: 'answer' };

function says(page: Page, part: string, text: string): void {
  const words = page.words(part);
  assert.equal(words.includes(text), true, `"${text}" is not in: ${words.slice(0, 300)}`);
}

describe('report.html', () => {
  const timeline = recordText();
  const page = new Page(renderHtml({ ...evidence, timeline, charts: { script: '', hash: '', style: '' } }));

  test('stages', () => {
    rowsHold(page.table('Stages of the plan'), stages, (stage) => {
      const { answerLatency: answer, firstChunkLatency: first, state } = stage;
      const informs = stage.binding ? '' : ' (only informs)';
      const broke = broken(stage).length === 0 ? '' : `: ${brokenText(stage)}`;
      return {
        stage: String(stage.number),
        sessions: whole(stage.level),
        held: share(stage.held, 1),
        questions: whole(stage.questionsSent),
        success: share(stage.answerSuccess.rate),
        'sessions OK': share(stage.sessionSuccess.rate),
        'set-up p95': time(stage.sessionSetup['p(95)']),
        '1st p95': time(first['p(95)']),
        p50: time(answer['med']),
        p95: time(answer['p(95)']),
        p99: time(answer['p(99)']),
        state: `${SIGNS[state]} ${state}${informs}${broke}`,
      };
    });
    const [first, second, third] = stages
      .filter(({ answerLatency }) => answerLatency['p(95)'] !== undefined)
      .sort((a, b) => (b.answerLatency['p(95)'] ?? 0) - (a.answerLatency['p(95)'] ?? 0))
      .map(({ number, answerLatency }) => `stage ${number} (p95 ${time(answerLatency['p(95)'])})`);
    says(page, 'stages', `Slowest: ${first}, ${second}, ${third}.`);
    says(page, 'stages', `Stages above ${REQUIRED} sessions`);
  });

  test('latency by stage', () => {
    rowsHold(page.table('Answer latency by stage'), stages, (stage) => {
      const { answerLatency: answer, firstChunkLatency: first } = stage;
      return {
        stage: String(stage.number),
        sessions: whole(stage.level),
        answered: whole(answer['count'] ?? 0),
        min: time(answer['min']),
        p50: time(answer['med']),
        p95: time(answer['p(95)']),
        p99: time(answer['p(99)']),
        max: time(answer['max']),
        'first chunk p50': time(first['med']),
        'first chunk p95': time(first['p(95)']),
        'session setup p50': time(stage.sessionSetup['med']),
        'session setup p95': time(stage.sessionSetup['p(95)']),
      };
    });
  });

  test('the lines of the drawing are the percentiles that their names say', () => {
    const lines = page.lines('latency');
    const measured = stages.filter(({ answerLatency }) => answerLatency['count'] !== undefined);
    const points = (['p50', 'p95', 'p99'] as const).flatMap((name) => {
      const places = [...(lines[`line ${name}`] ?? '').matchAll(/[\d.]+ ([\d.]+)/g)].map(([, y]) =>
        Number(y),
      );
      assert.equal(places.length, measured.length, name);
      const aggregate = { p50: 'med', p95: 'p(95)', p99: 'p(99)' }[name];
      return measured.map(({ answerLatency }, index) => ({
        value: answerLatency[aggregate] ?? NaN,
        place: places[index] ?? NaN,
      }));
    });
    const sorted = points.toSorted((a, b) => a.value - b.value);
    const [least, most] = [sorted[0], sorted.at(-1)];
    assert.ok(least && most, 'nothing is drawn');
    const slope = (most.place - least.place) / (most.value - least.value);
    for (const { value, place } of points)
      assert.ok(Math.abs(least.place + slope * (value - least.value) - place) < 0.2, `${value} ms`);
  });

  test('percentiles of every stage', () => {
    const measured = stages.filter(({ answerLatency }) => answerLatency['count'] !== undefined);
    const grid = [1, 5, 10, 25, 50, 75, 90, 95, 97.5, 99, 99.5, 99.9];
    rowsHold(
      page.table('Answer latency: so many percent came within'),
      measured,
      ({ number, answerLatency: answer }) => ({
        stage: String(number),
        min: time(answer['min']),
        ...Object.fromEntries(grid.map((percent) => [`${percent} %`, time(answer[`p(${percent})`])])),
        max: time(answer['max']),
      }),
    );
  });

  test('the data of the live charts', () => {
    const { time: overTime, distribution } = page.data('data') as LiveData;
    const measured = stages.filter(({ answerLatency }) => answerLatency['count'] !== undefined);
    assert.deepEqual(
      distribution.stages,
      measured.map(({ number, level: count, answerLatency }) => ({
        name: `stage ${number} (${count} sessions)`,
        values: distribution.percentiles.map((percent) => answerLatency[`p(${percent})`]),
      })),
    );
    assert.deepEqual(
      [distribution.stages[distribution.chosen]?.name, distribution.reference],
      ['stage 3 (37 sessions)', 0],
    );
    const of = (chart: string, line: string) =>
      overTime.charts.find(({ id }) => id === chart)?.lines.find(({ name }) => name === line)?.values;
    const each = (metric: string, aggregate: string, part: 'period' | 'total' = 'period') =>
      SECONDS.map((second) => second[part][metric]?.[aggregate]);
    const expected = [
      ['level', 'open', each('sessions_open', 'count', 'total')],
      ['latency', 'p50', each('answer_latency', 'med')],
      ['latency', 'p95', each('answer_latency', 'p(95)')],
      ['latency', 'p99', each('answer_latency', 'p(99)')],
      ['messages', 'received', each('ws_msgs_received', 'count')],
      ['messages', 'sent', each('ws_msgs_sent', 'count')],
      ['failures', 'all', each('failures', 'count')],
      ['failures', 'answer timeout', each('failures{reason:answer_timeout}', 'count')],
      ['lag', 'lag p99', each('generator_lag', 'p(99)')],
    ] as const;
    for (const [chart, line, values] of expected)
      assert.deepEqual(of(chart, line), values, `${chart} ${line}`);
  });

  test('the run over time', () => {
    rowsHold(page.table("The run in parts of 1 s; a row's time is its end"), SECONDS, (second) => {
      const of = (metric: string, aggregate: string) => second.period[metric]?.[aggregate] ?? NaN;
      return {
        open: whole(second.total['sessions_open']?.['count'] ?? NaN),
        p50: time(of('answer_latency', 'med')),
        p95: time(of('answer_latency', 'p(95)')),
        p99: time(of('answer_latency', 'p(99)')),
        'received/s': whole(of('ws_msgs_received', 'count')),
        'sent/s': whole(of('ws_msgs_sent', 'count')),
        'failures/s': whole(of('failures', 'count')),
      };
    });
  });

  test('limits, where they came closest', () => {
    const keys = Object.keys(LIMITS);
    const binding = stages.filter(({ binding: decides }) => decides);
    const rows = page.table('Limits');
    assert.equal(rows.length, keys.length);
    keys.forEach((key, index) => {
      const all = binding.flatMap((stage) =>
        stage.limits
          .filter(({ metric, expression }) => `${metric} ${expression}` === key)
          .map((limit) => ({ stage, limit })),
      );
      const measured = all.filter(({ limit }) => limit.kept !== null);
      const [closest] = measured.toSorted((a, b) => (a.limit.margin ?? 0) - (b.limit.margin ?? 0));
      const broke = all.find(({ limit }) => limit.kept === false);
      assert.ok(closest, key);
      const { name, value, bound, margin } = words(closest.limit);
      holds(
        rows[index],
        {
          limit: `${name} ${key}`,
          value,
          bound,
          margin,
          used: usedText(closest.limit),
          'closest in': `stage ${closest.stage.number}`,
          'first broken in': broke === undefined ? 'none' : `stage ${broke.stage.number}`,
          grade:
            broke === undefined ? '✓ target' : key.includes('p(95)') ? '! warning' : '✗ worse than target',
        },
        key,
      );
    });
  });

  test('every limit in every stage', () => {
    rowsHold(page.table('Every limit in every stage'), stages, (stage) => ({
      stage: String(stage.number),
      ...Object.fromEntries(
        stage.limits.map((limit) => {
          const { name, bound, value } = words(limit);
          const cell = limit.value === null ? '–' : limit.kept === false ? `✗ ${value}` : value;
          return [`${name} (${bound})`, cell];
        }),
      ),
    }));
  });

  test('failures', () => {
    rowsHold(page.table('Failures by class'), failures, (failure) => ({
      class: `${failure.title} ${failure.reason}`,
      while: PHASE_NAMES[failure.phase] ?? '',
      count: whole(failure.count),
      sessions: `${failure.atMost ? '≤ ' : ''}${whole(failure.sessions)}`,
      'likely reason': failure.why,
    }));
    says(page, 'failures', `Invocations: ${share(questions.success.rate)} of 29,876 succeeded.`);
    says(page, 'failures', `Sessions: ${share(sessions.success.rate)} of 4,318 succeeded.`);
  });

  test('the tiles', () => {
    holds(
      page.facts('tiles'),
      {
        holds: '23sessions',
        'breaks at': '37sessions, stage 3',
        'answer p95': `${time(stages[1]?.answerLatency['p(95)'])}at 23 sessions, stage 2`,
        invocations: `${share(questions.success.rate)}answered, of 29,876`,
        sessions: `${share(sessions.success.rate)}completed, of 4,318`,
        'open invocations': `${questions.averageConcurrent.toFixed(1)}on average, 487 at most`,
      },
      'the tiles',
    );
    for (const part of ['script ramp', 'took 71.5 s', '11 → 131 sessions, 7 stages × 10 s'])
      says(page, 'about', part);
  });

  test('ledger', () => {
    rowsHold(page.table('Ledger'), summary.ledger, ({ name, total, totalName, parts }) => ({
      account: name,
      total: `${whole(total)} ${totalName}`,
      parts: `= ${Object.entries(parts)
        .map(([part, count]) => `${whole(count)} ${part}`)
        .join(' + ')}`,
      balances: '✓ yes',
    }));
    holds(
      page.facts('ledger'),
      {
        'set-up': `p50 ${time(setup['med'])}, p95 ${time(setup['p(95)'])}, at most ${time(setup['max'])} from log-in to open socket`,
        sockets: SOCKETS,
        messages: `${whole(messages.sent)} sent, ${whole(messages.received)} received, ${messages.unknown} of a type that the protocol does not know`,
        late: `${questions.late} answers came after their question had failed`,
        retries: `${retries.attempted} attempts, ${retries.succeeded} succeeded, ${retries.suppressed} suppressed; waited ${retries.waitMs} ms`,
      },
      'the ledger',
    );
  });

  test('the generator and the machine', () => {
    const { lag } = generator;
    holds(
      page.facts('generator'),
      {
        lag: `p50 ${time(lag['med'])}, p99 ${time(lag['p(99)'])}, max ${time(lag['max'])}; limit of p99 991 ms ✓`,
        CPU: 'peak 61 % of 6 cores; over 90 % for 2 s in a row',
        memory: 'peak 734 MB',
        'open invocations': 'at most 487 seen at the same time',
        'script errors': '0',
        'dropped iterations': '0',
        machine: 'Fast CPU, 6 cores, 16 GB, Linux 6.1',
      },
      'the generator',
    );
  });

  test('versions and settings', () => {
    holds(
      page.facts('setup'),
      {
        target: 'wss://chat.example.com, https://chat.example.com',
        seed: '4242',
        limits: 'level target',
        Crescendo: '0.9.1',
        k6: '2.2.7 with k6/x/redis; it ended with exit code 99',
        Node: '20.3.4',
        'started, ended': '2026-11-21T03:10:22.000Z, 2026-11-21T03:11:22.000Z',
      },
      'the set-up',
    );
    const settings = page.table('Settings').map(({ setting, value }) => `${setting}=${value}`);
    for (const setting of [
      'numSessions=71',
      'seed=4242',
      'ramp.startSessions=11',
      'ramp.increment=12',
      'retries=3',
    ])
      assert.ok(settings.includes(setting), setting);
  });

  test('a run in trouble, and one that recovered', () => {
    const trouble: Evidence = {
      ...evidence,
      summary: {
        ...summary,
        recovery: RECOVERY,
        ledger: summary.ledger.map((line, index) => ({ ...line, balanced: index !== 1 })),
        generator: { ...generator, scriptErrors: 21, droppedIterations: 34 },
        generatorLagLimitMs: 15,
      },
    };
    const troubled = new Page(renderHtml(trouble));
    assert.deepEqual(
      troubled.table('Ledger').map(({ balances, parts }) => `${balances} ${parts?.charAt(0)}`),
      summary.ledger.map((_, index) => (index === 1 ? '✗ no ≠' : '✓ yes =')),
    );
    const facts = troubled.facts('generator');
    assert.deepEqual([facts['script errors'], facts['dropped iterations']], ['21', '34']);
    assert.match(facts['lag'] ?? '', /limit of p99 15 ms ✗ too late$/);
    holds(
      troubled.facts('recovery'),
      {
        outage: 'began 612 ms after the start of the plan',
        errors: 'errors for 743 ms',
        'answer p95': 'back within its limit after 854 ms',
        'invocations lost': '321',
        probes: '1,234 answered, 56 failed, 7 had no VU',
      },
      'recovery',
    );
  });
});

interface LiveData {
  time: { charts: { id: string; lines: { name: string; values: (number | null)[] }[] }[] };
  distribution: {
    percentiles: number[];
    stages: { name: string; values: (number | null)[] }[];
    chosen: number;
    reference: number;
  };
}

/** Of what a limit allows, so much was used; of a share that must be reached, of the failures that it allows. */
function usedText({ expression, value, bound }: LimitResult): string {
  const used = value ?? NaN;
  if (expression.startsWith('rate')) return shareOfUse((1 - used) / (1 - bound));
  return shareOfUse(expression.includes('>') ? bound / used : used / bound);
}
const shareOfUse = (used: number): string => (used > 9.99 ? `${Math.round(used)} ×` : share(used, 0));

/** Tables of Markdown by the title above them. */
function markdownTables(text: string): Record<string, Cells[]> {
  const reader = new MarkdownIt({ html: true });
  const found: { title: string; rows: string[][] }[] = [];
  let [title, inside, isTitle] = ['', false, false];
  for (const token of reader.parse(text, {})) {
    const { type } = token;
    if (type === 'heading_open') isTitle = true;
    if (type === 'html_block') title = token.content.replace(/<[^>]*>/g, '').trim();
    if (type.startsWith('table_')) inside = type === 'table_open';
    if (type === 'table_open') found.push({ title, rows: [] });
    if (type === 'tr_open') found.at(-1)?.rows.push([]);
    if (type !== 'inline') continue;
    const content = (token.children ?? []).map((child) => child.content).join('');
    if (isTitle) [title, isTitle] = [content, false];
    else if (inside) found.at(-1)?.rows.at(-1)?.push(content);
  }
  return Object.fromEntries(
    found.map(({ title: name, rows: [head = [], ...rows] }) => [name, cellsByHeading(head, rows)]),
  );
}

describe('report.md', () => {
  const tables = markdownTables(renderMarkdown(evidence));

  test('stages', () => {
    rowsHold(tables['Stages'] ?? [], stages, (stage) => {
      const { answerLatency: answer, firstChunkLatency: first, state } = stage;
      return {
        stage: String(stage.number),
        sessions: whole(stage.level),
        held: share(stage.held, 1),
        questions: whole(stage.questionsSent),
        success: share(stage.answerSuccess.rate),
        'sessions OK': share(stage.sessionSuccess.rate),
        'set-up p95': time(stage.sessionSetup['p(95)']),
        '1st p95': time(first['p(95)']),
        p50: time(answer['med']),
        p95: time(answer['p(95)']),
        p99: time(answer['p(99)']),
        '': `${SIGNS[state]} ${state}${stage.binding ? '' : ' (only informs)'}`,
      };
    });
  });

  test('broken limits, and none that was kept or not measured', () => {
    const all = stages.flatMap((stage) => broken(stage).map((limit) => ({ stage, limit })));
    assert.equal(all.length, 7);
    rowsHold(tables['Broken limits'] ?? [], all, ({ stage: { number, binding }, limit }) => {
      const { name, value, bound, margin } = words(limit);
      const [operator = ''] = /[<>=]+/.exec(limit.expression) ?? [];
      const stage = `${number}${binding ? '' : ' (only informs)'}`;
      return { stage, limit: name, value, 'must be': `${operator} ${bound}`, margin };
    });
  });

  test('failures', () => {
    rowsHold(tables['Failures'] ?? [], failures, (failure) => ({
      count: whole(failure.count),
      sessions: `${failure.atMost ? 'at most ' : ''}${whole(failure.sessions)}`,
      phase: PHASE_NAMES[failure.phase] ?? '',
      failure: failure.title,
      'probable reason': failure.why,
    }));
  });
});

describe('junit.xml', () => {
  test('has a case per limit with its value, bound and margin, and the length of each stage', () => {
    const [run, ...suites] = readXml(renderJunit(evidence)).children;
    assert.deepEqual(outcomes(run), [`verdict: failure: FAIL: ${verdict.sentence}`]);
    assert.equal(run?.attributes['time'], '71.500');
    assert.equal(suites.length, stages.length);
    stages.forEach((stage, index) => {
      const { name, time: seconds } = suites[index]?.attributes ?? {};
      assert.equal(name, `stage ${stage.number}: ${stage.level} sessions`);
      assert.equal(seconds, '10.000');
      const expected = stage.limits.map((limit) => junitOutcome(stage, limit));
      assert.deepEqual(outcomes(suites[index]), expected, name);
      const count = (kind: string) => String(expected.filter((text) => text.includes(`): ${kind}`)).length);
      const { tests, failures: failed, skipped, errors } = suites[index]?.attributes ?? {};
      assert.deepEqual(
        [tests, failed, skipped, errors],
        [String(stage.limits.length), count('failure'), count('skipped'), '0'],
      );
    });
  });
});

function junitOutcome({ binding }: StageSummary, limit: LimitResult): string {
  const { name, value, bound, margin } = words(limit);
  const title = `${name} (${limit.metric} ${limit.expression})`;
  const text = `${name} ${value}, limit ${bound}${limit.margin === null ? '' : `, margin ${margin}`}`;
  if (limit.kept === null) return `${title}: skipped: no samples`;
  if (limit.kept) return title;
  return binding ? `${title}: failure: ${text}` : `${title}: skipped: only informs: ${text}`;
}

/** Where to look is for `looks.test.ts`. */
const withoutLook = (message = ''): string => message.replace(/; look at .*$/, '');

/** Each case of a suite: its name, and what came of it. */
function outcomes(suite: XmlElement | undefined): string[] {
  return (suite?.children ?? []).map(({ attributes, children: [result] }) =>
    [
      attributes['name'],
      ...(result === undefined ? [] : [result.name, withoutLook(result.attributes['message'])]),
    ].join(': '),
  );
}

describe('the CSV files', () => {
  const csv = (text: string): Cells[] => parse(text, { columns: true, record_delimiter: '\r\n' });
  const PERCENTS = [50, 66, 75, 80, 90, 95, 98, 99, 99.9, 99.99];
  const named = (times: Record<string, number>[]) =>
    Object.fromEntries(
      PERCENTS.map((percent) => [`${percent}%`, String(Math.round(mixedPercentile(times, percent)))]),
    );
  const perSecond = (count: number, seconds: number) => String(Math.round((count / seconds) * 1000) / 1000);

  test('stats.csv', () => {
    const { metrics } = summary;
    const rest = metrics['http_req_duration'] ?? {};
    const answer = metrics['answer_latency'] ?? {};
    const connect = metrics['socket_connect_duration'] ?? {};
    const single: [
      type: string,
      name: string,
      requests: number,
      failures: number,
      times: Record<string, number>,
    ][] = [
      ['HTTP', 'REST calls', 9604, 97, rest],
      ['WS', 'answer', questions.sent, questions.failed, answer],
      ['WS', 'connect', sockets.attempted, sockets.failed, connect],
    ];
    const rows = csv(renderStats(evidence));
    rowsHold(rows.slice(0, 3), single, ([type, name, requests, failed, times]) => ({
      Type: type,
      Name: name,
      'Request Count': String(requests),
      'Failure Count': String(failed),
      'Median Response Time': String(times['med']),
      'Average Response Time': String(times['avg']),
      'Min Response Time': String(times['min']),
      'Max Response Time': String(times['max']),
      'Average Content Size': '0',
      'Requests/s': perSecond(requests, 71.5),
      'Failures/s': perSecond(failed, 71.5),
      ...Object.fromEntries(PERCENTS.map((percent) => [`${percent}%`, String(times[`p(${percent})`])])),
      '100%': String(times['max']),
    }));
    const requests = 9604 + questions.sent + sockets.attempted;
    const failed = 97 + questions.failed + sockets.failed;
    holds(
      rows[3],
      {
        Type: '',
        Name: 'Aggregated',
        'Request Count': String(requests),
        'Failure Count': String(failed),
        'Min Response Time': String(answer['min']),
        'Max Response Time': String(rest['max']),
        'Requests/s': perSecond(requests, 71.5),
        'Failures/s': perSecond(failed, 71.5),
        ...named([rest, answer, connect]),
        '100%': String(rest['max']),
      },
      'Aggregated',
    );
  });

  test('stats_history.csv', () => {
    const rows = csv(renderHistory({ ...evidence, timeline: recordText() })).filter(
      ({ Name }) => Name === 'answer',
    );
    rowsHold(rows, SECONDS, ({ time: end, period, total }) => {
      const of = (part: typeof period, metric: string, name = 'count') => part[metric]?.[name] ?? NaN;
      const times = period['answer_latency'] ?? {};
      const soFar = total['answer_latency'] ?? {};
      const requests = (part: typeof period) => of(part, 'questions_answered') + of(part, 'questions_failed');
      return {
        Timestamp: String(end / 1000),
        'User Count': String(of(total, 'sessions_open')),
        Type: 'WS',
        'Requests/s': String(requests(period)),
        'Failures/s': String(of(period, 'questions_failed')),
        '50%': String(times['med']),
        '66%': 'N/A',
        '90%': String(times['p(90)']),
        '95%': String(times['p(95)']),
        '99%': String(times['p(99)']),
        '100%': String(times['max']),
        'Total Request Count': String(requests(total)),
        'Total Failure Count': String(of(total, 'questions_failed')),
        'Total Median Response Time': String(soFar['med']),
        'Total Average Response Time': String(soFar['avg']),
        'Total Min Response Time': String(soFar['min']),
        'Total Max Response Time': String(soFar['max']),
        'Total Average Content Size': '0',
      };
    });
  });

  test('failures.csv', () => {
    const REQUESTS: Record<string, [string, string]> = {
      token: ['HTTP', 'REST calls'],
      connect: ['WS', 'connect'],
      answer: ['WS', 'answer'],
    };
    rowsHold(csv(renderFailures(evidence)), failures, ({ phase, reason, status, title, count }) => ({
      Method: REQUESTS[phase]?.[0] ?? '',
      Name: REQUESTS[phase]?.[1] ?? '',
      Error: `${phase}: ${title} (${reason}${status === undefined ? '' : ` ${status}`})`,
      Occurrences: String(count),
    }));
  });
});

test('what was seen of a killed run', () => {
  const at = { sessions_started: 11, sessions_completed: 22, sessions_failed: 33, questions_sent: 44 };
  const more = { ...at, questions_answered: 55, questions_failed: 66 };
  const types = Object.keys(more).map((name) => [name, { type: 'counter' }] as const);
  const names = ['answer_latency', ...Object.keys(more), 'time'].sort();
  const values: Record<string, number[]> = {
    ...Object.fromEntries(Object.entries(more).map(([name, count]) => [name, [count, count]])),
    answer_latency: [71, 72, 73, 74, 75, 76, 77],
    time: [2000],
  };
  const lines = [
    {
      event: 'param',
      data: {
        aggregates: {
          counter: ['count', 'rate'],
          gauge: ['value'],
          trend: ['avg', 'max', 'med', 'min', 'p(90)', 'p(95)', 'p(99)'],
        },
      },
    },
    {
      event: 'metric',
      data: { ...Object.fromEntries(types), answer_latency: { type: 'trend' }, time: { type: 'gauge' } },
    },
    { event: 'cumulative', data: names.map((name) => values[name]) },
  ];
  const timeline = lines.map((line) => JSON.stringify(line)).join('\n');
  const { run } = evidence;
  assert.ok(run, 'there is no run.json');
  const observed = {
    exitCode: 137,
    peakConcurrent: 88,
    cores: 6,
    peakCpu: 0.97,
    peakMemoryBytes: 99e6,
    busySeconds: 0,
  };
  holds(
    namedLines(
      renderRemains({ verdict, timeline, run: { ...run, observed, vocabulary: summary.vocabulary } }, false),
    ),
    {
      'seen so far': '11 sessions started, 22 completed, 33 failed',
      invocations: '44 sent, 55 answered, 66 failed, peak 88 seen; answer p95 76 ms',
      generator: 'CPU peak 97 %, memory 99 MB',
    },
    'the remains',
  );
});

describe('a comparison', () => {
  const compared = (name: string, shift: number): Compared => {
    const made = { ...distinctSummary(shift), recovery: { ...RECOVERY, errorsLastedMs: 700 + shift } };
    return { name, summary: made, verdict: verdictOf(made) };
  };
  const [base, now] = [compared('base', 0), compared('now', 7)];
  const given = [
    ['answer_latency', '1%,1ms'],
    ['session_success', '0.1pp'],
  ] as const;
  const narrow = tolerancesWith(given, comparedUnits(base.summary.vocabulary));
  const { figures, ...comparison } = compareRuns([base], now, narrow);
  const all = { ...comparison, figures };

  test('compares the figures that their names say', () => {
    const stageOf = ({ summary: of }: Compared, number: number | null) =>
      of.stages.find((stage) => stage.number === number);
    const measured = (run: Compared, number: number | null, metric: string, aggregate: string) => {
      const stage = stageOf(run, number);
      return stage && aggregateOf(measureOf(stage, run.summary.vocabulary, metric), aggregate);
    };
    const READ: Record<string, (run: Compared, stage: number | null) => number | null | undefined> = {
      'sessions held': ({ verdict: { holds: count } }) => count,
      failures: ({ summary: of }) => of.failures.reduce((sum, { count }) => sum + count, 0),
      'errors lasted': ({ summary: of }) => of.recovery?.errorsLastedMs,
      'p95 back after': ({ summary: of }) => of.recovery?.p95BackAfterMs,
      'answer p50': (run, stage) => measured(run, stage, 'answer_latency', 'med'),
      'answer p95': (run, stage) => measured(run, stage, 'answer_latency', 'p(95)'),
      'answer p99': (run, stage) => measured(run, stage, 'answer_latency', 'p(99)'),
      'session setup p95': (run, stage) => measured(run, stage, 'session_setup_duration', 'p(95)'),
      'first chunk p95': (run, stage) => measured(run, stage, 'first_chunk_latency', 'p(95)'),
      'session success': (run, stage) => measured(run, stage, 'session_success', 'rate'),
      'answer success': (run, stage) => measured(run, stage, 'answer_success', 'rate'),
      'socket success': (run, stage) => measured(run, stage, 'socket_success', 'rate'),
      held: (run, stage) => stageOf(run, stage)?.held,
    };
    const [ofRun, ofStage] = [Object.keys(READ).slice(0, 4), Object.keys(READ).slice(4)];
    const places = [null, 1, 2, 3, 4, 5, 6, 7].flatMap((stage) =>
      (stage === null ? ofRun : ofStage).map((name) => ({ stage, name })),
    );
    const expected = places
      .map(({ stage, name }) => ({
        stage,
        name,
        base: READ[name]?.(base, stage) ?? null,
        now: READ[name]?.(now, stage) ?? null,
      }))
      .filter((figure) => figure.base !== null || figure.now !== null);
    assert.deepEqual(
      figures.map(({ stage, name, base: before, now: after }) => ({ stage, name, base: before, now: after })),
      expected,
    );
    for (const { base: before, now: after, change } of figures)
      assert.equal(change, before === null || after === null ? null : after - before);
  });

  const valueText = (value: number | null, kind: ComparedFigure['kind']): string => {
    if (value === null) return '-';
    if (value >= 1000 && kind === 'time') return `${(value / 1000).toFixed(2)} s`;
    if (kind === 'time') return value < 10 ? `${value.toFixed(1)} ms` : `${Math.round(value)} ms`;
    return kind === 'share' ? `${Number((value * 100).toFixed(2))} %` : String(Number(value.toFixed(1)));
  };

  function changeText({ base: before, change, kind }: ComparedFigure): string {
    if (before === null || change === null) return '-';
    const sign = change > 0 ? '+' : '';
    if (kind === 'share') return `${sign}${Number((change * 100).toFixed(2))} pp`;
    return before === 0
      ? `${sign}${valueText(change, kind)}`
      : `${sign}${((change / before) * 100).toFixed(1)} %`;
  }

  const cells = (figure: ComparedFigure) => ({
    stage: figure.stage === null ? 'all' : String(figure.stage),
    figure: figure.name,
    base: valueText(figure.base, figure.kind),
    now: valueText(figure.now, figure.kind),
    change: changeText(figure),
    tolerance: valueText(figure.tolerance, figure.kind),
  });
  const MARKS = { improved: '+', same: '=', worse: '✗', "can't tell": '?' };

  test('as text', () => {
    const lines = renderComparison(all, false).split('\n');
    const head = lines.findIndex((line) => line.startsWith(' stage figure'));
    const NAME_ENDS = 26;
    figures.forEach((figure, index) => {
      const line = lines[head + 1 + index] ?? '';
      const numbers = [line, lines[head] ?? ''].map((text) => text.slice(NAME_ENDS));
      const found = columns(numbers[0] ?? '', numbers[1] ?? '', ['base', 'now', 'change', 'tolerance']);
      const [, stage, name] = /^ +(\S+) (.*\S)/.exec(line.slice(0, NAME_ENDS)) ?? [];
      assert.deepEqual(
        { stage, figure: name, ...found },
        { ...cells(figure), rest: `${MARKS[figure.verdict]} ${figure.verdict}` },
        line,
      );
    });
  });

  test('as Markdown: what changed, then the others', () => {
    const isChanged = ({ verdict: said }: ComparedFigure) => said === 'worse' || said === 'improved';
    const [changed, others] = [figures.filter(isChanged), figures.filter((figure) => !isChanged(figure))];
    assert.deepEqual([...new Set(figures.map(({ verdict: said }) => said))].sort(), [
      "can't tell",
      'same',
      'worse',
    ]);
    const tables = Object.values(markdownTables(renderComparisonMarkdown(all)));
    const expected = (figure: ComparedFigure) => ({
      ...cells(figure),
      '': [figure.verdict, figure.factor ?? figure.why].filter((part) => part !== undefined).join(', '),
    });
    rowsHold(tables[0] ?? [], changed, expected);
    rowsHold(tables[1] ?? [], others, expected);
  });

  test('as JUnit', () => {
    const suites = readXml(renderComparisonJunit(all)).children;
    const stagesOf = [...new Set(figures.map(({ stage }) => stage))];
    assert.deepEqual(
      suites.map(({ attributes }) => attributes['name']),
      stagesOf.map((stage) => (stage === null ? 'ramp: run' : `ramp: stage ${stage}`)),
    );
    suites.forEach((suite, index) => {
      const own = figures.filter(({ stage }) => stage === stagesOf[index]);
      assert.deepEqual(outcomesOfComparison(suite), own.map(comparedOutcome));
    });
  });

  function comparedOutcome(figure: ComparedFigure): string {
    const { base: before, now: after, change, tolerance } = cells(figure);
    const factor = figure.factor === undefined ? '' : `, ${figure.factor}`;
    const text = `${before} → ${after} (${change}, tolerance ${tolerance})${factor}`;
    if (figure.verdict === 'worse') return `${figure.name}: failure: ${text}`;
    if (figure.verdict === "can't tell") return `${figure.name}: skipped: ${figure.why ?? text}`;
    return `${figure.name}: system-out: ${figure.verdict}: ${text}`;
  }

  const outcomesOfComparison = (suite: XmlElement): string[] =>
    suite.children.map(({ attributes, children: [result] }) =>
      [attributes['name'], result?.name, result?.attributes['message'] ?? result?.text].join(': '),
    );
});
