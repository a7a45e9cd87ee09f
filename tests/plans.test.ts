// Do profiles, plan files, arrivals and think times make the load that they promise, again and again for a seed?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { poisson } from '../lib/before/arrivals.ts';
import { readConfig, unusedSettings } from '../lib/before/config.ts';
import { CHATBOT_SECTIONS, type Config } from '../systems/chatbot/settings.ts';
import { parsePlanFile } from '../lib/before/planFile.ts';
import { choosePlan, type Chosen } from '../lib/before/plans.ts';
import { profilePlan, PROFILES } from '../lib/before/profiles.ts';
import type { LoadName } from '../lib/plans/load.ts';
import { seededRandom } from '../lib/words/random.ts';
import { sharedIterations } from '../lib/before/scenarios.ts';
import { longestThink, parseThink, thinkSeconds, type Think } from '../lib/words/think.ts';
import { problems } from './support/problems.ts';

const BASE = {
  sessions: 100,
  seconds: 60,
  ramp: {
    startSessions: 10,
    increment: 50,
    maxSessions: 500,
    intervalSeconds: 180,
    transitionSeconds: 0,
    settleSeconds: 18,
  },
};

function config(env: Record<string, string> = {}): Config {
  return readConfig({ ENCRYPTION: 'none', ...env }, CHATBOT_SECTIONS);
}

function chosen(name: LoadName, env: Record<string, string> = {}, file = ''): Chosen {
  return choosePlan(name, config(env), () => file);
}

describe('profiles', () => {
  const sessions = (profile: (typeof PROFILES)[number]): number[] =>
    profilePlan(profile, BASE).stages.map((stage) => stage.level);

  test('each is what its name says, of the sessions that the back end is meant for', () => {
    assert.deepEqual(sessions('smoke'), [2]);
    assert.deepEqual(sessions('load'), [50, 100, 100, 100]);
    assert.deepEqual(sessions('stress'), [50, 100, 150, 200]);
    assert.deepEqual(
      sessions('soak'),
      Array.from({ length: 20 }, () => 100),
    );
    assert.deepEqual(sessions('spike'), [10, 100, 10]);
    assert.deepEqual(sessions('breakpoint'), [10, 60, 110, 160, 210, 260, 310, 360, 410, 460, 500]);
  });

  test('stages have the length of the script, a smoke test at most 30 s, and settle for a tenth', () => {
    const [load] = profilePlan('load', BASE).stages;
    assert.deepEqual([load?.hold, load?.end], [6_000, 60_000]);
    assert.equal(profilePlan('smoke', BASE).end, 30_000);
    assert.equal(profilePlan('smoke', { ...BASE, seconds: 5 }).end, 5_000);
  });

  test('a load of one session keeps at least one', () => {
    assert.deepEqual(
      profilePlan('spike', { ...BASE, sessions: 1 }).stages.map((stage) => stage.level),
      [1, 1, 1],
    );
  });

  test('every script but the one with an outage takes every profile; only breakpoint stops by itself', () => {
    for (const name of ['ramp', 'burst', 'hold', 'levels'] as const)
      for (const profile of PROFILES)
        assert.equal(chosen(name, { PROFILE: profile }).stopsAtBreak, profile === 'breakpoint');
    assert.deepEqual(
      problems(() => chosen('recovery', { PROFILE: 'smoke' })),
      ['PROFILE is set, but this script needs its own plan: unset it.'],
    );
    assert.deepEqual(
      problems(() => chosen('ramp', { PROFILE: 'smoke', PLAN_FILE: 'mine.json' })),
      ['PROFILE and PLAN_FILE are both set: each is a plan, so set one of them.'],
    );
  });
});

describe('plan files', () => {
  test('stages: a step unless there is a transition, judged at once unless there is a settle', () => {
    const { plan, think } = chosen(
      'ramp',
      { PLAN_FILE: 'mine.json', THINK_SECONDS: '3' },
      '{"stages": [{"sessions": 5, "hold": 10}, {"sessions": 9, "transition": 2, "settle": 3, "hold": 5, "name": "peak"}]}',
    );
    assert.deepEqual(plan, {
      stages: [
        { number: 1, level: 5, start: 0, transition: 0, hold: 0, end: 10_000 },
        { number: 2, name: 'peak', level: 9, start: 10_000, transition: 2_000, hold: 15_000, end: 20_000 },
      ],
      end: 20_000,
    });
    assert.deepEqual(think, { kind: 'fixed', seconds: 3 });
  });

  test('waves are repeated stages, also within each other', () => {
    const file = `{"stages": [
      {"sessions": 1, "hold": 1},
      {"repeat": 2, "stages": [{"repeat": 2, "stages": [{"sessions": 4, "hold": 1}]}, {"sessions": 2, "hold": 1}]}
    ]}`;
    const { plan } = chosen('hold', { PLAN_FILE: 'waves.json' }, file);
    assert.deepEqual(
      plan.stages.map(({ level: sessions }) => sessions),
      [1, 4, 4, 2, 4, 4, 2],
    );
    assert.equal(plan.falls, true);
  });

  test('the think time of the file goes before that of the settings', () => {
    const file = '{"stages": [{"sessions": 1, "hold": 1}], "think": "2-4"}';
    assert.deepEqual(chosen('ramp', { PLAN_FILE: 'x', THINK_SECONDS: '9' }, file).think, {
      kind: 'uniform',
      least: 2,
      most: 4,
    });
  });

  const refused = (text: string): readonly string[] => problems(() => parsePlanFile(text, 'mine.json'));

  test('everything wrong is told at once, with its line', () => {
    const file = `{
  "stages": [
    {"sesions": 5, "hold": 10},
    {"sessions": 2.5, "hold": 10},
    {"sessions": 5, "hold": 0, "settle": -1},
    {"repeat": 0, "stages": []},
    7
  ],
  "think": "long"
}`;
    const problems = refused(file);
    assert.deepEqual(
      problems.map((problem) => problem.replace(/: .*/, '')),
      ['mine.json:9', ...[3, 3, 4, 5, 5, 6, 6].map((line) => `mine.json:${line}`)].concat(
        Array.from({ length: problems.length - 8 }, () => 'mine.json:7'),
      ),
      problems.join('\n'),
    );
    assert.match(problems.join('\n'), /"sesions" is not known here\. Did you mean sessions\?/);
    assert.match(problems.join('\n'), /"sessions" is 2\.5: it must be a whole number from 1 to 1000000\./);
    assert.match(problems.join('\n'), /"hold" is 0: it must be a number from 0\.1 to 1000000\./);
    assert.match(
      problems.join('\n'),
      /"think" is "long": it must be a number of seconds such as 5, or 2-8 .+\.$/m,
    );
  });

  test('a file must have stages or arrivals, not both, and not too many', () => {
    assert.match(refused('{}').join(), /^mine\.json:1: "stages" or "arrivals" must be there, and only one/);
    assert.match(refused('[]').join(), /^mine\.json:1: here must be an object with stages, arrivals/);
    assert.match(
      refused('{"stages": [{"sessions": 1, "hold": 1}], "atMost": 3}').join(),
      /"atMost" goes with "arrivals" only/,
    );
    const nested =
      '{"stages": [{"repeat": 400, "stages": [{"repeat": 400, "stages": [{"sessions": 1, "hold": 1}]}]}]}';
    assert.match(refused(nested).join(), /there are 501 stages: at most 500 are possible\./);
    assert.match(
      refused('{"arrivals": [{"perSecond": 10000, "hold": 1000}], "atMost": 10}').join(),
      /10000000 sessions would arrive: at most 200000 are possible\./,
    );
  });
});

describe('arrivals', () => {
  const steps = [
    { perSecond: 2, hold: 500 },
    { perSecond: 10, hold: 100 },
  ];

  test('come at the rate of their stage, ascending, within it', () => {
    const { plan, arrivals } = poisson(steps, 50, seededRandom(1));
    const [first, second] = plan.stages;
    // Poisson: 1,000 each, standard deviation 31.6; five of them.
    for (const stage of [first, second]) assert.ok(Math.abs((stage?.level ?? 0) - 1000) < 158);
    assert.equal(arrivals.length, (first?.level ?? 0) + (second?.level ?? 0));
    assert.deepEqual(
      [...arrivals].sort((a, b) => a - b),
      arrivals,
    );
    assert.equal(arrivals.filter((at) => at < 500_000).length, first?.level);
    assert.deepEqual([plan.end, plan.arrivals], [null, { vus: 50 }]);
  });

  test('gaps are exponential: as many below their median as above, and their deviation is their mean', () => {
    const { arrivals } = poisson([{ perSecond: 1, hold: 20_000 }], 1, seededRandom(3));
    const gaps = arrivals.map((at, index) => (at - (arrivals[index - 1] ?? 0)) / 1000);
    const mean = gaps.reduce((a, b) => a + b) / gaps.length;
    const deviation = Math.sqrt(gaps.reduce((sum, gap) => sum + (gap - mean) ** 2, 0) / gaps.length);
    const below = gaps.filter((gap) => gap < Math.LN2).length / gaps.length;
    assert.ok(Math.abs(mean - 1) < 0.04, `mean ${mean}`);
    assert.ok(Math.abs(deviation - 1) < 0.05, `deviation ${deviation}`);
    assert.ok(Math.abs(below - 0.5) < 0.02, `below the median ${below}`);
  });

  test('a seed repeats them, another does not', () => {
    const draw = (seed: number): number[] => poisson(steps, 50, seededRandom(seed)).arrivals;
    assert.deepEqual(draw(7), draw(7));
    assert.notDeepEqual(draw(7), draw(8));
  });

  test('one VU for each at most', () => {
    const { plan } = poisson([{ perSecond: 1, hold: 5 }], 400, seededRandom(1));
    const { vus, iterations } = sharedIterations(plan, 10);
    assert.equal(vus, iterations);
  });

  test('a stage in which nobody arrives is refused', () => {
    const file = '{"arrivals": [{"perSecond": 0.001, "hold": 0.1}], "atMost": 1}';
    assert.throws(
      () => chosen('burst', { PLAN_FILE: 'mine.json' }, file),
      /mine\.json: no session arrives in stage 1/,
    );
  });
});

describe('think times', () => {
  const draw = (think: Think, count = 20_000): number[] => {
    const random = seededRandom(5);
    return Array.from({ length: count }, () => thinkSeconds(think, random)).sort((a, b) => a - b);
  };
  const quantile = (sorted: number[], share: number): number =>
    sorted[Math.floor(share * sorted.length)] ?? NaN;

  test('are read in three forms', () => {
    assert.deepEqual(parseThink('5'), { kind: 'fixed', seconds: 5 });
    assert.deepEqual(parseThink('2-8.5'), { kind: 'uniform', least: 2, most: 8.5 });
    assert.deepEqual(parseThink('lognormal:5:20'), { kind: 'lognormal', median: 5, p95: 20 });
    for (const wrong of ['', 'x', '-1', '8-2', '1-', 'lognormal:5', 'lognormal:20:5', 'lognormal:0:5', '1 s'])
      assert.equal(parseThink(wrong), undefined, wrong);
    assert.deepEqual(
      problems(() => config({ THINK_SECONDS: '8-2' })),
      [
        'THINK_SECONDS is "8-2": it must be a number of seconds such as 5, or 2-8 (evenly between), or lognormal:5:20 (median and 95th percentile), for example THINK_SECONDS=5.',
      ],
    );
  });

  test('uniform ones fill their range evenly', () => {
    const times = draw({ kind: 'uniform', least: 2, most: 8 });
    assert.ok((times[0] ?? 0) >= 2 && (times.at(-1) ?? 9) < 8);
    for (const share of [0.1, 0.5, 0.9]) assert.ok(Math.abs(quantile(times, share) - (2 + 6 * share)) < 0.15);
  });

  test('lognormal ones have the median and the 95th percentile that were asked for, and an end', () => {
    const think = { kind: 'lognormal', median: 5, p95: 20 } as const;
    const times = draw(think);
    assert.ok(Math.abs(quantile(times, 0.5) / 5 - 1) < 0.04);
    assert.ok(Math.abs(quantile(times, 0.95) / 20 - 1) < 0.05);
    assert.ok((times.at(-1) ?? Infinity) <= longestThink(think));
  });
});

describe('settings that a load does not use', () => {
  /** Other values than the defaults, of every setting that makes a plan. */
  const OTHER: Record<string, string> = {
    RAMP_START_SESSIONS: '20',
    RAMP_INCREMENT: '70',
    RAMP_MAX_SESSIONS: '400',
    RAMP_INTERVAL_SECONDS: '100',
    RAMP_TRANSITION_SECONDS: '9',
    RAMP_SETTLE_SECONDS: '9',
    NUM_SESSIONS: '9',
    HOLD_SECONDS: '90',
    HOLD_STAGES: '9',
    SESSION_LEVELS: '9',
    LEVEL_SECONDS: '9',
    OUTAGE_BEFORE_SECONDS: '9',
    OUTAGE_SECONDS: '9',
    OUTAGE_RECOVERY_SECONDS: '9',
    OUTAGE_AFTER_SECONDS: '9',
    PROBES_PER_SECOND: '9',
  };
  const LOADS: LoadName[] = ['ramp', 'burst', 'hold', 'levels', 'recovery'];
  const FILE = '{"stages": [{"sessions": 3, "hold": 5}]}';

  for (const load of LOADS)
    test(`${load}: those that leave its plan as it is, and no others`, () => {
      const plan = (env: Record<string, string>) => JSON.stringify(chosen(load, env).plan);
      const idle = Object.keys(OTHER).filter((name) => plan({ [name]: OTHER[name] ?? '' }) === plan({}));
      const unused = unusedSettings(load, config(), CHATBOT_SECTIONS).filter((name) => name in OTHER);
      assert.deepEqual(unused.sort(), idle.sort());
    });

  for (const load of LOADS.slice(0, -1))
    for (const profile of PROFILES)
      test(`${load} as ${profile}: none that makes its plan`, () => {
        const plan = (env: Record<string, string>) =>
          JSON.stringify(chosen(load, { PROFILE: profile, ...env }).plan);
        for (const name of unusedSettings(load, config({ PROFILE: profile }), CHATBOT_SECTIONS))
          assert.equal(plan({ [name]: OTHER[name] ?? '' }), plan({}), name);
      });

  test('a plan file leaves all of them', () => {
    const planned = unusedSettings('ramp', config({ PLAN_FILE: 'plan.json' }), CHATBOT_SECTIONS);
    assert.deepEqual(planned.filter((name) => name in OTHER).sort(), Object.keys(OTHER).sort());
    assert.equal(chosen('ramp', { PLAN_FILE: 'plan.json', ...OTHER }, FILE).plan.stages.length, 1);
  });

  test('only an outage has an address and a body', () => {
    for (const name of ['OUTAGE_URL', 'OUTAGE_BODY']) {
      assert.ok(unusedSettings('ramp', config(), CHATBOT_SECTIONS).includes(name));
      assert.ok(!unusedSettings('recovery', config(), CHATBOT_SECTIONS).includes(name));
    }
  });
});
