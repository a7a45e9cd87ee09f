// Do thresholds files become exactly the k6 thresholds that judge each stage, with their guards?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { classesOf } from '../lib/words/failures.ts';
import { AGENTS_WORDS } from '../systems/agents/words.ts';
import { CHAT_WORDS } from '../systems/assistant/chat/chatWords.ts';
import { HOSTS_WORDS } from '../systems/assistant/hosts/hostsWords.ts';
import { MIXED_WORDS } from '../systems/assistant/mixed/mixedWords.ts';
import { REDIS_WORDS } from '../systems/assistant/redis/redisWords.ts';
import { TURN_WORDS } from '../systems/chatbot/turns/turnWords.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { API_WORDS } from '../systems/graph/api/apiWords.ts';
import { BROADCAST_WORDS } from '../systems/graph/broadcast/broadcastWords.ts';
import { CONNECTIONS_WORDS } from '../systems/graph/connections/connectionsWords.ts';
import { RECONNECT_WORDS } from '../systems/graph/reconnect/reconnectWords.ts';
import { UPLOAD_WORDS } from '../systems/messaging/upload/uploadWords.ts';
import { MESSAGES_WORDS } from '../systems/messaging/api/messagesWords.ts';
import { NOTIFICATIONS_WORDS } from '../systems/messaging/notifications/notificationsWords.ts';
import { byTag, count, time } from '../lib/vocabulary/metricWords.ts';
import { metricsOf, type Vocabulary } from '../lib/vocabulary/vocabulary.ts';
import {
  applies,
  forStage,
  inStage,
  keeps,
  ownUnit,
  parseLimits,
  stagesOf,
  type Limit,
} from '../lib/words/limits.ts';
import type { Stage } from '../lib/plans/load.ts';
import { thresholdsOf, trendStats, type Thresholds } from '../lib/before/thresholds.ts';
import { ROOT } from './support/bundle.ts';
import { METRICS, PLAN } from './support/runData.ts';
import { problems } from './support/problems.ts';

function limitsOf(metrics: Record<string, string[]>): Limit[] {
  return parseLimits(JSON.stringify({ target: metrics }), 'limits.json', METRICS).target;
}

function only(metric: string, expression: string): Limit {
  const [limit] = limitsOf({ [metric]: [expression] });
  assert.ok(limit);
  return limit;
}

function judged(metrics: Record<string, string[]>, requiredSessions: number | null = null): Thresholds {
  return thresholdsOf(limitsOf(metrics), {
    vocabulary: CHATBOT_WORDS,
    plan: PLAN,
    requiredSessions,
    generatorLagLimitMs: 25,
    stopsAtBreak: false,
  });
}

/** By the folder that a script takes its system from. */
const WORDS: Readonly<Record<string, Vocabulary>> = {
  chatbot: CHATBOT_WORDS,
  turns: TURN_WORDS,
  agents: AGENTS_WORDS,
  'assistant/chat': CHAT_WORDS,
  'assistant/redis': REDIS_WORDS,
  'assistant/mixed': MIXED_WORDS,
  'assistant/hosts': HOSTS_WORDS,
  'graph/api': API_WORDS,
  'graph/broadcast': BROADCAST_WORDS,
  'graph/connections': CONNECTIONS_WORDS,
  'graph/reconnect': RECONNECT_WORDS,
  'messaging/api': MESSAGES_WORDS,
  'messaging/upload': UPLOAD_WORDS,
  'messaging/notifications': NOTIFICATIONS_WORDS,
};

/** The words of a script; some limits are for scripts of others, and called like their system. */
function wordsOf(name: string): Vocabulary | undefined {
  const path = join(ROOT, 'scripts', `${name}.ts`);
  if (!existsSync(path)) return WORDS[name];
  const source = readFileSync(path, 'utf8');
  const [, system = ''] = /systems\/((?:(?:assistant|graph|messaging)\/)?\w+)\//.exec(source) ?? [];
  return WORDS[system];
}

const problemsIn = (text: string) => problems(() => parseLimits(text, 'limits.json', METRICS));

describe('a thresholds file', () => {
  test('every shipped one is right and has limits at each level', () => {
    const folder = join(ROOT, 'thresholds');
    for (const name of readdirSync(folder)) {
      const words = wordsOf(name.replace('.json', ''));
      assert.ok(words, `${name}: a line in WORDS`);
      const limits = parseLimits(readFileSync(join(folder, name), 'utf8'), name, metricsOf(words));
      for (const level of ['target', 'warning', 'critical'] as const)
        assert.ok(limits[level].length > 0, name);
    }
  });

  test('a rate of a Counter is per second of the judged part, so k6 judges a count', () => {
    const [stage] = PLAN.stages;
    assert.ok(stage, 'the plan has a stage');
    const seconds = (stage.end - stage.hold) / 1000;
    const limit = only('questions_answered', 'rate>100');
    const { metric, expression, bound } = forStage(limit, stage);
    assert.deepEqual([limit.unit, metric, bound], ['per second', 'questions_answered', 100 * seconds]);
    assert.equal(expression, `count>${100 * seconds}`);
    assert.equal(ownUnit(limit, stage, 250 * seconds), 250);
    const endless = { ...stage, hold: 0, end: Number.MAX_SAFE_INTEGER };
    assert.deepEqual([forStage(limit, endless), ownUnit(limit, endless, 250)], [limit, 250]);
  });

  test('limits below @20 bind stages of that level alone', () => {
    const text = '{"target": {"@20": {"answer_success": ["rate>0.5"]}, "answer_latency": ["p(95)<5"]}}';
    const limits = parseLimits(text, 'limits.json', METRICS).target;
    const at = (level: number) =>
      limits
        .filter((limit) => applies(limit, { ...(PLAN.stages[0] as Stage), level }, PLAN))
        .map(({ metric }) => metric);
    assert.deepEqual([at(20), at(10)], [['answer_success', 'answer_latency'], ['answer_latency']]);
    assert.deepEqual(problemsIn('{"target": {\n"@20": 5}}'), [
      'limits.json:2: "@20" must be an object of metric names, each with a list of limits.',
    ]);
  });

  test('below @together or @20 together they bind stages of that kind', () => {
    const rate = (bound: number) => ({ answer_success: [`rate>${bound}`] });
    const target = { '@together': rate(0.1), '@20 together': rate(0.2), '@20': rate(0.3) };
    const limits = parseLimits(JSON.stringify({ target }), 'limits.json', METRICS).target;
    const bounds = (level: number, kind?: string) =>
      limits
        .filter((limit) =>
          applies(limit, { ...(PLAN.stages[0] as Stage), level, ...(kind && { kind }) }, PLAN),
        )
        .map(({ bound }) => bound);
    assert.deepEqual(bounds(20, 'together'), [0.1, 0.2, 0.3]);
    assert.deepEqual([bounds(10, 'together'), bounds(20, 'alone'), bounds(20)], [[0.1], [0.3], [0.3]]);
    assert.deepEqual(
      limits.map((limit) => stagesOf(limit)),
      Object.keys(target),
    );
  });

  describe('a sub-metric', () => {
    const metrics = {
      asked: count('asked', { limit: 'every stage' }),
      latency: time('took', { limit: 'every stage', samples: 'asked' }),
    };
    const all = { ...metrics, ...byTag(metrics, 'endpoint', ['stats', 'health']) };
    const limit = (name: string) =>
      parseLimits(JSON.stringify({ target: { [name]: ['p(95)<50'] } }), 'limits.json', all).target;

    test('has its own samples, and its stage beside its tag', () => {
      const [read] = limit('latency{endpoint:stats}');
      assert.ok(read);
      assert.equal(read.samples, 'asked{endpoint:stats}');
      assert.equal(inStage(read.metric, { number: 3 }), 'latency{endpoint:stats,stage:3}');
    });

    test('is judged where its tag may be', () => {
      const [read] = limit('latency{endpoint:stats}');
      const stage = PLAN.stages[0] as Stage;
      const judged = (only?: Record<string, string[]>) =>
        read !== undefined && applies(read, { ...stage, ...(only && { only }) }, PLAN);
      assert.deepEqual(
        [judged(), judged({ endpoint: ['stats'] }), judged({ endpoint: ['health'] })],
        [true, true, false],
      );
    });

    test('with a value that nobody has is refused with those that there are', () => {
      assert.throws(
        () => limit('latency{endpoint:stat}'),
        /"latency\{endpoint:stat\}" selects by tags that latency does not have\. Possible are latency\{endpoint:stats\}, latency\{endpoint:health\}\.$/,
      );
    });
  });

  test('expressions are taken apart', () => {
    assert.deepEqual(only('answer_latency', ' p(99.9) <= 2500.5 '), {
      metric: 'answer_latency',
      expression: 'p(99.9)<=2500.5',
      aggregate: 'p(99.9)',
      operator: '<=',
      bound: 2500.5,
      kind: 'trend',
      unit: 'ms',
      needs: 'every stage',
      samples: 'questions_answered',
    });
    assert.equal(only('questions_failed', 'count===0').operator, '==');
    assert.deepEqual(
      ['avg<1', 'min<1', 'max<1', 'med<1', 'p(95)<1'].map((text) => only('answer_latency', text).aggregate),
      ['avg', 'min', 'max', 'med', 'p(95)'],
    );
  });

  test('every form of k6 is understood: spaces, exponents, numbers without a zero, objects', () => {
    const forms: [metric: string, entry: unknown, expression: string, bound: number][] = [
      ['answer_success', 'rate>.99', 'rate>0.99', 0.99],
      ['answer_success', ' rate >= 9.9e-1 ', 'rate>=0.99', 0.99],
      ['answer_latency', 'p(95)<1e4', 'p(95)<10000', 10_000],
      ['answer_latency', 'p(95.0) < +5000.', 'p(95)<5000', 5000],
      ['answer_latency', '\tmed\t<=\t1.5E+3', 'med<=1500', 1500],
      ['questions_failed', 'count===0', 'count===0', 0],
      ['answer_latency', { threshold: 'p(95) < 500' }, 'p(95)<500', 500],
      ['answer_latency', { threshold: 'p(.5)<1', abortOnFail: false }, 'p(0.5)<1', 1],
    ];
    for (const [metric, entry, expression, bound] of forms) {
      const [limit] = parseLimits(
        JSON.stringify({ target: { [metric]: [entry] } }),
        'limits.json',
        METRICS,
      ).target;
      assert.deepEqual([limit?.expression, limit?.bound], [expression, bound]);
    }
  });

  const STAGE_BY_STAGE =
    /^limits\.json:1: "answer_latency\{stage:1\}" names a stage, but every limit applies to each stage by itself\. Write "answer_latency"; REQUIRED_SESSIONS /;

  for (const [what, text, sentences] of [
    ['a stage', '{"target":{"answer_latency{stage:1}":["p(95)<1"]}}', [STAGE_BY_STAGE]],
    [
      'other tags, and a stage of what is no metric',
      '{"target":{"answer_latency{scenario:x}":["p(95)<1"],"answer_latncy{stage:1}":["p(95)<1"]}}',
      [
        /"answer_latency\{scenario:x\}" selects by tags, which answer_latency does not have\. Write "answer_latency": it applies to each stage by itself\.$/,
        /"answer_latncy\{stage:1\}" is not a metric of this script\. Did you mean answer_latency/,
      ],
    ],
    [
      'objects that would stop the run, or are no limit',
      '{"target":{"answer_latency":[{"threshold":"p(95)<1","abortOnFail":true},{"threshold":"p(95)<1","delayAbortEval":"9s"},{"treshold":"p(95)<1"},{"threshold":"p(95)<1","x":1}]}}',
      [
        /^limits\.json:1: \{"threshold":"p\(95\)<1","abortOnFail":true\} would stop the run in mid-stage, .+ Write "p\(95\)<1"; with PROFILE=breakpoint /,
        /"delayAbortEval":"9s"\} would stop the run/,
        /^limits\.json:1: \{"treshold":"p\(95\)<1"\} has no "threshold"\. Write "p\(95\)<5000"/,
        /has "x", which limits don't have\. Write "p\(95\)<1"\.$/,
      ],
    ],
    [
      'per cent instead of a share',
      '{"target":{"answer_success":["rate>99","rate < 1.5"],"http_req_failed":["rate<1"]}}',
      [
        /^limits\.json:1: "rate>99" for answer_success can never hold: a rate is between 0 and 1\. Did you mean rate>0\.99\?$/,
        /^limits\.json:1: "rate<1\.5" for answer_success always holds: .+ Did you mean rate<0\.015\?$/,
      ],
    ],
    [
      'bounds that can never hold',
      '{"target":{"answer_success":["rate>1","rate<0","rate==-1"],"answer_latency":["p(95)<0","max<=-1"],"sessions_failed":["count<0","count==0.5"],"answer_failure_drift":["avg>1"]}}',
      [
        /"rate>1" for answer_success can never hold: a rate is between 0 and 1\. Write the bound that you mean, or remove it\.$/,
        /"rate<0" for answer_success can never hold/,
        /"rate==-1" for answer_success can never hold/,
        /"p\(95\)<0" for answer_latency can never hold: it is never below 0\./,
        /"max<=-1" for answer_latency can never hold/,
        /"count<0" for sessions_failed can never hold: a count is a whole number from 0 on\./,
        /"count==0\.5" for sessions_failed can never hold/,
        /"avg>1" for answer_failure_drift can never hold: it is a difference of shares, between -1 and 1\./,
      ],
    ],
    [
      'bounds that always hold',
      '{"target":{"answer_success":["rate<=1","rate>=0","rate>-1","rate!=2"],"answer_latency":["max>=0"],"questions_failed":["count>-1","rate>=0"],"disconnects_per_session_hour":["value>=0"],"answer_failure_drift":["avg>=-1"]}}',
      [
        /"rate<=1" for answer_success always holds: a rate is between 0 and 1\. Write the bound that you mean, or remove it\.$/,
        /"rate>=0" .+ always holds/,
        /"rate>-1" .+ always holds/,
        /"rate!=2" .+ always holds/,
        /"max>=0" .+ always holds/,
        /"count>-1" .+ always holds/,
        /"rate>=0" for questions_failed always holds/,
        /"value>=0" .+ always holds/,
        /"avg>=-1" .+ always holds/,
      ],
    ],
    [
      'not JSON',
      'p(95)',
      [/^limits\.json:1: `p\(95\)` in column 1 is not JSON: .+ It must hold an object with the levels/],
    ],
    ['empty', '', [/^limits\.json:1: the file is empty\. It must hold an object with the levels/]],
    [
      'a list',
      '[]',
      [
        /^limits\.json:1: there is no object of limits\. It must hold an object with the levels target, warning, critical\.$/,
      ],
    ],
    [
      'a level twice, a metric twice',
      '{"target":{"answer_latency":["p(95)<1"],\n"answer_latency":["p(99)<1"]},\n"target":{"answer_success":["rate>0"]}}',
      [
        /^limits\.json:2: "answer_latency" stands here a second time, after line 1\./,
        /^limits\.json:3: "target" stands here a second time, after line 1\./,
      ],
    ],
    [
      'an unknown level',
      '{"goal":{}}',
      [/^limits\.json:1: "goal" is not a level\. A file has "target", "warning", "critical"\.$/],
    ],
    [
      'a level that is a list',
      '{"target":[]}',
      [/^limits\.json:1: "target" must be an object of metric names/],
    ],
    [
      'a typo',
      '{"target":{"answer_sucess":["rate>0.9"]}}',
      [/^limits\.json:1: "answer_sucess" is not a metric of this script\. Did you mean answer_success\?$/],
    ],
    [
      'another metric',
      '{"target":{"zzz":["rate>0.9"]}}',
      [/^limits\.json:1: "zzz" is not a metric of this script\. Possible are .*answer_latency, /],
    ],
    [
      'no list',
      '{"target":{"answer_latency":"p(95)<1"}}',
      [
        /^limits\.json:1: "answer_latency" in "target" must have a list of limits, for example \["p\(95\)<5000"\]\.$/,
      ],
    ],
    [
      'an empty list',
      '{"target":{"answer_success":[]}}',
      [
        /^limits\.json:1: "answer_success" in "target" must have a list of limits, for example \["rate>0\.99"\]\.$/,
      ],
    ],
    [
      'an aggregate of another kind',
      '{"target":{"answer_latency":["rate<1"],"answer_success":["p(95)<1"],"sessions_failed":["value<1"]}}',
      [
        /"rate<1" is not a limit for answer_latency/,
        /"p\(95\)<1" is not a limit for answer_success/,
        /"value<1" is not a limit for sessions_failed\. .+"count<10"/,
      ],
    ],
    ['a percentile above 100', '{"target":{"answer_latency":["p(101)<1"]}}', [/"p\(101\)<1" is not a limit/]],
    [
      'no number',
      '{"target":{"answer_latency":["p(95)<fast","p(95)","<5",5,null]}}',
      [/"p\(95\)<fast"/, /"p\(95\)"/, /"<5"/, /"5"/, /"null"/],
    ],
    [
      'mistakes in several lines',
      '{"goal":{},\n"target":{\n"x_y_z":[],\n"answer_latency":["p(95)<1",\n"p(95)"]}}',
      [/^limits\.json:1: "goal"/, /^limits\.json:3: "x_y_z"/, /^limits\.json:5: "p\(95\)" is not a limit/],
    ],
  ] as const)
    test(`refused: ${what}`, () => {
      const found = problemsIn(text);
      assert.equal(found.length, sentences.length, found.join('\n'));
      for (const [index, sentence] of sentences.entries()) assert.match(found[index] ?? '', sentence);
      for (const problem of found) assert.match(problem, /^[^\n]+[.?]$/);
    });

  test('bounds at the edge of what there can be are limits', () => {
    const edges: [metric: string, expression: string][] = [
      ['answer_success', 'rate>=1'],
      ['answer_success', 'rate==1'],
      ['answer_success', 'rate>0'],
      ['http_req_failed', 'rate<1'],
      ['http_req_failed', 'rate<=0'],
      ['sessions_failed', 'count<=0'],
      ['sessions_failed', 'count<0.5'],
      ['sessions_failed', 'rate<0.5'],
      ['answer_latency', 'p(95)>0'],
      ['answer_failure_drift', 'avg<0'],
    ];
    for (const [metric, expression] of edges) assert.equal(only(metric, expression).expression, expression);
  });

  test('refused: names that every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__'])
      assert.match(
        problemsIn(`{"target":{"${name}":["count<1"]}}`)[0] ?? '',
        /is not a metric of this script/,
        name,
      );
  });
});

test('keeps', () => {
  const limit = (operator: string): Limit => only('questions_failed', `count${operator}5`);
  const table: [string, [boolean, boolean, boolean]][] = [
    ['<', [true, false, false]],
    ['<=', [true, true, false]],
    ['>', [false, false, true]],
    ['>=', [false, true, true]],
    ['==', [false, true, false]],
    ['!=', [true, false, true]],
  ];
  for (const [operator, expected] of table)
    assert.deepEqual(
      [4, 5, 6].map((value) => keeps(limit(operator), value)),
      expected,
      operator,
    );
});

describe('k6 thresholds', () => {
  test('a limit binds each stage by itself', () => {
    const thresholds = judged({ answer_latency: ['p(95)<5000', 'p(99)<9000'] });
    for (const stage of [1, 2, 3])
      assert.deepEqual(thresholds[`answer_latency{stage:${stage}}`], ['max>=0', 'p(95)<5000', 'p(99)<9000']);
    assert.equal(thresholds['answer_latency'], undefined, 'the whole run would dilute the stage that breaks');
  });

  test('a limit on answers needs samples in every stage', () => {
    for (const metric of ['answer_latency', 'first_chunk_latency']) {
      const thresholds = judged({ [metric]: ['p(95)<1'] });
      for (const stage of [1, 2, 3])
        assert.ok(thresholds[`questions_answered{stage:${stage}}`]?.includes('count>0'), metric);
    }
    assert.ok(judged({ answer_success: ['rate>0.9'] })['questions_sent{stage:2}']?.includes('count>0'));
  });

  test('a limit on sessions or sockets needs samples in the run', () => {
    assert.deepEqual(judged({ session_success: ['rate>0.9'] })['sessions_ended'], ['count>0']);
    assert.deepEqual(judged({ session_duration: ['p(95)<1'] })['sessions_ended'], ['count>0']);
    assert.deepEqual(judged({ socket_connect_duration: ['p(95)<1'] })['sockets_opened'], ['count>0']);
    assert.deepEqual(judged({ session_setup_duration: ['p(95)<1'] })['sockets_opened'], ['count>0']);
    assert.deepEqual(judged({ socket_success: ['rate>0.9'] })['sessions_started'], ['count>0']);
    assert.deepEqual(judged({ http_req_duration: ['p(95)<1'] })['http_reqs'], ['count>0']);
    assert.deepEqual(judged({ ws_connecting: ['p(95)<1'] })['ws_sessions'], ['count>0']);
    assert.equal(judged({ session_success: ['rate>0.9'] })['sessions_ended{stage:1}'], undefined);
  });

  test('a limit on a count needs no samples: none is a value', () => {
    const thresholds = judged({ sessions_failed: ['count<1'] });
    assert.deepEqual(thresholds['sessions_failed{stage:1}'], ['count<1']);
    assert.equal(thresholds['sessions_failed'], undefined);
  });

  test('every script is bound by its own health', () => {
    const thresholds = judged({});
    assert.deepEqual(thresholds['script_errors'], ['count==0']);
    assert.deepEqual(thresholds['sessions_open'], ['count==0']);
    assert.deepEqual(thresholds['questions_open'], ['count==0']);
    assert.deepEqual(thresholds['generator_lag'], ['p(99)<25']);
    assert.deepEqual(thresholds['generator_lag{stage:3}'], ['max>=0', 'p(99)<25']);
  });

  test('what makes a run INVALID ends plain k6 with 99 too: ports, files, sessions not held', () => {
    const thresholds = judged({});
    for (const reason of ['generator_ports', 'generator_files', 'generator_memory'])
      assert.ok(thresholds[`failures{phase:connect,reason:${reason}}`]?.includes('count==0'), reason);
    assert.ok(
      thresholds['hold_vu_time{stage:2}']?.some((text) =>
        /^count>=17\d{4}/.test(JSON.stringify(text).slice(1)),
      ),
      '99 % of 180,000',
    );
  });

  test('stages above the required sessions are observed, not judged', () => {
    const thresholds = judged({ answer_latency: ['p(95)<1'], sessions_failed: ['count<1'] }, 20);
    assert.deepEqual(thresholds['answer_latency{stage:2}'], ['max>=0', 'p(95)<1']);
    assert.deepEqual(thresholds['answer_latency{stage:3}'], ['max>=0']);
    assert.deepEqual(thresholds['sessions_failed{stage:3}'], ['count>=0']);
    assert.deepEqual(thresholds['questions_answered{stage:3}'], ['count>=0']);
    assert.deepEqual(thresholds['generator_lag{stage:3}'], ['max>=0']);
  });

  test('every class of failure is observed in every phase that it can happen in', () => {
    const thresholds = judged({});
    for (const { reason, key } of classesOf(CHATBOT_WORDS))
      assert.deepEqual(
        thresholds[key],
        reason.startsWith('generator_') ? ['count>=0', 'count==0'] : ['count>=0'],
        key,
      );
    assert.deepEqual(thresholds['ws_sessions{status:502}'], ['count>=0']);
  });
});

test('the summary has the grid of percentiles and those that limits of any level name', () => {
  const limits = parseLimits(
    '{"target":{"answer_latency":["p(95)<1"]},"critical":{"answer_latency":["p(99.99)<1"]}}',
    '',
    METRICS,
  );
  const stats = trendStats(limits);
  for (const stat of [
    'count',
    'min',
    'avg',
    'med',
    'max',
    'p(1)',
    'p(50)',
    'p(95)',
    'p(99)',
    'p(99.9)',
    'p(99.99)',
  ])
    assert.ok(stats.includes(stat), stat);
  assert.equal(new Set(stats).size, stats.length);
});
