// Does verify notice a run that was counted or recorded wrongly, and leave a right one alone? (Real runs: cli-verify.)
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { burst, recovery } from '../lib/plans/load.ts';
import type { Observed, RunRecord } from '../report/derive/evidence.ts';
import { RawFigures, Rules, shapeRules, stageRules } from '../report/verify/invariants.ts';
import { targetRules } from '../report/verify/targetCounts.ts';
import { checksOf, differences, verifyEvidence, type Verifiable } from '../report/verify/verify.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { agentsStats, startCounters as agentsCounters } from '../target/agents/agentsStats.ts';
import { chatbotStats, startCounters as chatbotCounters } from '../target/chatbot/chatbotStats.ts';
import { counter, rate, summaryWith, trend, type Metrics } from './support/runData.ts';

/** As read from a file, of a run of plain k6. */
function evidence(changes: Metrics = {}): Verifiable {
  const summary = summaryWith(changes, { script: 'own' });
  return JSON.parse(JSON.stringify({ summary, verdict: verdictOf(summary) })) as Verifiable;
}

/** What one group of checks says. */
function problemsOf(name: string, of: Verifiable): string[] {
  return checksOf(of).find((check) => check.name === name)?.problems ?? ['there is no such check'];
}

function shape(metrics: Metrics): string[] {
  const rules = new Rules();
  shapeRules(new RawFigures({ metrics, subMetrics: {} }), rules, 60_000, CHATBOT_WORDS);
  return rules.broken;
}

describe('summary and verdict are made again', () => {
  test('nothing is said of those that follow', () => {
    assert.deepEqual(problemsOf('summary', evidence()), []);
    assert.deepEqual(problemsOf('verdict', evidence()), []);
    const slow = evidence({ 'answer_latency{stage:2}': trend(100, 1000) });
    assert.equal(slow.verdict.result, 'FAIL');
    assert.deepEqual([problemsOf('summary', slow), problemsOf('verdict', slow)], [[], []]);
  });
  test('a derived figure that was changed is named', () => {
    const changed = evidence();
    const session = changed.summary.operations['session'];
    assert.ok(session);
    session.good += 1;
    assert.deepEqual(problemsOf('summary', changed), [
      "operations.session.good does not follow from k6's values",
    ]);
  });
  test('a verdict that is better than its figures is noticed', () => {
    const slow = evidence({ 'answer_latency{stage:2}': trend(100, 1000) });
    const told = { ...slow, verdict: evidence().verdict };
    assert.match(problemsOf('verdict', told).join(), /result does not follow/);
  });
  test('a run that was ended as overdue although its figures are good holds as what it is', () => {
    const good = evidence();
    const observed: Observed = {
      exitCode: 137,
      peakConcurrent: 1,
      cores: 2,
      peakCpu: null,
      peakMemoryBytes: null,
      busySeconds: 0,
      overdue: true,
    };
    const ended = { ...good, summary: { ...good.summary, observed } };
    assert.match(problemsOf('verdict', ended).join(), /result does not follow/);
    assert.deepEqual(problemsOf('verdict', { ...ended, verdict: verdictOf(ended.summary, observed) }), []);
  });
  test('so is what a part says, and one that the run can not have', () => {
    const outage = { beforeSeconds: 5, seconds: 2, recoverySeconds: 3, afterSeconds: 5 };
    const plan = recovery({ sessions: 3, ...outage, probesPerSecond: 5 });
    const summary = summaryWith({}, { script: 'own', plan });
    const own = () => JSON.parse(JSON.stringify({ summary, verdict: verdictOf(summary) })) as Verifiable;
    assert.deepEqual(problemsOf('summary', own()), []);
    const changed = own();
    assert.ok(changed.summary.recovery);
    changed.summary.recovery.lost += 1;
    assert.deepEqual(problemsOf('summary', changed), ["recovery.lost does not follow from k6's values"]);
    const invented = evidence();
    invented.summary.recovery = changed.summary.recovery;
    assert.deepEqual(problemsOf('summary', invented), ["recovery does not follow from k6's values"]);
  });
  test('a plan or a limit that contradicts itself is noticed', () => {
    const changed = evidence();
    const [limit] = changed.summary.limits;
    const [stage] = changed.summary.plan.stages;
    assert.ok(limit && stage);
    limit.bound = 1;
    stage.end += 5;
    assert.deepEqual(problemsOf('plan', changed), [
      'start of stage 2 10000 ≠ end before 10005',
      'the limit p(95)<500 is not what it says',
    ]);
  });
  test('a summary without what it needs gives sentences, no exception', () => {
    const { subMetrics, metrics, ...rest } = evidence().summary;
    assert.ok(Object.keys({ ...subMetrics, ...metrics }).length > 0);
    const broken = { summary: rest, verdict: {} } as unknown as Verifiable;
    assert.ok(verifyEvidence(broken).length > 0);
  });
  test('a burst, whose plan has no end, has a plan in order', () => {
    const summary = summaryWith({}, { script: 'burst', plan: burst(5), settings: { numSessions: 5 } });
    const own = JSON.parse(JSON.stringify({ summary, verdict: verdictOf(summary) })) as Verifiable;
    assert.deepEqual(problemsOf('summary', own), []);
  });
});

describe('invariants', () => {
  const rate = (count: number) => ({ count, rate: count / 60 });
  test('percentiles rise and times stay within the run', () => {
    assert.deepEqual(shape({ t: trend(10, 100), c: rate(6) }), []);
    assert.match(shape({ t: { ...trend(10, 100), 'p(95)': 90 } }).join(), /p\(90\) 130 > p\(95\) 90/);
    assert.match(shape({ t: { ...trend(10, 100), min: -1 } }).join(), /below 0/);
    assert.match(shape({ t: trend(10, 40_000) }).join(), /max 80000 > length of the run 60000/);
    assert.match(shape({ t: { ...trend(10, 100), avg: 300 } }).join(), /avg 300 > max 200/);
    assert.deepEqual(shape({ answer_latency_drift: { count: 2, min: -2, avg: -1, med: -1, max: 0 } }), []);
  });
  test('rates are those of their counts', () => {
    assert.match(shape({ c: { count: 7, rate: 0.1 } }).join(), /c per second/);
    assert.match(shape({ r: { passes: 3, fails: 1, rate: 0.7 } }).join(), /r rate/);
    assert.match(shape({ v: { value: 5, min: 6, max: 7 } }).join(), /min 6 > value 5/);
  });
  test('stages have no more than the run', () => {
    const rules = new Rules();
    const metrics = { questions_sent: counter(10) };
    const subMetrics = { 'questions_sent{stage:1}': counter(6), 'questions_sent{stage:2}': counter(5) };
    stageRules(new RawFigures({ metrics, subMetrics }), rules);
    assert.deepEqual(rules.broken, ['count of questions_sent in all stages 11 > in the run 10']);
  });
  test('a number as k6 writes it, without its last digit, is no other number', () => {
    const margin = (200 - 2.38020751953125) / 200;
    const written = 0.988098962402344; // by JSON.stringify of k6 2.2.0
    assert.notEqual(margin, written);
    assert.deepEqual(differences({ margin, lost: 0 }, { margin: written, lost: 0 }), []);
    assert.deepEqual(differences({ margin }, { margin: 0.98809896240236 }), ['margin']);
    assert.deepEqual(differences({ lost: 0 }, { lost: 1e-9 }), ['lost']);
  });

  test('differences names paths, at most five', () => {
    assert.deepEqual(differences({ a: [1, { b: 2 }] }, { a: [1, { b: 3 }] }), ['a.1.b']);
    assert.deepEqual(differences({ a: 1 }, {}), ['a']);
    assert.equal(differences({}, { a: 1, b: 1, c: 1, d: 1, e: 1, f: 1 }).length, 5);
  });
});

describe('a run that was stopped', () => {
  /** Of 30 VUs, each of which k6 may have interrupted between two counts of the same answer. */
  const stopped = (missing: number, durationMs: number): string[] => {
    const changes = { answer_success: rate(300 - missing, 0), vus_max: { value: 30, min: 30, max: 30 } };
    const summary = summaryWith(changes, { script: 'own' }, durationMs);
    const verdict = verdictOf(summary);
    return problemsOf('buckets', JSON.parse(JSON.stringify({ summary, verdict })) as Verifiable);
  };
  test('may lack one count for each VU, and no more', () => {
    assert.deepEqual(stopped(30, 20_000), []);
    assert.match(stopped(31, 20_000).join(), /answer_success 269 ≠ questions_answered 300 \(± 30\)/);
  });
  test('a whole run may lack none', () => {
    assert.match(stopped(1, 31_000).join(), /answer_success 299 ≠ questions_answered 300$/);
  });
});

describe("the reference target's own counts", () => {
  type Changed = ReturnType<typeof stats>;
  const stats = () => ({
    ...chatbotStats(chatbotCounters(), 0),
    agents: agentsStats(agentsCounters(), 0),
    uptimeSeconds: 100,
  });

  /** What verify says of these, beside what it says of counts that were left at 0. */
  function noticed(change: (counts: Changed) => void): string[] {
    const counts = stats();
    change(counts);
    const before = problemsWith(stats());
    return problemsWith(counts).filter((problem) => !before.includes(problem));
  }

  function problemsWith(counts: Changed): string[] {
    const { summary, verdict } = evidence();
    const rules = new Rules();
    const run = { target: { stats: counts } } as unknown as RunRecord;
    targetRules({ summary, verdict, run }, new RawFigures(summary), rules);
    return rules.broken;
  }

  const cases: [what: string, change: (counts: Changed) => void, problems: string[]][] = [
    [
      'a fault cost nothing',
      ({ faults }) => void (faults['answer-silent'] = 2),
      ['faults at the back end 2 > what failed 0'],
    ],
    ['a fault that costs nothing is none', ({ faults }) => void (faults['answer-duplicate'] = 2), []],
    [
      'it sent more than came',
      (counts) => void (counts.bytesSent = 1e9),
      ['bytes sent at the back end 1000000000 > data_received 0'],
    ],
    [
      'it received more than was sent',
      (counts) => void (counts.bytesReceived = 1e9),
      ['bytes received at the back end 1000000000 > data_sent 0'],
    ],
    [
      'a count is below 0',
      (counts) => void (counts.badQuestions = -1),
      ['badQuestions at the back end is -1'],
    ],
    [
      'a count of another part is below 0',
      ({ agents }) => void (agents.closes['1000'] = -1),
      ['agents.closes.1000 at the back end is -1', 'what the back end counted for agents 1 ≠ without any 0'],
    ],
    [
      'an outage that nobody planned',
      ({ outages }) => void (outages.count = 1),
      ['outages.count 1 ≠ planned 0', 'outages of agents 0 ≠ of the back end 1'],
    ],
    [
      'another part suffered from an outage that never was',
      ({ agents }) => void (agents.outages.messagesLost = 1),
      ['agents.outages.* 1 ≠ without one 0', 'what the back end counted for agents 1 ≠ without any 0'],
    ],
    [
      'sockets of another part were open, but never one at a time',
      ({ agents }) => void (agents.upgrades = 1),
      ['agents.upgrades is 1, but agents.peak 0', 'what the back end counted for agents 1 ≠ without any 0'],
    ],
  ];
  for (const [what, change, problems] of cases) test(what, () => assert.deepEqual(noticed(change), problems));
});
