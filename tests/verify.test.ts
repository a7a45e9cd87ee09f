// Does verify notice a run that was counted or recorded wrongly, and leave a right one alone? (Real runs: cli-verify.)
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { burst } from '../lib/words/load.ts';
import type { Observed } from '../report/derive/evidence.ts';
import { RawFigures, Rules, shapeRules, stageRules } from '../report/verify/invariants.ts';
import { checksOf, differences, verifyEvidence, type Verifiable } from '../report/verify/verify.ts';
import { verdictOf } from '../report/derive/verdict.ts';
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
