// Does the live view of `crescendo run` show a run on a terminal, and leave it as it was?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { DashboardDoor } from '../cli/live/liveDashboard.ts';
import { StageBreaks } from '../cli/live/liveBreaks.ts';
import { FailureClasses } from '../cli/live/liveFailures.ts';
import { brokenLimits, brokenText, limitsByStage } from '../cli/live/liveLimits.ts';
import {
  breakText,
  clock,
  headLine,
  liveLines,
  stageLine,
  type LiveState,
  type StageRow,
} from '../cli/live/liveLines.ts';
import { LinesView } from '../cli/live/liveAsLines.ts';
import { LiveReader } from '../cli/live/liveReader.ts';
import { liveWordsOf, wordsOfList } from '../cli/live/liveWords.ts';
import type { ListedMetric, Metric, RestApi, Sample } from '../cli/k6/restApi.ts';
import { parseLimits, type Limit } from '../lib/words/limits.ts';
import { hold, ramp } from '../lib/plans/load.ts';
import type { Column } from '../lib/vocabulary/vocabulary.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { API_WORDS } from '../systems/graph/api/apiWords.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { CHATBOT_TALK, PING_LIMITS, PING_PLAN, PING_WORDS } from './support/ping.ts';
import { METRICS } from './support/runData.ts';
import { noTerminal, TestTerminal } from './support/pty.ts';
import { quickTarget, settingsFor } from './support/target.ts';

const LIMITS = parseLimits(
  '{"target":{"answer_latency":["p(95)<5000","p(99)<10000"],"answer_success":["rate>0.99"]}}',
  'limits.json',
  METRICS,
).target;
const [P95, P99] = LIMITS as [Limit, Limit, Limit];
const WORDS = liveWordsOf(CHATBOT_WORDS);
const PLAN = ramp({
  startSessions: 10,
  increment: 50,
  maxSessions: 110,
  intervalSeconds: 20,
  transitionSeconds: 0,
  settleSeconds: 2,
});
const FACTS = { plan: PLAN, limits: LIMITS, requiredSessions: 60 };

describe('the limits of a stage', () => {
  test('are those of the script, up to the sessions that are required', () => {
    const limits = limitsByStage(FACTS);
    assert.deepEqual([...limits.keys()], [1, 2], 'a stage above REQUIRED_SESSIONS has none');
    assert.deepEqual(limits.get(1), LIMITS);
    assert.equal(limitsByStage({ ...FACTS, requiredSessions: null }).get(3)?.length, 3);
  });
  test('are as k6 judges them: per hour of a session becomes a count, drift binds only what can be compared', () => {
    const { target: limits } = parseLimits(
      '{"target":{"disconnects_per_session_hour":["value<1"],"answer_latency_drift":["p(95)<2"]}}',
      'limits.json',
      METRICS,
    );
    const byStage = limitsByStage({
      plan: hold({ sessions: 10, seconds: 60, stages: 3 }),
      limits,
      requiredSessions: null,
    });
    const texts = [1, 2].map((stage) =>
      byStage.get(stage)?.map(({ metric, expression }) => `${metric} ${expression}`),
    );
    assert.deepEqual(texts[0], ['disconnects count<0.05']);
    assert.match(texts[1]?.[0] ?? '', /^disconnects count<0\.055/);
    assert.equal(texts[1]?.[1], 'answer_latency_drift p(95)<2');
  });
  test('k6 decides which are broken; p99, which it does not show, by elimination', () => {
    const names = (metric: Metric) => brokenLimits([P95, P99], metric).map(({ expression }) => expression);
    const sample = { 'p(95)': 6200 };
    assert.deepEqual(names({ sample, tainted: false }), []);
    assert.deepEqual(names({ sample, tainted: true }), ['p(95)<5000']);
    assert.deepEqual(names({ sample: { 'p(95)': 4000 }, tainted: true }), ['p(99)<10000']);
    assert.equal(brokenText(brokenLimits([P95], { sample, tainted: true })), 'answer p95 6.20 s, limit 5 s');
    assert.equal(
      brokenText(brokenLimits([P99], { sample, tainted: true })),
      'answer p99 over it, limit 10 s',
    );
  });
});

/** A k6 that has these metrics. */
function apiOf(metrics: Record<string, Metric>): RestApi & { asked: string[] } {
  const asked: string[] = [];
  const sample = (name: string): Sample => {
    asked.push(name);
    return metrics[name]?.sample ?? {};
  };
  const api: Pick<RestApi, 'sample' | 'metric' | 'count'> & { asked: string[] } = {
    asked,
    sample: (name) => Promise.resolve(sample(name)),
    count: (name) => Promise.resolve(sample(name)['count'] ?? 0),
    metric: (name) => {
      asked.push(name);
      return Promise.resolve(metrics[name]);
    },
  };
  return api as RestApi & { asked: string[] };
}

describe('the first stage that breaks', () => {
  const tainted = { sample: { 'p(95)': 6200 }, tainted: true };
  const watcher = (metrics: Record<string, Metric>) => {
    const found: number[] = [];
    const api = apiOf(metrics);
    const onFirst = ({ stage }: { stage: { number: number } }) => void found.push(stage.number);
    const limits = limitsByStage(FACTS);
    return { api, found, breaks: new StageBreaks({ api, plan: PLAN, limits, lateMs: 30_000, onFirst }) };
  };
  test('is known at its end, not from its first samples, and told once', async () => {
    const { breaks, found } = watcher({
      'answer_latency{stage:1}': tainted,
      'answer_latency{stage:2}': tainted,
    });
    await breaks.look(19_000);
    assert.deepEqual([found, breaks.first], [[], undefined]);
    await breaks.look(23_000);
    await breaks.look(24_000);
    await breaks.look(43_000);
    assert.deepEqual([found, breaks.first?.stage.number], [[1], 1]);
  });
  test('is found by answers that come late, and a stage that does not bind is none', async () => {
    const metrics: Record<string, Metric> = {
      'answer_latency{stage:1}': { sample: { 'p(95)': 900 }, tainted: false },
      'answer_latency{stage:3}': tainted,
    };
    const { api, breaks, found } = watcher(metrics);
    await breaks.look(23_000);
    const before = api.asked.length;
    await breaks.look(25_000);
    assert.equal(api.asked.length, before, 'it does not ask every second');
    metrics['answer_latency{stage:1}'] = tainted;
    await breaks.look(44_000);
    await breaks.look(65_000);
    assert.deepEqual(found, [1]);
  });
});

test('a stage in which nothing is decided has no success rate, one in which all failed has', async () => {
  const sample = (values: Sample): Metric => ({ sample: values, tainted: false });
  const metrics = {
    'questions_sent{stage:1}': sample({ count: 3 }),
    questions_sent: sample({ count: 3 }),
    questions_failed: sample({ count: 0 }),
    'answer_success{stage:1}': sample({ rate: 0 }),
  };
  const success = async () =>
    (await new LiveReader(apiOf(metrics), WORDS).stageCounts(1)).samples['answer_success'];
  assert.equal(await success(), undefined);
  metrics.questions_failed = sample({ count: 2 });
  assert.deepEqual(await success(), { rate: 0 });
});

test('what is under way is what began and has not ended, whether it is counted or not', async () => {
  const count = (value: number): Metric => ({ sample: { count: value }, tainted: false });
  const api = apiOf({
    sessions_started: count(9),
    sessions_completed: count(2),
    sessions_failed: count(1),
    sessions_stopped: count(3),
  });
  const { visits, headline } = await new LiveReader(api, WORDS).read(undefined, 0, false);
  assert.deepEqual(visits, { began: 9, good: 2, bad: 1, stopped: 3, open: 3 });
  assert.deepEqual(headline, { began: 0, good: 0, bad: 0, stopped: 0, open: 0 });
});

test('failure classes are found with few questions', async () => {
  const count = (value: number): Metric => ({ sample: { count: value }, tainted: false });
  const api = apiOf({
    'failures{phase:connect,reason:handshake_refused}': count(5),
    'ws_sessions{status:502}': count(3),
    'failures{phase:answer,reason:answer_timeout}': count(8),
    'sessions_affected{phase:answer,reason:answer_timeout}': count(6),
  });
  const failures = new FailureClasses(api, WORDS);
  assert.deepEqual(await failures.read(0), []);
  assert.equal(api.asked.length, 0);
  const rows = (await failures.read(13)).map(({ title, count: times, visits }) => [title, times, visits]);
  assert.deepEqual(rows, [
    ['answer timeout', 8, 6],
    ['handshake 502 Bad Gateway', 3, 3],
    ['handshake refused', 2, 2],
  ]);
  api.asked.length = 0;
  await failures.read(13);
  assert.ok(api.asked.length < 30, `${api.asked.length} questions`);
});

describe('the lines', () => {
  const row: StageRow = {
    number: 3,
    level: 110,
    samples: {
      questions_sent: { count: 910 },
      answer_success: { rate: 0.9989 },
      first_chunk_latency: { 'p(95)': 800 },
      answer_latency: { med: 1600, 'p(95)': 3800, max: 5100 },
    },
    limit: P95,
    state: '1:12 left',
    current: true,
    broken: false,
  };
  const state: LiveState = {
    elapsed: 415_000,
    planned: 1_980_000,
    longest: 2_135_000,
    rows: [row],
    words: WORDS,
    figures: {
      visits: { open: 108, began: 130, good: 20, bad: 2, stopped: 0 },
      headline: { open: 83, began: 3882, good: 3795, bad: 4, stopped: 0 },
      vus: undefined,
      messages: { sent: 96, received: 480 },
      failures: {
        total: 4,
        classes: [{ title: 'handshake 502 Bad Gateway', count: 3, visits: 2, kind: 'connection' }],
      },
      stage: { began: 910, ended: 904, samples: row.samples },
      lag: { 'p(95)': 1.2 },
    },
    active: 87,
    peak: 104,
    generator: { cpu: 0.34, memoryBytes: 212e6, lagLimitMs: 25 },
    firstBreak: undefined,
    limits: LIMITS,
  };
  const texts = (changed: Partial<LiveState> = {}) =>
    liveLines({ ...state, ...changed }).map(({ text }) => text);

  test('say what one wants to know', () => {
    assert.deepEqual(texts(), [
      '▶   3      110       910 99.89 %  800 ms 1.60 s 3.80 s     5 s   24 % 1:12 left',
      '',
      ' time        6:55 of 33:00   msgs/s 96 ↑ 480 ↓',
      ' sessions    108 open of 110 planned   started 130   completed 20',
      '             failed 2   ended by the plan 0',
      ' invocations 87 active, peak 104   sent 3,882   answered 3,795',
      ' failures    4',
      '             3 × handshake 502 Bad Gateway, in 2 sessions',
      ' generator   CPU 34 %   memory 212 MB   lag p95 1.2 ms   OK',
    ]);
  });
  test('name a limit that is broken now, the first stage that broke, and a generator that is the bottleneck', () => {
    const [stage] = PLAN.stages;
    assert.ok(stage);
    const slow = { began: 9, ended: 9, samples: { answer_latency: { 'p(95)': 6200 } } };
    const lines = texts({
      figures: { ...state.figures, stage: slow },
      firstBreak: { stage, limits: brokenLimits([P95], { sample: { 'p(95)': 5100 }, tainted: true }) },
      generator: { ...state.generator, cpu: 0.97 },
    });
    assert.ok(lines.includes(' now over    answer p95 6.20 s, limit 5 s'), lines.join('\n'));
    assert.ok(lines.includes(' first broke stage 1, 10 sessions: answer p95 5.10 s, limit 5 s'));
    assert.match(lines.join('\n'), /generator .* TOO BUSY/);
  });
  test('keep to 79 columns, whatever the figures', () => {
    const much = {
      open: 1e6,
      began: 12_345_678,
      good: 12_345_678,
      bad: 12_345_678,
      stopped: 12_345_678,
    };
    const classes = Array.from({ length: 9 }, () => ({
      title: 'x'.repeat(90),
      count: 1e9,
      visits: 1,
      kind: 'other' as const,
    }));
    const lines = texts({ figures: { ...state.figures, visits: much, failures: { total: 1e9, classes } } });
    const wide = stageLine(WORDS, { ...row, number: 500, level: 1e6, state: 'x'.repeat(30) }).text;
    for (const line of [...lines, wide]) assert.ok(line.length <= 79, line);
    assert.equal(lines.filter((line) => line.includes('×')).length, 3, 'the top few classes');
  });
  test('know the end of the plan, and a run without a plan', () => {
    assert.match(
      texts({ elapsed: 1_990_000, rows: [] })[0] ?? '',
      /the plan is over: .* at the latest in 2:25/,
    );
    const bare = { ...row, level: undefined, limit: undefined, state: 'now' };
    const lines = texts({ planned: undefined, longest: undefined, rows: [bare], limits: [] });
    assert.match(lines.join('\n'), /^▶ {3}3 .* now\n\n time {8}6:55 {3}msgs/);
  });
  test('know a stage by its name, and a level that changes within it', () => {
    const phase = { ...row, name: 'warm-up', from: 10 };
    assert.ok(texts({ rows: [phase] }).includes(' stage       warm-up: 10 → 110 sessions'));
    assert.ok(texts({ rows: [{ ...phase, from: 110 }] }).includes(' stage       warm-up: 110 sessions'));
    const first = { number: 2, name: 'down', from: 9, level: 0, start: 0, transition: 0, hold: 0, end: 1 };
    assert.equal(
      breakText({ stage: first, limits: [] }, WORDS.level),
      'stage 2 (down), 9 → 0 sessions: a limit',
    );
  });
  test('tell what is far over its limit as a multiple', () => {
    const slow = (ms: number) =>
      stageLine(WORDS, { ...row, samples: { answer_latency: { 'p(95)': ms } } }).text.trimEnd();
    assert.match(slow(54_900), / 54\.9 s {5}5 s -998 % 1:12 left$/);
    assert.match(slow(55_000), / 55\.0 s {5}5 s {2}-10 × 1:12 left$/);
    assert.match(slow(600_000), / 10 min {5}5 s -119 × 1:12 left$/);
  });
  test('keep the column that is judged, whatever gives way', () => {
    const [p95 = assert.fail('no column')] = WORDS.columns.filter(({ head }) => head === 'p95');
    const wide = { ...p95, head: 'as wide as can be', aggregate: 'med' };
    const columns = [wide, wide, wide, p95];
    assert.match(
      headLine({ ...WORDS, columns }).text,
      /^stage sessions as wide as can be +p95 +limit margin state$/,
    );
  });
  test('clocks', () => {
    assert.deepEqual([0, 54_001, 3_723_000, -5].map(clock), ['0:00', '0:55', '1:02:03', '0:00']);
  });
});

test('the live view has no count per second of a stage: k6 has only that of the whole run', () => {
  const heads = (columns: readonly Column[]) => columns.map(({ head }) => head);
  assert.ok(heads(API_WORDS.columns).includes('per s'), 'the stage table has it');
  assert.ok(!heads(liveWordsOf(API_WORDS).columns).includes('per s'), 'the live view has it not');
});

describe('a system of its own', () => {
  const words = liveWordsOf(PING_WORDS);
  const [, stage] = PING_PLAN.stages;
  assert.ok(stage, 'the plan has two stages');
  const [p95] = PING_LIMITS as [Limit, Limit];
  const values = {
    'pings_sent{stage:2}': { count: 50 },
    'pings_ponged{stage:2}': { count: 45 },
    'ping_success{stage:2}': { rate: 0.9 },
    'ping_latency{stage:2}': { med: 100, 'p(95)': 600, max: 700 },
    'generator_lag{stage:2}': { 'p(95)': 1, max: 1 },
    pings_sent: { count: 150 },
    pings_ponged: { count: 140 },
    pings_lost: { count: 5 },
    failures: { count: 5 },
    'failures{phase:ping,reason:answer_timeout}': { count: 5 },
  };
  const api = () =>
    apiOf(
      Object.fromEntries(Object.entries(values).map(([name, sample]) => [name, { sample, tainted: false }])),
    );
  const generator = { cpu: 0.95, memoryBytes: 2e8, lagLimitMs: 25 };

  test('has its own columns, nouns and failures in the live view', async () => {
    const figures = await new LiveReader(api(), words).read(2, 15_000, true);
    const samples = figures.stage?.samples ?? {};
    const row = { number: 2, level: 25, samples, limit: p95, state: 'now', current: true, broken: false };
    const firstBreak = { stage, limits: brokenLimits([p95], { sample: { 'p(95)': 600 }, tainted: true }) };
    const lines = liveLines({
      ...{ elapsed: 25_000, planned: 20_000, longest: 60_000, rows: [row], words, figures },
      ...{ active: 5, peak: 9, generator, firstBreak, limits: PING_LIMITS },
    }).map(({ text }) => text);
    assert.deepEqual(
      [headLine(words).text, ...lines],
      [
        'stage connections     pings  ponged    p95   limit margin state',
        '▶   2          25        50 90.00 % 600 ms  500 ms  -20 % now',
        ' ▶ the plan is over: the last pings end, at the latest in 0:35',
        '',
        ' time        0:25',
        ' pings       5 active, peak 9   sent 150   ponged 140',
        '             lost 5',
        ' failures    5',
        '             5 × ping: answer timeout, in 5 pings',
        ' now over    ping p95 600 ms, limit 500 ms',
        ' first broke stage 2, 25 connections: ping p95 600 ms, limit 500 ms',
        ' generator   CPU 95 %   memory 200 MB   lag p95 1.0 ms   TOO BUSY: use fewer connections per machine',
      ].map((line) => (line.length > 79 ? `${line.slice(0, 78)}…` : line)),
    );
    for (const line of lines) assert.doesNotMatch(line.replace('answer timeout', ''), CHATBOT_TALK);
  });

  test('and in plain lines', async () => {
    const printed: string[] = [];
    const planned = { plan: PING_PLAN, longestMs: 60_000 };
    const view = new LinesView(api(), words, planned, (line) => printed.push(line));
    const moment = { answers: true, active: 5, peak: 9, generator: undefined };
    await view.look({ ...moment, elapsed: 15_000, tick: 5 });
    await view.look({ ...moment, elapsed: 25_000, tick: 10 });
    assert.deepEqual(printed, [
      'stage 1/2 over: 5 connections, no pings',
      '[monitor] 15.0 s | active pings 5 | peak 9 | sent 150 | ponged 140',
      '[errors] 502: 0 | connection: 0 | setup: 0',
      '[stage] 2/2 | 25 connections | end in 5 s',
      'stage 2/2 over: 25 connections, ponged 90.00 %, p95 600 ms',
      '[monitor] 25.0 s | active pings 5 | peak 9 | sent 150 | ponged 140',
      '[errors] 502: 0 | connection: 0 | setup: 0',
      '[stage] the plan is over | the last pings end, at the latest in 35 s',
    ]);
  });
});

test('a k6 that stops answering in the middle of a look has no figures, rather than zeros', async () => {
  const printed: string[] = [];
  const silent: Pick<RestApi, 'count' | 'sample'> = {
    count: () => Promise.resolve(undefined),
    sample: () => Promise.resolve(undefined),
  };
  const moment = { elapsed: 5000, tick: 5, answers: true, active: 2, peak: 4, generator: undefined };
  await new LinesView(silent as RestApi, WORDS, undefined, (line) => printed.push(line)).look(moment);
  assert.deepEqual(printed, ['[monitor] 5.0 s | k6 does not answer']);
});

test('errors are sorted by what their phases do', async () => {
  const count = (value: number): Metric => ({ sample: { count: value }, tainted: false });
  const api = apiOf({
    failures: count(31),
    'failures{phase:token,reason:http_502}': count(1),
    'failures{phase:session,reason:http_500}': count(2),
    'failures{phase:connect,reason:handshake_refused}': count(4),
    'ws_sessions{status:502}': count(3),
    'failures{phase:connect,reason:refused}': count(8),
    'failures{phase:answer,reason:answer_timeout}': count(10),
    'failures{phase:cleanup,reason:http_502}': count(6),
  });
  const printed: string[] = [];
  const moment = { elapsed: 5000, tick: 5, answers: true, active: 0, peak: 0, generator: undefined };
  await new LinesView(api, WORDS, undefined, (line) => printed.push(line)).look(moment);
  assert.deepEqual(printed, [
    '[monitor] 5.0 s | active invocations 0 | peak 0 | started 0 | completed 0',
    '[errors] 502: 4 | connection: 9 | setup: 3',
  ]);
});

describe('a script that nobody named', () => {
  const list = (types: Record<string, string>): ListedMetric[] =>
    Object.entries(types).map(([name, type]) => ({ name, type, sample: {} }));
  const words = wordsOfList(
    list({
      'first_latency{stage:1}': 'trend',
      'ping_latency{stage:1}': 'trend',
      'ping_latency{stage:2}': 'trend',
      'ping_success{stage:1}': 'rate',
      'pings_sent{stage:1}': 'counter',
      'generator_lag{stage:1}': 'trend',
      ping_latency: 'trend',
      'failures{phase:login,reason:bad_body}': 'counter',
      'failures{phase:login,reason:refused}': 'counter',
      'failures{phase:dial,reason:handshake_refused}': 'counter',
      'failures{phase:dial,reason:refused}': 'counter',
      'failures{phase:ping,reason:answer_timeout}': 'counter',
    }),
  );
  test('shows what k6 keeps apart for stages, its VUs and its failures', () => {
    assert.equal(headLine(words).text, 'stage      VUs ping success ping p95 first p95 state');
    assert.deepEqual(
      words.classes.map(({ tags, kind }) => [tags, kind]),
      [
        ['phase:login,reason:bad_body', 'setup'],
        ['phase:login,reason:refused', 'setup'],
        ['phase:dial,reason:handshake_refused', 'connection'],
        ['phase:dial,reason:refused', 'connection'],
        ['phase:ping,reason:answer_timeout', 'other'],
      ],
    );
  });
  test('is read without counts of operations', async () => {
    const sample = (values: Sample): Metric => ({ sample: values, tainted: false });
    const api = apiOf({
      vus: sample({ value: 7 }),
      'ping_success{stage:1}': sample({ rate: 0.5 }),
      'ping_latency{stage:1}': sample({ 'p(95)': 12, max: 20 }),
      'first_latency{stage:1}': sample({ 'p(95)': 0, max: 0 }),
      'ping_latency{stage:2}': sample({ 'p(95)': 0, max: 0 }),
    });
    const reader = new LiveReader(api, words);
    assert.equal(await reader.findStage(0), 1);
    const { vus, visits, headline, stage } = await reader.read(1, 0, true);
    assert.deepEqual([vus, visits, headline], [7, undefined, undefined]);
    assert.deepEqual(Object.keys(stage?.samples ?? {}), ['ping_success', 'ping_latency']);
    const printed: string[] = [];
    const moment = { elapsed: 5000, tick: 5, answers: true, active: 0, peak: 0, generator: undefined };
    await new LinesView(api, words, undefined, (line) => printed.push(line)).look(moment);
    assert.deepEqual(printed[0], '[monitor] 5.0 s | 7 VUs');
  });
});

const K6 = { K6: k6Path() };
const QUICK = ['-e', 'QUESTIONS=MED1060:2', '-e', 'RAMP_START_SESSIONS=2', '-e', 'RAMP_INCREMENT=2'];

function verdictIn(here: string): { result: string } {
  const [name = ''] = readdirSync(join(here, 'reports'));
  return JSON.parse(readFileSync(join(here, 'reports', name, 'verdict.json'), 'utf8')) as { result: string };
}

const isCursorBack = ({ raw }: TestTerminal) =>
  raw.lastIndexOf('\u001b[?25h') > raw.lastIndexOf('\u001b[?25l');

describe('a real run', { concurrency: true }, () => {
  describe('on a terminal', { skip: noTerminal(), concurrency: true }, () => {
    const start = async (t: TestContext, more: readonly string[], env: Record<string, string> = {}) => {
      const here = folder(t);
      const target = await quickTarget(t, { firstChunkMs: 100, faults: { 'upgrade-502': 7 } });
      const all = { ...K6, ...settingsFor(target), RESTART_DELAY_SECONDS: '0.2', ...env };
      return {
        here,
        terminal: new TestTerminal(t, ['run', 'ramp', ...QUICK, ...more], { folder: here, env: all }),
      };
    };

    test('shows a run from start to end; narrow windows, session lines and colours do not disturb it', async (t) => {
      const more = ['-e', 'RAMP_MAX_SESSIONS=4', '-e', 'RAMP_INTERVAL_SECONDS=7', '-e', 'SESSION_LOG=3'];
      const { here, terminal } = await start(t, more);
      const first = await terminal.until((lines) =>
        lines.some((line) => /^▶ {3}1 .* 5 s .* 0:0\d left$/.test(line)),
      );
      assert.ok(
        first.some((line) => /^ sessions {4}\d open of 2 planned/.test(line)),
        first.join('\n'),
      );
      const running = await terminal.until((lines) =>
        lines.some((line) => /× handshake 502 Bad Gateway, in \d/.test(line)),
      );
      assert.ok(
        running.some((line) => /^ generator {3}CPU \d+ % {3}memory \d+ MB/.test(line)),
        running.join('\n'),
      );
      terminal.resize(60);
      await terminal.until((lines) => lines.some((line) => /^▶ {3}2 /.test(line)));
      terminal.resize(80);
      assert.equal(await terminal.ended, 99);
      const end = await terminal.lines();
      const text = end.join('\n');
      assert.match(text, /^ {4}1 {8}2 .* (held|✗ broke)$/m, 'a finished stage leaves its line');
      assert.match(text, /^┌/m, 'lines of the session log stay');
      assert.doesNotMatch(text, /▶|^ time {3}|^ generator {3}CPU/m, 'nothing of the live part is left');
      assert.equal(text.match(/^stage sessions questions/gm)?.length, 1, text);
      assert.match(text, /^FAIL /m);
      assert.ok(isCursorBack(terminal));
      assert.match(terminal.raw, /\u001b\[1m/);
      assert.equal(verdictIn(here).result, 'FAIL');
    });

    test('Ctrl-C stops the run and keeps the report; NO_COLOR is kept', async (t) => {
      const more = ['-e', 'RAMP_MAX_SESSIONS=4', '-e', 'RAMP_INTERVAL_SECONDS=60'];
      const { here, terminal } = await start(t, more, { NO_COLOR: '1' });
      await terminal.until((lines) => lines.some((line) => line.includes('▶')));
      terminal.press('\u0003');
      assert.equal(await terminal.ended, 4);
      const text = (await terminal.lines()).join('\n');
      assert.match(text, /^stopping: k6 finishes its report/m);
      assert.match(text, /^ABORTED {2}stopped after/m);
      assert.ok(isCursorBack(terminal));
      assert.doesNotMatch(terminal.raw, /\u001b\[\d+m/);
      assert.equal(verdictIn(here).result, 'ABORTED');
    });

    test('a second Ctrl-C ends it at once; CI and TERM=dumb get plain lines', async (t) => {
      const more = ['-e', 'RAMP_MAX_SESSIONS=4', '-e', 'RAMP_INTERVAL_SECONDS=60'];
      const { terminal } = await start(t, more);
      await terminal.until((lines) => lines.some((line) => line.includes('▶')));
      terminal.press('\u0003');
      setTimeout(() => terminal.press('\u0003'), 520);
      assert.ok([4, 130].includes((await terminal.ended) ?? 0), 'k6 may have been quicker');
      assert.ok(isCursorBack(terminal));
      const plain = await Promise.all([start(t, more, { CI: 'true' }), start(t, more, { TERM: 'dumb' })]);
      for (const { terminal: other } of plain) {
        await other.until((lines) => lines.some((line) => line.startsWith('[monitor] 5.')));
        other.press('\u0003');
        assert.equal(await other.ended, 4, other.raw);
        assert.ok(!/\u001b\[\?25l|▶/.test(other.raw), other.raw);
      }
    });
  });

  /** Reads a stream of server-sent events to its end. */
  async function events(address: string): Promise<string> {
    const reply = await fetch(`${address}events`);
    return reply.text();
  }

  describe('run --dashboard', () => {
    test('k6 ends although a browser listens, and its record is whole', async (t) => {
      const here = folder(t);
      const seen: Promise<string>[] = [];
      const env = {
        ...K6,
        QUESTIONS: 'MED1060:2',
        RAMP_MAX_SESSIONS: '2',
        RAMP_START_SESSIONS: '2',
        RAMP_INTERVAL_SECONDS: '12',
      };
      const onOutput = (text: string) => {
        const [, address] = /^dashboard: (http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(text) ?? [];
        if (address === undefined || !text.includes('[monitor]') || seen.length > 0) return;
        seen.push(
          events(address),
          fetch(`${address}ui/`).then((page) => page.text()),
        );
      };
      const { exitCode, stdout, stderr } = await crescendo(['run', 'ramp', '--dashboard'], {
        folder: here,
        env,
        onOutput,
      });
      assert.equal(exitCode, 0, stdout + stderr);
      const [stream = '', page = ''] = await Promise.all(seen);
      assert.match(stream, /event: stop\n/);
      assert.match(page, /<html/i);
      const [name = ''] = readdirSync(join(here, 'reports'));
      const record = readFileSync(join(here, 'reports', name, 'timeline.ndjson'), 'utf8');
      assert.match(record, /"event":"stop"/);
    });

    test('a browser that sleeps does not hold k6 either', { timeout: 20_000 }, async (t) => {
      let released: () => void = () => undefined;
      const letGo = new Promise<void>((resolve) => (released = resolve));
      const dashboard = createServer((_, reply) => {
        reply.writeHead(200, { 'content-type': 'text/event-stream' });
        reply.write(`data: ${'x'.repeat(20_000_000)}\nevent: snapshot\n\n`);
        reply.write('id: 2\ndata: {}\nevent: stop\nretry: 1\n\n');
        reply.on('close', () => released());
      }).listen(0, '127.0.0.1');
      t.after(() => dashboard.close());
      await new Promise((resolve) => dashboard.once('listening', resolve));
      const address = dashboard.address();
      const door = new DashboardDoor(typeof address === 'object' && address !== null ? address.port : 0);
      t.after(() => door.close());
      const reply = await fetch(`${await door.open()}events`);
      await letGo;
      await reply.body?.cancel();
    });
  });
});
