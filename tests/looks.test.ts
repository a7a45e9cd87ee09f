// Does whoever reads that a limit broke learn where to look, for every limit that ships?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { findK6 } from '../cli/k6/k6Binary.ts';
import { inspectScript } from '../cli/k6/k6Inspect.ts';
import type { Vocabulary } from '../lib/vocabulary/vocabulary.ts';
import { metricsOf } from '../lib/vocabulary/vocabulary.ts';
import { parseLimits } from '../lib/words/limits.ts';
import { wordsOfReason } from '../report/derive/explain.ts';
import { lookOf, newLooks, ownLook } from '../report/limits/looks.ts';
import { summaryOf, type FailureSummary, type LimitResult } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { renderHtml } from '../report/html/page.ts';
import { renderText } from '../report/text/text.ts';
import { renderJunit } from '../report/text/junit.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { bundle, ROOT } from './support/bundle.ts';
import { k6Path } from './support/k6.ts';
import { cleanMetrics, k6Data, rate, testInfo, trend } from './support/runData.ts';

const SCRIPTS = readdirSync(join(ROOT, 'thresholds')).map((file) => file.replace(/\.json$/, ''));

/** Limits for scripts of others, and an example of such a script. */
const EXAMPLES: Readonly<Record<string, string>> = { turns: 'examples/openai/openai.ts' };

async function vocabularyOf(script: string): Promise<Vocabulary> {
  const k6 = await findK6({ K6: k6Path() });
  assert.ok(k6, 'there is a k6');
  const settings = { PATH: process.env['PATH'], ENCRYPTION_KEY: '00'.repeat(32) };
  return (await inspectScript(k6, await bundle(EXAMPLES[script] ?? `scripts/${script}.ts`), settings))
    .vocabulary;
}

describe('every shipped limit on a time, a share or a throughput has its place', () => {
  for (const script of SCRIPTS)
    test(script, async () => {
      const vocabulary = await vocabularyOf(script);
      const text = readFileSync(join(ROOT, 'thresholds', `${script}.json`), 'utf8');
      const limits = Object.values(parseLimits(text, script, metricsOf(vocabulary))).flat();
      const judged = limits.filter(({ unit }) => unit !== 'count');
      assert.ok(judged.length > 3, 'there are limits');
      for (const { metric } of judged)
        assert.match(ownLook(vocabulary, metric) ?? '', /^[^A-Z].{15,160}[^.]$/, metric);
    });

  test('and no place is for a metric that there is not', async () => {
    for (const script of SCRIPTS) {
      const vocabulary = await vocabularyOf(script);
      const metrics = Object.keys(metricsOf(vocabulary));
      assert.deepEqual(
        Object.keys(vocabulary.looks ?? {}).filter((name) => !metrics.includes(name)),
        [],
        script,
      );
    }
  });
});

const failure = (phase: string, reason: string, count: number): FailureSummary => ({
  ...{ phase, reason, count, sessions: count },
  title: reason,
  why: 'for a test',
});

const LOOKS = { answer_success: 'own words', answer_latency: 'the queue', 'a{b:c}': 'part', a: 'whole' };
const words: Vocabulary = { ...CHATBOT_WORDS, looks: LOOKS };

describe('the place', () => {
  const failures = [
    failure('token', 'http_503', 100),
    failure('answer', 'answer_timeout', 2),
    failure('answer', 'server_error', 7),
    failure('cleanup', 'http_500', 1000),
  ];

  test('of a broken rate is that of what failed most often in its phase', () => {
    const { look } = wordsOfReason('server_error', undefined, CHATBOT_WORDS.reasons);
    assert.equal(lookOf({ vocabulary: words, failures }, 'answer_success'), look);
    assert.equal(lookOf({ vocabulary: words, failures: [] }, 'answer_success'), 'own words');
  });

  test('of a visit is that of whatever failed most often, but for what is harmless', () => {
    assert.equal(lookOf({ vocabulary: words, failures }, 'session_success'), wordsOfReason('http_503').look);
  });

  test('of a time is what the system says; of a part, that of the whole unless it has its own', () => {
    assert.equal(lookOf({ vocabulary: words, failures }, 'answer_latency'), 'the queue');
    assert.deepEqual(
      ['a{b:c}', 'a{b:d}', 'toString'].map((name) => ownLook(words, name)),
      ['part', 'whole', undefined],
    );
  });

  test('is told once', () => {
    const limit = (metric: string, kept: boolean | null): LimitResult => ({
      ...{ metric, expression: 'p(95)<1', aggregate: 'p(95)', operator: '<', bound: 1 },
      ...{ unit: 'ms', value: 2, kept, margin: -1 },
    });
    const told = new Set<string>();
    const summary = { vocabulary: words, failures: [] };
    const limits = [
      limit('answer_latency', false),
      limit('a', true),
      limit('a{b:c}', null),
      limit('answer_latency', false),
    ];
    assert.deepEqual(newLooks(summary, limits, told), ['the queue']);
    assert.deepEqual(newLooks(summary, limits, told), []);
  });
});

test('text, page and JUnit tell it where a limit broke, and nowhere else', () => {
  const broken = { 'answer_latency{stage:2}': trend(100, 9000), 'answer_latency{stage:3}': trend(100, 9000) };
  const made = (metrics: Parameters<typeof k6Data>[0]) => {
    const summary = summaryOf(testInfo({ vocabulary: words }), k6Data(metrics));
    return { summary, verdict: verdictOf(summary) };
  };
  const bad = made({ ...cleanMetrics(), ...broken, 'answer_success{stage:1}': rate(100, 0) });
  const text = renderText(bad.summary, bad.verdict, false);
  assert.equal(text.split('look at the queue').length, 2, text);
  assert.match(renderHtml(bad), /<h3>Where to look<\/h3>[^]*<li>answer p95[^<]*: the queue<\/li>/);
  assert.equal(renderJunit(bad).split('; look at the queue').length, 3);
  const good = made(cleanMetrics());
  for (const report of [renderText(good.summary, good.verdict, false), renderHtml(good), renderJunit(good)])
    assert.doesNotMatch(report, /look at the queue|Where to look/);
});
