// Are the reports what parsers that are not ours take them for, whatever texts they hold?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import MarkdownIt from 'markdown-it';
import { SaxesParser } from 'saxes';
import { csvText } from '../report/csv/csvText.ts';
import type { Evidence, RunRecord } from '../report/derive/evidence.ts';
import { renderHtml } from '../report/html/page.ts';
import { renderJunit, renderJunitOfRemains } from '../report/text/junit.ts';
import { renderFailures, renderHistory, renderStats } from '../report/csv/locust.ts';
import { renderMarkdown, renderMarkdownOfRemains } from '../report/text/markdown.ts';
import { mixedPercentile } from '../report/derive/mixture.ts';
import { plain, plainLines } from '../lib/words/plain.ts';
import { renderRemains } from '../report/text/remains.ts';
import { repeatCommand } from '../report/text/repeat.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import { renderText } from '../report/text/text.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { HOSTILE, STEERING } from './support/hostile.ts';
import { counter, summaryWith, trend } from './support/runData.ts';

const RUN: RunRecord = {
  version: 1,
  crescendo: '0.1.0',
  script: 'ramp',
  settings: { RAMP_MAX_SESSIONS: '30', OUTAGE_BODY: '{"it\'s": 1}' },
  k6Arguments: [],
  seed: 1,
  target: {
    apiBaseUrl: 'https://chat.example.com',
    websocketBaseUrl: 'wss://chat.example.com',
    isReference: false,
    stats: null,
  },
  k6: { version: '2.2.0', extensions: [], exitCode: 99 },
  machine: {},
  startedAt: '2026-11-21T10:00:00.000Z',
  endedAt: '2026-11-21T10:00:31.000Z',
  result: 'FAIL',
  exitCode: 99,
  vocabulary: CHATBOT_WORDS,
};

/** A run whose stage 3 breaks a limit, with failures of three phases. */
const BROKEN = {
  'answer_latency{stage:3}': trend(100, 1000),
  questions_answered: counter(290),
  questions_failed: counter(10),
  answer_latency: trend(290, 300),
  'failures{phase:answer,reason:answer_timeout}': counter(10),
  'failures{phase:token,reason:http_503}': counter(3),
  'failures{phase:connect,reason:refused}': counter(2),
  sockets_opened: counter(48),
  sockets_failed: counter(2),
  socket_connect_duration: trend(48, 5),
  http_reqs: counter(150),
  http_req_duration: trend(150, 8),
};

function evidence(summary: RunSummary = summaryWith(BROKEN)): Evidence {
  return { summary, verdict: verdictOf(summary), run: RUN };
}

/** Every text of others that a report may show is hostile. */
function hostile(): Evidence {
  const { summary, verdict } = evidence();
  const limit = {
    metric: HOSTILE,
    expression: `p(95)<${HOSTILE}`,
    aggregate: HOSTILE,
    operator: '<' as const,
    unit: 'ms' as const,
    bound: 1,
    value: 2,
    kept: false,
    margin: -1,
  };
  return {
    summary: {
      ...summary,
      script: HOSTILE,
      stages: summary.stages.map((stage) => ({ ...stage, name: HOSTILE, limits: [limit] })),
      failures: summary.failures.map((row) => ({ ...row, title: HOSTILE, why: HOSTILE })),
    },
    verdict: { ...verdict, sentence: HOSTILE, reasons: [HOSTILE, HOSTILE] },
    run: {
      ...RUN,
      script: HOSTILE,
      settings: { QUESTIONS: HOSTILE },
      target: { ...RUN.target, websocketBaseUrl: HOSTILE },
      examples: summary.failures.map(({ phase, reason }) => ({ phase, reason, text: HOSTILE })),
    },
  };
}

interface Element {
  name: string;
  attributes: Record<string, string>;
  children: Element[];
}

/** Reads XML with a strict parser; throws when it is not well-formed. */
function xml(text: string): Element {
  const root: Element = { name: '', attributes: {}, children: [] };
  const open = [root];
  const parser = new SaxesParser();
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name, attributes }) => {
    const element = { name, attributes: attributes as Record<string, string>, children: [] };
    open.at(-1)?.children.push(element);
    open.push(element);
  });
  parser.on('closetag', () => void open.pop());
  parser.write(text).close();
  const [document] = root.children;
  assert.ok(document);
  return document;
}

const elements = (root: Element, name: string): Element[] =>
  root.children.flatMap((child) => [...(child.name === name ? [child] : []), ...elements(child, name)]);

describe('junit.xml', () => {
  test('has a suite for the run and one per stage, a case per limit', () => {
    const root = xml(renderJunit(evidence()));
    assert.deepEqual(
      root.children.map(({ attributes: { name, tests, failures, errors, skipped, time } }) =>
        [name, tests, failures, errors, skipped, time].join(' | '),
      ),
      [
        'run | 1 | 1 | 0 | 0 | 31.000',
        'stage 1: 10 sessions | 3 | 0 | 0 | 0 | 10.000',
        'stage 2: 20 sessions | 3 | 0 | 0 | 0 | 10.000',
        'stage 3: 30 sessions | 3 | 1 | 0 | 0 | 10.000',
      ],
    );
    assert.deepEqual([root.attributes['tests'], root.attributes['failures']], ['10', '2']);
    const [verdict, limit] = elements(root, 'failure').map(({ attributes }) => attributes['message']);
    assert.match(verdict ?? '', /^FAIL: holds 20 sessions, breaks at 30 \(stage 3\)/);
    assert.match(limit ?? '', /^answer p95 1\.40 s, limit 500 ms, margin -180 %; look at the queue before/);
    assert.equal(root.children[1]?.attributes['timestamp'], '2026-11-21T10:00:00');
  });

  test('says INVALID as an error, and what only informs or was not measured as skipped', () => {
    const invalid = evidence(summaryWith({ ...BROKEN, script_errors: counter(2) }));
    const [error] = elements(xml(renderJunit(invalid)), 'error');
    assert.match(error?.attributes['message'] ?? '', /^INVALID: the test script threw 2 times/);
    const informing = evidence(summaryWith(BROKEN, { requiredSessions: 20 }));
    const root = xml(renderJunit(informing));
    assert.equal(elements(root, 'failure').length, 0);
    assert.match(elements(root, 'skipped')[0]?.attributes['message'] ?? '', /^only informs: answer p95/);
    const unmeasured = evidence(summaryWith({ 'answer_latency{stage:1}': {} }));
    assert.equal(elements(xml(renderJunit(unmeasured)), 'skipped')[0]?.attributes['message'], 'no samples');
    const cut = evidence(summaryWith({ 'answer_latency{stage:3}': {} }, {}, 15_000));
    assert.match(elements(xml(renderJunit(cut)), 'skipped')[0]?.attributes['message'] ?? '', /not reached/);
    const killed = { verdict: { ...invalid.verdict, sentence: 'k6 was killed' }, run: RUN };
    assert.equal(elements(xml(renderJunitOfRemains(killed)), 'error').length, 1);
  });

  test('is well-formed and says the same whatever the texts are', () => {
    const root = xml(renderJunit(hostile()));
    const [failure] = elements(root, 'failure');
    assert.equal(failure?.attributes['message'], `FAIL: ${plain(HOSTILE)}; also: ${plain(HOSTILE)}`);
    assert.deepEqual([...new Set(elements(root, 'testsuite').map(({ children }) => children.length))], [1]);
  });
});

const STATS_HEAD =
  'Type,Name,Request Count,Failure Count,Median Response Time,Average Response Time,Min Response Time,Max Response Time,Average Content Size,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%';
const HISTORY_HEAD =
  'Timestamp,User Count,Type,Name,Requests/s,Failures/s,50%,66%,75%,80%,90%,95%,98%,99%,99.9%,99.99%,100%,Total Request Count,Total Failure Count,Total Median Response Time,Total Average Response Time,Total Min Response Time,Total Max Response Time,Total Average Content Size';

type CsvRow = Record<string, string>;

/** Reads CSV by its header; throws when a row has another number of cells. */
const csv = (text: string): CsvRow[] => parse(text, { columns: true, record_delimiter: '\r\n' });
const numbers = (row: CsvRow | undefined, ...names: string[]) => names.map((name) => Number(row?.[name]));

/** A timeline as k6 writes it, of two seconds. */
const TIMELINE = [
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
    data: {
      answer_latency: { type: 'trend' },
      questions_answered: { type: 'counter' },
      questions_failed: { type: 'counter' },
      sessions_open: { type: 'counter' },
      time: { type: 'gauge' },
    },
  },
  { event: 'start', data: [[], [], [], [], [1_000_000]] },
  { event: 'cumulative', data: [[100, 150, 90, 80, 140, 145, 149], [4, 4], [0, 0], [7, 7], [1_001_000]] },
  { event: 'snapshot', data: [[100, 150, 90, 80, 140, 145, 149], [4, 4], [0, 0], [7, 7], [1_001_000]] },
  {
    event: 'cumulative',
    data: [[200, 400, 190, 80, 340, 345, 399], [9, 4.5], [1, 0.5], [6, 3], [1_002_000]],
  },
  { event: 'snapshot', data: [[300, 400, 290, 280, 340, 345, 399], [5, 5], [1, 1], [-1, -1], [1_002_000]] },
]
  .map((event) => JSON.stringify(event))
  .join('\n');

describe('stats.csv', () => {
  test("has Locust's columns, and failures that add up with failures.csv", () => {
    const text = renderStats(evidence());
    assert.equal(text.split('\r\n')[0], STATS_HEAD);
    const rows = csv(text);
    assert.deepEqual(
      rows.map((row) => `${row['Type'] ?? ''}/${row['Name'] ?? ''}`),
      ['HTTP/REST calls', 'WS/answer', 'WS/connect', '/Aggregated'],
    );
    const [rest, answer, connect, all] = rows;
    assert.deepEqual(numbers(rest, 'Request Count', 'Failure Count'), [150, 3]);
    assert.deepEqual(
      numbers(answer, 'Request Count', 'Failure Count', 'Average Response Time', '50%', '95%', '100%'),
      [300, 10, 300, 300, 420, 600],
    );
    assert.deepEqual(numbers(answer, 'Requests/s', 'Failures/s'), [9.677, 0.323]);
    assert.deepEqual(numbers(connect, 'Request Count', 'Failure Count'), [50, 2]);
    assert.deepEqual(numbers(all, 'Request Count', 'Failure Count'), [500, 15]);
    const failures = csv(renderFailures(evidence()));
    for (const { Type, Name, 'Failure Count': count } of rows.slice(0, -1)) {
      const same = failures.filter((row) => row['Method'] === Type && row['Name'] === Name);
      assert.equal(
        same.reduce((sum, row) => sum + Number(row['Occurrences']), 0),
        Number(count),
        Name,
      );
    }
  });

  test('of a run without answers says N/A as Locust does', () => {
    const nothing = summaryWith({
      questions_answered: counter(0),
      answer_latency: {},
      ws_sessions: counter(0),
    });
    const [answer] = csv(renderStats(evidence(nothing)));
    assert.deepEqual(
      [answer?.['50%'], answer?.['100%'], answer?.['Median Response Time']],
      ['N/A', 'N/A', '0'],
    );
  });
});

describe('stats_history.csv', () => {
  test("has Locust's columns and two rows per second", () => {
    const text = renderHistory({ ...evidence(), timeline: TIMELINE });
    assert.equal(text.split('\r\n')[0], HISTORY_HEAD);
    const rows = csv(text);
    assert.deepEqual(
      rows.map((row) => [row['Timestamp'], row['User Count'], row['Name']].join(' ')),
      ['1001 7 answer', '1001 7 Aggregated', '1002 6 answer', '1002 6 Aggregated'],
    );
    const [, , answer] = rows;
    assert.deepEqual(
      numbers(
        answer,
        'Requests/s',
        'Failures/s',
        '50%',
        '95%',
        '100%',
        'Total Request Count',
        'Total Failure Count',
      ),
      [6, 1, 290, 345, 400, 10, 1],
    );
    assert.equal(answer?.['66%'], 'N/A');
    assert.deepEqual(
      numbers(answer, 'Total Median Response Time', 'Total Average Response Time', 'Total Max Response Time'),
      [190, 200, 400],
    );
  });
  test('has no spike where the last piece of a run is shorter than a second', () => {
    const cut = [200, 400, 190, 80, 340, 345, 399];
    const rest = { event: 'cumulative', data: [cut, [19, 9], [3, 1], [0, 0], [1_002_250]] };
    const rows = csv(renderHistory({ ...evidence(), timeline: `${TIMELINE}\n${JSON.stringify(rest)}` }));
    assert.deepEqual(numbers(rows[4], 'Timestamp', 'Requests/s', 'Failures/s'), [1002, 12, 2]);
  });
  test('without a timeline, and of one that was cut', () => {
    assert.equal(renderHistory(evidence()), `${HISTORY_HEAD}\r\n`);
    assert.equal(csv(renderHistory({ ...evidence(), timeline: TIMELINE.slice(0, -40) })).length, 4);
  });
});

describe('failures.csv', () => {
  test('holds texts as they are, but none that a spreadsheet would run', () => {
    assert.deepEqual(csv(renderFailures(evidence()))[0], {
      Method: 'WS',
      Name: 'answer',
      Error: 'answer: answer timeout (answer_timeout)',
      Occurrences: '10',
    });
    const [row] = csv(renderFailures(hostile()));
    assert.equal(row?.['Error'], `answer: ${plain(HOSTILE)} (answer_timeout)`);
  });
  for (const text of [
    '=1+1',
    '+1',
    '-1',
    '@SUM(A1)',
    '\t=1',
    '\r=1',
    '\n=1',
    ' =1',
    '|cmd',
    '%0',
    '＝1',
    HOSTILE,
  ])
    test(`${JSON.stringify(text.slice(0, 10))} is no formula`, () => {
      const [[cell = ''] = []] = parse(csvText([[text, 1]]));
      assert.equal(cell, `'${plain(text)}`);
    });
  test('quotes, commas and spaces survive', () => {
    const cells = ['a "b", c', ' d ', '', 'e\nf', "g'h"];
    assert.deepEqual(parse(csvText([cells])), [cells.map(plain)]);
  });
});

describe('report.md', () => {
  const reader = new MarkdownIt({ html: true, linkify: true });

  /** Tables as rows of the texts that a reader sees. */
  function tables(text: string): string[][][] {
    const found: string[][][] = [];
    let inside = false;
    for (const { type, content } of reader.parse(text, {})) {
      if (type === 'table_open') found.push([]);
      if (type.startsWith('table_')) inside = type === 'table_open';
      if (type === 'tr_open') found.at(-1)?.push([]);
      if (type === 'inline' && inside) found.at(-1)?.at(-1)?.push(content);
    }
    return found;
  }

  /** What a reader sees of inline Markdown. */
  const seen = (content: string): string => {
    const [token] = reader.parseInline(content, {});
    return (token?.children ?? []).map((child) => child.content).join('');
  };

  test('says the verdict, the stages, the broken limits, the failures and how to repeat it', () => {
    const text = renderMarkdown(evidence());
    assert.match(text, /^## ❌ FAIL: holds 20 sessions, breaks at 30 \(stage 3\): answer p95 1\.40 s/);
    const [stages = [], limits = [], failures = []] = tables(text);
    assert.equal(stages.length, 4);
    assert.deepEqual(stages[3]?.slice(0, 2), ['3', '30']);
    assert.equal(stages[3].at(-1), '✗ broke');
    assert.deepEqual(limits[1]?.map(seen), ['3', 'answer p95', '1.40 s', '< 500 ms', '-180 %']);
    assert.deepEqual(failures[1]?.slice(0, 4), ['10', '10', 'answer', 'answer timeout']);
    assert.match(text, /crescendo run ramp -e RAMP_MAX_SESSIONS=30 -e 'OUTAGE_BODY=\{"it'\\''s": 1\}'/);
  });

  test('holds nothing but plain text, whatever the texts are', () => {
    const text = renderMarkdown(hostile());
    const tokens = reader.parse(text, {}).flatMap((token) => [token, ...(token.children ?? [])]);
    const kinds = new Set(tokens.map(({ type }) => type));
    for (const kind of [
      'html_block',
      'html_inline',
      'link_open',
      'image',
      'code_inline',
      'em_open',
      'strong_open',
      's_open',
    ])
      assert.ok(!kinds.has(kind), kind);
    assert.equal(kinds.has('fence'), true);
    const [, , failures = []] = tables(text);
    assert.equal(failures.length, 4);
    assert.equal(seen(failures[1]?.[3] ?? ''), plain(HOSTILE));
    const outside = text.replace(/^(`{3,}).*?^\1$/gms, '');
    assert.doesNotMatch(outside, /[<>]|https?:\/\/|www\.|@team|#1\b|:smile/);
    assert.doesNotMatch(text, STEERING);
    assert.equal(text.split('\n## ').length, 1);
  });

  test('of 500 stages it fits into a comment', () => {
    const [stage] = summaryWith().stages;
    assert.ok(stage);
    const stages = Array.from({ length: 500 }, (_, index) => ({
      ...stage,
      number: index + 1,
      state: index === 250 ? ('broke' as const) : stage.state,
    }));
    const text = renderMarkdown(evidence({ ...summaryWith(), stages }));
    assert.ok(text.length < 65_536);
    const [rows = []] = tables(text);
    assert.ok(rows.some(([number]) => number === '251') && rows.some(([number]) => number === '500'));
    assert.match(text, /^46\d more are in report\.html and summary\.json\.$/m);
  });

  test('of a killed run says what was seen', () => {
    const verdict = { ...evidence().verdict, result: 'INVALID' as const, sentence: 'k6 was killed' };
    const text = renderMarkdownOfRemains({ verdict, run: RUN, timeline: TIMELINE });
    assert.match(text, /^## ⚠️ INVALID: k6 was killed/);
    assert.match(text, /9 answered, 1 failed; answer p95 345 ms/);
  });

  test('the first failure of a class stands beside its row, and beside no other', () => {
    const { summary, verdict } = evidence();
    const [failure, other] = summary.failures;
    assert.ok(failure && other);
    const examples = [{ phase: failure.phase, reason: failure.reason, text: 'EXAMPLE <b>' }];
    const all = { summary, verdict, run: { ...RUN, examples } };
    const text = renderText(summary, verdict, false, { examples }).replace(/\s+/g, ' ');
    assert.ok(text.includes(`${failure.why} first: EXAMPLE <b> `), text);
    assert.equal(text.split('first: ').length, 2);
    const failures = tables(renderMarkdown(all)).at(-1) ?? [];
    assert.deepEqual(
      failures.map((row) => seen(row.at(-1) ?? '')),
      ['the first', ...summary.failures.map((row) => (row === failure ? 'EXAMPLE <b>' : ''))],
    );
    const page = renderHtml(all);
    assert.ok(page.includes('first: <code>EXAMPLE &lt;b&gt;</code>'));
    assert.equal(page.split('first: <code>').length, 2);
  });

  test('of a killed run shows what failed first, whatever else was seen', () => {
    const verdict = { ...evidence().verdict, result: 'INVALID' as const, sentence: 'k6 was killed' };
    const examples = [
      { phase: 'token', reason: 'http_503', text: 'POST /auth/token answered 503' },
      { phase: 'answer', reason: 'bad_json', text: 'hello' },
    ];
    for (const seen of [{}, { timeline: TIMELINE }])
      assert.match(
        renderRemains({ verdict, run: { ...RUN, examples }, ...seen }, false),
        /\n failures {5}first HTTP 503 Service Unavailable \(log-in\): POST \/auth\/token\n {14}answered 503\n {14}first message is not JSON \(answer\): hello\n/,
      );
  });
});

test('the text never steers a terminal', () => {
  const { summary, verdict, run } = hostile();
  const texts = [
    renderText(summary, verdict, false, { files: HOSTILE, examples: run?.examples ?? [] }),
    renderRemains({ verdict, ...(run === undefined ? {} : { run }), timeline: TIMELINE }, false, HOSTILE),
    plainLines(HOSTILE),
  ];
  for (const text of texts) assert.doesNotMatch(text, STEERING);
  assert.equal(plain('Grüße, 世界 🙂 — “ok”'), 'Grüße, 世界 🙂 — “ok”');
});

test('the command to repeat a run is one line that a shell takes apart as it was', () => {
  const settings = { A: "it's", B: '$(rm -rf /) `x`', C: 'a;b' };
  assert.equal(
    repeatCommand({ ...RUN, settings, k6Arguments: ['--tag', 'a b=c'] }),
    "crescendo run ramp -e 'A=it'\\''s' -e 'B=$(rm -rf /) `x`' -e 'C=a;b' -- --tag 'a b=c'",
  );
});

describe('a mixture of distributions', () => {
  const GRID = [
    1, 2.5, 5, 10, 20, 25, 30, 40, 50, 60, 66, 70, 75, 80, 90, 95, 97.5, 98, 99, 99.5, 99.9, 99.99,
  ];
  /** Percentiles of samples as k6 has them. */
  const summed = (samples: number[]) => {
    const sorted = [...samples].sort((a, b) => a - b);
    const at = (percent: number) => sorted[Math.round((percent / 100) * (sorted.length - 1))] ?? NaN;
    const named = GRID.map((percent) => [`p(${percent})`, at(percent)] as const);
    return { count: sorted.length, min: at(0), max: at(100), ...Object.fromEntries(named) };
  };

  test('is exact where a single distribution knows', () => {
    const one = summed(Array.from({ length: 1000 }, (_, i) => i ** 1.5));
    for (const percent of GRID)
      assert.equal(mixedPercentile([one, {}], percent), one[`p(${percent})` as 'min']);
    assert.equal(mixedPercentile([], 50), NaN);
  });

  test('is within half a percent of rank for two', () => {
    const fast = Array.from({ length: 3000 }, (_, i) => 5 + i / 300);
    const slow = Array.from({ length: 1000 }, (_, i) => 800 + ((i * 7919) % 1000) ** 1.2);
    const all = [...fast, ...slow].sort((a, b) => a - b);
    for (const percent of [10, 50, 66, 74, 80, 95, 99]) {
      const value = mixedPercentile([summed(fast), summed(slow)], percent);
      const rank = (all.filter((sample) => sample <= value).length / all.length) * 100;
      assert.ok(Math.abs(rank - percent) < 0.5, `p${percent}: ${value} is p${rank}`);
    }
    assert.equal(mixedPercentile([summed(fast), summed(slow)], 100), all.at(-1));
  });
});
