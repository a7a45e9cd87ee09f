// The pure parts of the command: versions, settings, lines of the monitor, the generator's health, judgement.
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { totalmem } from 'node:os';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { collectorSettings, memoryLimit } from '../cli/k6/garbageCollector.ts';
import {
  gatherSettings,
  givenSettings,
  k6Environment,
  refuseUnknownGiven,
  wantsReferenceTarget,
} from '../cli/setup/environment.ts';
import { SECTIONS } from '../cli/setup/knownSettings.ts';
import { judge } from '../cli/evidence/judge.ts';
import { busySeconds, generatorReport, parseReading } from '../cli/k6/generatorReadings.ts';
import { parseGoDuration } from '../lib/words/goDuration.ts';
import { refuseK6Arguments } from '../cli/k6/k6Arguments.ts';
import { parseInspection } from '../cli/k6/k6Inspect.ts';
import { parseLogLine, TroubleCount, troublesLine } from '../cli/k6/k6Log.ts';
import { describeVersion, isRecent, parseK6Version } from '../cli/k6/k6Version.ts';
import { monitorLines, stageAt, stageOverLine, type Progress } from '../cli/live/monitorLines.ts';
import { liveWordsOf } from '../cli/live/liveWords.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';
import { withQuickValues } from '../cli/setup/quick.ts';
import { folderName, ReportFolder } from '../cli/evidence/reportFolder.ts';
import { readConfig } from '../lib/before/config.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import { burst, ramp } from '../lib/plans/load.ts';
import { folder } from './support/files.ts';
import { problems } from './support/problems.ts';

const PLAN = ramp({
  startSessions: 10,
  increment: 50,
  maxSessions: 500,
  intervalSeconds: 180,
  transitionSeconds: 0,
  settleSeconds: 18,
});

const RAMP = { plan: PLAN, longestMs: 2_135_000 };
const BURST = { plan: burst(20), longestMs: 600_000 };

describe('the version of k6', () => {
  const OURS = `k6 v2.2.0 (go1.26.8, linux/amd64)
Extensions:
  github.com/grafana/xk6-redis v0.4.3, k6/x/redis [js]
  github.com/grafana/xk6-other (devel), xk6-other [output]

`;
  test('is read with its extensions', () => {
    assert.deepEqual(parseK6Version(OURS), { version: '2.2.0', extensions: ['k6/x/redis', 'xk6-other'] });
    assert.deepEqual(parseK6Version('k6.exe v2.3.0 (commit/abc, go1.26, windows/amd64)\r\n'), {
      version: '2.3.0',
      extensions: [],
    });
    assert.equal(parseK6Version('usage: k6 something else'), undefined);
    assert.equal(describeVersion({ version: '2.2.0', extensions: ['k6/x/redis'] }), '2.2.0, with k6/x/redis');
  });
  test('must be 2.2 or newer', () => {
    for (const version of ['2.2.0', '2.2.1', '2.10.0', '3.0.0', '2.3.0-rc1', '2.2.0+dirty'])
      assert.equal(isRecent(version), true, version);
    for (const version of ['2.1.9', '1.9.0', '0.57.0']) assert.equal(isRecent(version), false, version);
  });
});

describe('what k6 prints', () => {
  test('durations', () => {
    const cases: [string, number | undefined][] = [
      ['2m35s', 155_000],
      ['42m35s', 2_555_000],
      ['1h0m0.5s', 3_600_500],
      ['155ms', 155],
      ['', undefined],
      ['5', undefined],
    ];
    for (const [text, expected] of cases) assert.equal(parseGoDuration(text), expected, text);
  });
  test('log lines', () => {
    const line =
      'time="2026-11-21T06:34:56Z" level=error msg="A is \\"x\\": no.\\nB is wrong.\\n" hint="script exception"';
    assert.deepEqual(parseLogLine(line), { level: 'error', message: 'A is "x": no.\nB is wrong.' });
    assert.deepEqual(parseLogLine('time="x" level=warning msg=short'), {
      level: 'warning',
      message: 'short',
    });
    assert.equal(parseLogLine('time="x" level=info msg="fine"'), undefined);
    assert.equal(parseLogLine(' stage sessions  held'), undefined);
  });
  test('troubles that the verdict does not tell', () => {
    const troubles = new TroubleCount();
    troubles.add('time="x" level=warning msg="careful"');
    troubles.add('time="x" level=error msg="The test script failed: oops\\n at line 1"');
    troubles.add(`time="x" level=error msg="thresholds on metrics 'a' have been crossed"`);
    assert.equal(
      troublesLine(troubles),
      ' k6.log       1 error, 1 warning; the first: The test script failed: oops\n\n',
    );
    assert.equal(troublesLine(new TroubleCount()), '');
  });
  test('the inspection of a script', () => {
    const judged = {
      ...{ limits: [], requiredSessions: null, generatorLagLimitMs: 25 },
      ...{ unused: ['NUM_SESSIONS'], defaults: { HOLD_SECONDS: '60' }, own: {} },
    };
    const facts = { vocabulary: CHATBOT_WORDS, ...judged };
    const options = {
      ext: { crescendo: { ...facts, plan: PLAN } },
      scenarios: {
        ramp: { executor: 'ramping-vus', gracefulStop: '2m35s', stages: [{ target: 10 }, { target: 60 }] },
        probes: { preAllocatedVUs: 4, gracefulStop: '1s' },
      },
    };
    const inspected = { ...facts, plan: PLAN, longestMs: 1_980_000 + 155_000, vus: 64 };
    assert.deepEqual(parseInspection(JSON.stringify(options)), inspected);
    const once = {
      ext: { crescendo: { ...facts, plan: burst(2) } },
      scenarios: { burst: { vus: 2, maxDuration: '10m', gracefulStop: '0s' } },
    };
    const { longestMs, vus } = parseInspection(JSON.stringify(once)) ?? {};
    assert.deepEqual({ longestMs, vus }, { longestMs: 600_000, vus: 2 });
    assert.equal(parseInspection('{"scenarios":{"default":{}},"ext":null}'), undefined);
    const old = { ext: { crescendo: { plan: PLAN } }, scenarios: {} };
    assert.equal(parseInspection(JSON.stringify(old)), undefined, 'a bundle of an earlier version');
  });
});

describe('settings', () => {
  test('-e before the environment before .env', (t) => {
    const here = folder(t);
    writeFileSync(join(here, '.env'), 'SEED=1\nLIMITS=critical\nNUM_SESSIONS=7\nOTHER="a b"\n');
    const { variables } = gatherSettings(['SEED=3'], { SEED: '2', NUM_SESSIONS: '8' }, here);
    assert.deepEqual(
      [variables['SEED'], variables['NUM_SESSIONS'], variables['LIMITS'], variables['OTHER']],
      ['3', '8', 'critical', 'a b'],
    );
  });
  test('a value may hold = and line ends', (t) => {
    const { variables } = gatherSettings(['ENCRYPTION_KEY=a=b\nc'], {}, folder(t));
    assert.equal(variables['ENCRYPTION_KEY'], 'a=b\nc');
  });
  test('a malformed -e is refused', (t) => {
    assert.deepEqual(
      problems(() => gatherSettings(['SEED'], {}, folder(t))),
      ['-e has "SEED": write a name, = and a value, such as -e RAMP_MAX_SESSIONS=100.'],
    );
  });
  test('so are names that are none, all at once', (t) => {
    const gathered = gatherSettings(['RAMP_MAX_SESSION=1', 'SEEDS=1'], {}, folder(t));
    assert.deepEqual(
      problems(() => refuseUnknownGiven(gathered, SECTIONS)),
      [
        'RAMP_MAX_SESSION is not a setting of Crescendo. Did you mean RAMP_MAX_SESSIONS? RAMP_MAX_SESSION is from -e.',
        'SEEDS is not a setting of Crescendo. Did you mean SEED? SEEDS is from -e.',
      ],
    );
  });
  test("k6's own load variables are refused", (t) => {
    const [problem = ''] = problems(() => gatherSettings([], { K6_VUS: '5' }, folder(t)));
    assert.match(problem, /^K6_VUS would replace the load.*RAMP_MAX_SESSIONS.*NUM_SESSIONS/);
  });
  test('files are relative to the current folder', (t) => {
    const here = folder(t);
    const { variables } = gatherSettings(['THRESHOLDS_FILE=limits.json'], {}, here);
    assert.equal(variables['THRESHOLDS_FILE'], join(here, 'limits.json'));
  });
  test('the reference target is meant when no address is set', () => {
    assert.equal(wantsReferenceTarget({ API_BASE_URL: ' ' }, CHATBOT_SECTIONS), true);
    assert.equal(wantsReferenceTarget({ WEBSOCKET_BASE_URL: 'ws://x' }, CHATBOT_SECTIONS), false);
  });
  test('what is kept of them has no key', () => {
    const kept = givenSettings(
      { ENCRYPTION_KEY: 'k', SEED: '3', HOME: '/', LIMITS: '', API_BASE_URL: 'http://x' },
      CHATBOT_SECTIONS,
      ['API_BASE_URL'],
    );
    assert.deepEqual(kept, { SEED: '3' });
    assert.deepEqual(
      givenSettings({ SOCKET_PATH: '/ws?key=secret', TOKEN_PATH: '/t' }, CHATBOT_SECTIONS, []),
      {
        TOKEN_PATH: '/t',
        SOCKET_PATH: '/ws?…',
      },
    );
  });
  test('k6 downloads and reports nothing', () => {
    const env = k6Environment({ GOGC: '50', K6_NO_USAGE_REPORT: 'false' });
    assert.deepEqual(env, { GOGC: '50', K6_AUTO_EXTENSION_RESOLUTION: 'false', K6_NO_USAGE_REPORT: 'true' });
  });

  test('k6 may take what is free of the memory, and the own settings of the user come first', () => {
    assert.deepEqual([0, 1e9, 20e9].map(memoryLimit), [256e6, 750e6, 15e9]);
    const { GOGC, GOMEMLIMIT } = collectorSettings({});
    assert.equal(GOGC, '400');
    assert.ok(Number(GOMEMLIMIT) >= 256e6 && Number(GOMEMLIMIT) < totalmem(), GOMEMLIMIT);
    const own = { GOGC: '50', GOMEMLIMIT: '1GiB' };
    assert.deepEqual(collectorSettings({ ...own, OTHER: '1' }), own);
  });
  test('k6 talks, starts and ends as the command needs it', () => {
    const env = { K6_LINGER: 'true', K6_PAUSED: 'true', K6_SUMMARY_MODE: 'disabled', K6_LOG_FORMAT: 'json' };
    assert.deepEqual(Object.keys(k6Environment({ ...env, K6_LOG_OUTPUT: 'none', K6_OUT: 'csv' })), [
      'K6_OUT',
      'K6_AUTO_EXTENSION_RESOLUTION',
      'K6_NO_USAGE_REPORT',
    ]);
  });
  test('--quick makes sessions of stability short, unless the user set their lengths', () => {
    assert.equal(withQuickValues({}, 'stability')['THINK_SECONDS'], '1-3');
    assert.equal(withQuickValues({ THINK_SECONDS: '7' }, 'stability')['THINK_SECONDS'], '7');
    assert.equal(withQuickValues({}, 'sustain')['THINK_SECONDS'], undefined);
  });
  test('--quick fills what is not set, and makes a usable plan', () => {
    const config = readConfig(
      withQuickValues({ ENCRYPTION: 'none', RAMP_START_SESSIONS: '80' }),
      CHATBOT_SECTIONS,
    );
    assert.deepEqual([config.ramp.startSessions, config.ramp.maxSessions], [80, 80]);
    assert.equal(withQuickValues({ QUESTIONS_FILE: 'own.json' })['QUESTIONS'], undefined);
  });
});

describe('arguments for k6', () => {
  test('those that replace the load, bypass the checks or blind the command are refused', () => {
    const refused = [
      '--vus=5',
      '-u5',
      '-d',
      '--duration',
      '-i10',
      '--stage',
      '-s',
      '-e',
      '--env=A=b',
      '--address',
    ];
    for (const argument of refused)
      assert.equal(problems(() => refuseK6Arguments([argument])).length, 1, argument);
  });
  test('others pass', () => {
    assert.doesNotThrow(() =>
      refuseK6Arguments(['--tag', 'a=b', '--out', 'json=x.json', '--user-agent=x', 'stage']),
    );
  });
});

describe('the monitor', () => {
  const WORDS = liveWordsOf(CHATBOT_WORDS);
  const PROGRESS: Progress = {
    active: 8,
    peak: 8,
    began: 9,
    good: 1,
    vus: 0,
    errors502: 0,
    connection: 2,
    setup: 0,
  };
  test('says what the suite of the chatbot said', () => {
    assert.deepEqual(monitorLines(WORDS, RAMP, 415_060, PROGRESS), [
      '[monitor] 415.1 s | active invocations 8 | peak 8 | started 9 | completed 1',
      '[errors] 502: 0 | connection: 2 | setup: 0',
      '[stage] 3/11 | 110 sessions | next in 125 s',
    ]);
  });
  test('keeps to 80 columns', () => {
    const much = { ...PROGRESS, active: 5000, peak: 5000, began: 1_234_567, good: 1_234_567 };
    for (const line of monitorLines(WORDS, RAMP, 1_979_999, much)) assert.ok(line.length <= 80, line);
  });
  test('knows the last stage, the end, a burst and a silent k6', () => {
    assert.equal(
      monitorLines(WORDS, RAMP, 1_970_000, PROGRESS)[2],
      '[stage] 11/11 | 500 sessions | end in 10 s',
    );
    assert.equal(
      monitorLines(WORDS, RAMP, 1_980_000, PROGRESS)[2],
      '[stage] the plan is over | the last sessions end, at the latest in 155 s',
    );
    assert.equal(monitorLines(WORDS, BURST, 99_000, PROGRESS)[2], '[stage] 1/1 | 20 sessions, each once');
    assert.equal(monitorLines(WORDS, RAMP, 5000, undefined)[0], '[monitor] 5.0 s | k6 does not answer');
    const atTheEnd = monitorLines(WORDS, RAMP, RAMP.plan.end ?? 0, undefined);
    assert.deepEqual(
      atTheEnd.map((line) => line.slice(0, 24)),
      ['[stage] the plan is over'],
    );
  });
  test('changes the stage exactly at its end', () => {
    assert.equal(stageAt(PLAN, 179_999)?.number, 1);
    assert.equal(stageAt(PLAN, 180_000)?.number, 2);
    assert.equal(stageAt(PLAN, 1_980_000), undefined);
  });
  test('tells how a stage was', () => {
    const [stage] = PLAN.stages;
    assert.ok(stage);
    assert.equal(
      stageOverLine(WORDS, PLAN, stage, { began: 900, success: 0.99925, p95: 3812 }),
      'stage 1/11 over: 10 sessions, success 99.92 %, p95 3.81 s',
    );
    const line = (began: number, success?: number, p95?: number) =>
      stageOverLine(WORDS, PLAN, stage, { began, success, p95 }).replace(
        'stage 1/11 over: 10 sessions, ',
        '',
      );
    assert.equal(line(9), 'none answered yet');
    assert.equal(line(0), 'no invocations');
    assert.equal(line(9, 0, 0), 'success 0.00 %');
  });
});

describe('the generator', () => {
  const METRICS = [
    '# TYPE process_cpu_seconds_total counter',
    'process_cpu_seconds_total 12.5',
    'process_resident_memory_bytes 7.7090816e+07',
    'process_open_fds 31',
    'process_max_fds 20000',
    'go_sched_gomaxprocs_threads 2',
    '',
  ].join('\n');
  const reading = (at: number, cpuSeconds: number) => ({
    at,
    cpuSeconds,
    memoryBytes: 1e6 * at,
    openFiles: 10,
    maxOpenFiles: 1024,
    cores: 2,
  });
  test('is read from the metrics of the process', () => {
    assert.deepEqual(parseReading(METRICS, 7), {
      at: 7,
      cpuSeconds: 12.5,
      memoryBytes: 77_090_816,
      openFiles: 31,
      maxOpenFiles: 20_000,
      cores: 2,
    });
    assert.equal(parseReading('nothing', 7), undefined);
  });
  test('shares are of the cores that k6 may use', () => {
    const report = generatorReport([reading(5000, 1), reading(6000, 2), reading(8000, 6)], 64);
    assert.deepEqual(
      report.samples.map(({ second, seconds, cpu }) => [second, seconds, cpu]),
      [
        [1, 1, 0.5],
        [3, 2, 1],
      ],
    );
    assert.deepEqual([report.cores, report.peakCpu, report.busySeconds], [2, 1, 2]);
    assert.equal(report.averageCpu, 0.833);
  });
  test('readings close together and clocks that differ make no peak of more than all cores', () => {
    const readings = [
      reading(0, 0),
      reading(1000, 1),
      reading(1140, 1.6),
      reading(2000, 2.1),
      reading(3000, 4.3),
    ];
    const { samples, peakCpu, averageCpu } = generatorReport(readings, 2);
    assert.deepEqual(
      samples.map(({ seconds, cpu }) => [seconds, cpu]),
      [
        [1, 0.5],
        [1, 0.55],
        [1, 1],
      ],
    );
    assert.deepEqual([peakCpu, averageCpu], [1, 0.683]);
  });
  test('without readings nothing is claimed', () => {
    const { cores, peakCpu, peakMemoryBytes, samples } = generatorReport([], 4);
    assert.deepEqual([cores, peakCpu, peakMemoryBytes, samples], [4, null, null, []]);
  });
  test('only seconds in a row count as busy, and those over 90 %', () => {
    const cpu = (...shares: number[]) => busySeconds(shares.map((share) => ({ cpu: share, seconds: 1 })));
    assert.equal(cpu(0.95, 0.95, 0.9, 0.95, 0.95, 0.95, 0.1), 3);
    assert.equal(cpu(), 0);
  });
});

describe('judgement without a summary', () => {
  const idle = { busySeconds: 0, averageCpu: null };
  const none = { errors: 0, warnings: 0, first: undefined };
  const end = { exitCode: 0, stops: 0, overdue: false };
  test('INVALID names the exit code and the first error', () => {
    const verdict = judge(undefined, { ...end, exitCode: 2 }, idle, { ...none, errors: 1, first: 'panic' });
    assert.deepEqual(
      [verdict.result, verdict.sentence],
      ['INVALID', 'k6 wrote no summary and ended with exit code 2: panic'],
    );
  });
  test('INVALID when k6 hung', () => {
    assert.equal(judge(undefined, { ...end, exitCode: 137, overdue: true }, idle, none).result, 'INVALID');
  });
  test('ABORTED when somebody stopped it', () => {
    assert.equal(judge(undefined, { ...end, exitCode: 105, stops: 1 }, idle, none).result, 'ABORTED');
    assert.equal(judge(undefined, { ...end, exitCode: 137, stops: 2 }, idle, none).result, 'ABORTED');
  });
});

describe('the report folder', () => {
  test('is called after the time in UTC and the script', () => {
    assert.equal(folderName(new Date('2026-11-21T03:10:22.999Z'), 'ramp'), '2026-11-21T03-10-22Z-ramp');
    assert.equal(folderName(new Date(0), 'a b/c'), '1970-01-01T00-00-00Z-a_b_c');
  });
  test('appears whole, and two of the same second are told apart', (t) => {
    const reports = join(folder(t), 'reports');
    const [first, second] = [new ReportFolder(reports, 'x'), new ReportFolder(reports, 'x')];
    first.write('a.json', { a: 1 });
    assert.deepEqual(readdirSync(reports).sort(), ['.x-2.partial', '.x.partial']);
    assert.equal(second.publish(), join(reports, 'x-2'));
    assert.equal(first.publish(), join(reports, 'x'));
    const third = new ReportFolder(reports, 'x');
    third.discard();
    assert.deepEqual(readdirSync(reports).sort(), ['x', 'x-2']);
    assert.deepEqual(readdirSync(join(reports, 'x')), ['a.json']);
  });
  test('a folder that cannot be made is a sentence', (t) => {
    const here = folder(t);
    mkdirSync(join(here, 'd'));
    writeFileSync(join(here, 'd', 'file'), '');
    const [problem = ''] = problems(() => new ReportFolder(join(here, 'd', 'file'), 'x'));
    assert.match(problem, /^No report folder can be made in .* Give another one with --reports\.$/);
  });
});
