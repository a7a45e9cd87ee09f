// Is the memory of a target read, compared and told as it is: what a level costs, what nobody knows, and whose process it is?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import type { Input, Prepared } from '../lib/before/prepare.ts';
import { allDialledAt, apart } from '../lib/plans/apart.ts';
import { levelMemory } from '../lib/measures/levelMemory.ts';
import { parseLimits } from '../lib/words/limits.ts';
import { readMemory, type MemoryReading } from '../lib/measures/memoryReading.ts';
import { metricsOf } from '../lib/vocabulary/vocabulary.ts';
import { tolerancesWith, toleranceOf } from '../report/compare/tolerance.ts';
import { generatorLevels } from '../report/derive/generatorMemory.ts';
import { summaryOf, type RunSummary } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { renderHtml } from '../report/html/page.ts';
import { MEMORY } from '../report/parts/memory.ts';
import { memoryOf, parsePs, parseStatus } from '../cli/process/processMemory.ts';
import { serveMemory, withAddressOfProcess } from '../cli/setup/memoryOfProcess.ts';
import { AGENTS_SECTIONS } from '../systems/agents/settings.ts';
import { prepare } from '../systems/graph/connections/connectionsBefore.ts';
import { CONNECTIONS_SECTIONS } from '../systems/graph/connections/connectionsSettings.ts';
import { CONNECTIONS_WORDS } from '../systems/graph/connections/connectionsWords.ts';
import { problems, problemsOfAsync } from './support/problems.ts';
import { counter, k6Data, rate, trend, type Metrics } from './support/runData.ts';

const MB = 1e6;

describe('a reply tells the memory', () => {
  test('as JSON, with what else it knows', () => {
    const text = '{"memory_rss_bytes": 5000000, "memory_peak_bytes": 6000000, "sockets_open": 0, "open": 9}';
    assert.deepEqual(readMemory(text), { bytes: 5 * MB, peakBytes: 6 * MB, sockets: 0 });
    assert.deepEqual(readMemory('{"memory_rss_bytes": 1, "sockets_open": "3"}'), { bytes: 1 });
  });

  test('as a text of Prometheus', () => {
    const line = (value: string): string =>
      `# HELP\ngo_goroutines 3\nprocess_resident_memory_bytes${value}\n`;
    assert.deepEqual(readMemory(line(' 1.5e+07')), { bytes: 15 * MB });
    assert.deepEqual(readMemory(line('{job="a b"} 15000000 1700000000000')), { bytes: 15 * MB });
    for (const value of ['', ' NaN', ' 0', ' +Inf', '_total 5', ' -3'])
      assert.equal(readMemory(line(value)), undefined, value);
  });

  test('or not', () => {
    for (const text of ['', 'null', '[]', '7', '{}', '{"memory_rss_bytes": null}', '{"memory_rss_bytes": 0}'])
      assert.equal(readMemory(text), undefined, text);
  });
});

describe('what a level costs', () => {
  const readings = (list: readonly number[], sockets?: number): MemoryReading[] =>
    list.map((bytes) => (sockets === undefined ? { bytes } : { bytes, sockets }));

  test('is what lasted while it was open, beyond the least before', () => {
    const cost = levelMemory(readings([103, 100, 101], 0), readings([120, 150, 121, 122, 119], 10), 10, 2);
    assert.deepEqual(cost, { before: 100, open: 121, perConnection: 2.1 });
  });

  test('is not hidden by what a collector gives back in the middle', () => {
    const held = readings([120, 120, 120, 105, 105, 105], 10);
    assert.deepEqual(levelMemory(readings([100], 0), held, 10, 3), {
      before: 100,
      open: 120,
      perConnection: 2,
    });
  });

  test('is of the connections that there were, by the count of the target', () => {
    const quiet = [...readings([50], 5), ...readings([100, 104], 1)];
    const held = [...readings([900], 7), ...readings([118], 9)];
    assert.deepEqual(levelMemory(quiet, held, 10, 4), { before: 100, open: 118, perConnection: 2.25 });
    assert.equal(levelMemory(readings([100], 2), readings([900], 2), 10, 4), undefined, 'none came');
  });

  test('is of the level where the target does not count', () => {
    assert.equal(levelMemory(readings([100]), readings([120]), 10, 4)?.perConnection, 2);
  });

  test('is never below nothing, and unknown without readings', () => {
    assert.equal(levelMemory(readings([100]), readings([90]), 10, 4)?.perConnection, 0);
    assert.equal(levelMemory([], readings([90]), 10, 4), undefined);
    assert.equal(levelMemory(readings([90]), [], 10, 4), undefined);
  });
});

describe('levels apart', () => {
  const settings = { levels: [10, 50], seconds: 20, quietSeconds: 2, staggerSeconds: 0.02 };

  test('begin with quiet, and count their places by themselves', () => {
    const plan = apart(settings);
    const times = plan.stages.map(({ level, start, hold, end }) => [level, start, hold, end]);
    assert.deepEqual(times, [
      [10, 0, 2000, 20_000],
      [50, 20_000, 22_000, 40_000],
    ]);
    assert.deepEqual([plan.perVu, plan.apart, plan.end, plan.falls], [1, true, 40_000, undefined]);
    assert.equal(apart({ ...settings, levels: [3, 2] }).falls, true);
    const [first, second] = plan.stages;
    assert.deepEqual(
      [first, second].map((stage) => stage && allDialledAt(stage, 0.02)),
      [2180, 22_980],
    );
  });

  test('need time to open and to stay', () => {
    assert.throws(
      () => apart({ ...settings, seconds: 2 }),
      /^RangeError: LEVEL_SECONDS is 2, which leaves no time/,
    );
    assert.throws(
      () => apart({ ...settings, levels: [10, 1000] }),
      /^RangeError: STAGGER_SECONDS is 0.02, with which 1000 connections take 20 s to open, more than half of the 17.8 s/,
    );
  });
});

const THRESHOLDS = readFileSync(new URL('../thresholds/connections.json', import.meta.url), 'utf8');

function prepared(env: Record<string, string>, thresholds = THRESHOLDS): Prepared<null> | string {
  const input: Input = {
    ...{ name: 'connections', load: 'apart', defaults: {}, thresholds, env },
    readFile: () => {
      throw new Error('There is no file.');
    },
  };
  return prepare(input);
}

function accepted(env: Record<string, string>, thresholds?: string): Prepared<null> {
  const run = prepared(env, thresholds);
  if (typeof run === 'string') throw new Error(run);
  return run;
}

function refusal(env: Record<string, string>): string {
  const run = prepared(env);
  return typeof run === 'string' ? run : 'It is not refused.';
}

const WS_URL = 'ws://chat.example.com/ws';

describe('before a run', () => {
  test('limits on memory need an address that tells it', () => {
    assert.equal(
      prepared({ WS_URL }),
      'target_memory_per_connection and target_memory have limits, but MEMORY_URL is not set, so there would be none: set it, or remove the limits.',
    );
    accepted({ WS_URL, MEMORY_URL: 'https://chat.example.com/metrics' });
  });

  test('without such limits there is nothing beside the connections, and nothing to read', () => {
    const { options } = accepted({ WS_URL }, '{"target": {"connection_success": ["rate>0.9"]}}');
    assert.deepEqual(Object.keys(options['scenarios'] as object), ['connections']);
  });

  test('the reference target at its usual port tells its own', () => {
    const { options, config, sessionConfig } = accepted({});
    assert.deepEqual(Object.keys(options['scenarios'] as object), ['connections', 'memory']);
    assert.equal((config as { memoryUrl?: string }).memoryUrl, 'http://127.0.0.1:8000/stats');
    assert.ok('memoryUrl' in sessionConfig);
  });

  test('each limit on memory is guarded by a level that was measured', () => {
    const { options } = accepted({});
    const thresholds = options['thresholds'] as Record<string, string[]>;
    assert.deepEqual(thresholds['target_memory_per_connection{stage:1}']?.slice(1), ['max<1000000']);
    assert.deepEqual(thresholds['target_memory{stage:2}'], ['max>=0'], 'only at 100');
    assert.deepEqual(thresholds['target_memory{stage:3}']?.slice(1), ['max<200000000']);
    for (const stage of [1, 2, 3])
      assert.deepEqual(thresholds[`levels_measured{stage:${stage}}`], ['count>=0', 'count>0']);
  });

  test('its own levels are refused by their own name, and another plan is', () => {
    assert.match(
      refusal({ CONNECTION_LEVELS: '10,x' }),
      /^CONNECTION_LEVELS is "10,x": .* CONNECTION_LEVELS=1,10,50\.$/,
    );
    assert.match(refusal({ PROFILE: 'soak' }), /^PROFILE is set, but this script needs its own plan/);
    assert.match(refusal({ LEVEL_SECONDS: '2' }), /^LEVEL_SECONDS is 2/);
    assert.match(refusal({ MEMORY_PID: '-1' }), /^MEMORY_PID is "-1": it must be the number of a process/);
  });
});

/** k6's metrics of two levels that were measured: 10 connections of 2 MB each, and 20 of 1 MB. */
const MEASURED: Metrics = {
  clients_started: counter(30),
  clients_completed: counter(30),
  clients_ended: counter(30),
  client_success: rate(30, 0),
  client_duration: trend(30, 5000),
  readings_begun: counter(80),
  readings_taken: counter(80),
  readings_failed: counter(0),
  reading_success: rate(80, 0),
  ...stageOf(1, { before: 100 * MB, open: 120 * MB, each: 2 * MB, peak: 130 * MB }),
  ...stageOf(2, { before: 110 * MB, open: 130 * MB, each: MB, peak: 0 }),
};

function stageOf(stage: number, memory: Record<'before' | 'open' | 'each' | 'peak', number>): Metrics {
  const at = (name: string) => `${name}{stage:${stage}}`;
  const gauge = (value: number) => ({ value, min: value, max: value });
  return {
    [at('connection_success')]: rate(10 * stage, 0),
    [at('connections_attempted')]: counter(10 * stage),
    [at('hold_vu_time')]: counter(10 * stage * 18_000),
    [at('hold_connection_time')]: counter(10 * stage * 17_000),
    [at('target_memory')]: { ...trend(40, memory.open), max: memory.open + MB },
    [at('target_memory_per_connection')]: { ...trend(1, memory.each), max: memory.each },
    [at('target_memory_before')]: gauge(memory.before),
    [at('target_memory_open')]: gauge(memory.open),
    [at('target_memory_peak')]: gauge(memory.peak),
    [at('levels_measured')]: counter(1),
  };
}

function summary(changes: Metrics = {}, limits = LIMITED): RunSummary {
  const test = {
    ...{ script: 'connections', vocabulary: CONNECTIONS_WORDS, level: 'target' as const },
    ...{ requiredSessions: null, generatorLagLimitMs: 25, stopsAtBreak: false },
    settings: { levels: { staggerSeconds: 0.02 } },
    plan: apart({ levels: [10, 20], seconds: 20, quietSeconds: 2, staggerSeconds: 0.02 }),
    limits: parseLimits(limits, 'limits.json', metricsOf(CONNECTIONS_WORDS)).target,
  };
  return summaryOf(test, k6Data({ ...MEASURED, ...changes }, 41_000));
}

const LIMITED =
  '{"target": {"target_memory_per_connection": ["max<3000000"], "connection_success": ["rate>0.9"]}}';

const NOT_MEASURED: Metrics = {
  'target_memory_per_connection{stage:2}': { count: 0, avg: 0, max: 0 },
  'target_memory_before{stage:2}': { value: 0 },
  'target_memory_open{stage:2}': { value: 0 },
  'levels_measured{stage:2}': counter(0),
  readings_taken: counter(60),
  readings_failed: counter(20),
};

describe('the part of a report', () => {
  test('has each level, and its figures are those of the worst', () => {
    const run = summary();
    assert.deepEqual(run.memory, {
      levels: [
        { stage: 1, level: 10, before: 100 * MB, open: 120 * MB, perConnection: 2 * MB, peak: 130 * MB },
        { stage: 2, level: 20, before: 110 * MB, open: 130 * MB, perConnection: MB, peak: 131 * MB },
      ],
    });
    assert.deepEqual(
      run.stages.map(({ measures }) => measures['target_memory_open']),
      [120 * MB, 130 * MB],
    );
    assert.deepEqual(MEMORY.lines(run), [['memory', '2 MB a connection at 10, 1 MB at 20, at most 131 MB']]);
    assert.deepEqual(
      MEMORY.figures?.map(({ value }) => value(run)),
      [2 * MB, 131 * MB],
    );
    assert.equal(verdictOf(run).result, 'PASS');
  });

  test('says what a level costs k6, where somebody looked', () => {
    const looks = Array.from({ length: 40 }, (_, second) => ({
      second,
      memoryBytes: 200 * MB + (second < 3 ? 0 : 3 * MB) + (second < 23 ? 0 : 10 * MB) + second * 1000,
    }));
    const levels = generatorLevels(summary(), looks);
    assert.deepEqual(levels, [
      { stage: 1, most: 203 * MB + 19_000, perConnection: 300_300 },
      { stage: 2, most: 213 * MB + 39_000, perConnection: 500_150 },
    ]);
    const observed = { ...SEEN, levels };
    const [, line] = MEMORY.lines({ ...summary(), observed });
    assert.deepEqual(line, ['memory of k6', '300 kB a connection at 10, 500 kB at 20, at most 213 MB']);
    assert.equal(generatorLevels(summary(), [])?.length, 0);
  });

  test('draws memory over connections, and has all of it in a table', () => {
    const run = summary({}, '{"target": {"target_memory": ["max<200000000"]}}');
    const page = renderHtml({ summary: run, verdict: verdictOf(run) });
    const [section = ''] = /<section id="memory">[\s\S]*?<\/section>/.exec(page) ?? [];
    for (const text of ['limit 200\u00a0MB', '>connections<', 'while they are open', '<td>131\u00a0MB</td>'])
      assert.ok(section.includes(text), `${text} is not in ${section}`);
    assert.equal(section.match(/class="marker/g)?.length, 3 + 2 * 6, 'a point for each value, twice');
  });

  test('does not let a limit pass whose memory nobody knows', () => {
    const run = summary(NOT_MEASURED);
    const { result, reasons } = verdictOf(run);
    assert.equal(result, 'INVALID');
    assert.deepEqual(reasons, [
      'the memory of the target was not measured to the end of stage 2, for 20 of 80 readings failed: check what MEMORY_URL answers',
      'stage 2 has no samples for target memory per connection max: check MEMORY_URL',
    ]);
    assert.match(MEMORY.lines(run)[0]?.[1] ?? '', /^2 MB a connection at 10, at most 131 MB$/);
  });

  test('not even where only single readings are limited', () => {
    const run = summary(NOT_MEASURED, '{"target": {"target_memory": ["max<900000000"]}}');
    assert.equal(verdictOf(run).result, 'INVALID');
  });

  test('is silent where nothing is limited, where no level binds, and where another limit broke', () => {
    const free = '{"target": {"connection_success": ["rate>0.9"]}}';
    assert.equal(verdictOf(summary(NOT_MEASURED, free)).result, 'PASS');
    assert.equal(
      verdictOf({ ...summary(NOT_MEASURED), ...onlyFirstBinds(summary(NOT_MEASURED)) }).result,
      'PASS',
    );
    const refused = { ...NOT_MEASURED, 'connection_success{stage:2}': rate(1, 19) };
    assert.equal(verdictOf(summary(refused)).result, 'FAIL');
  });

  test('is not there where nothing was read', () => {
    assert.equal(summary({ readings_begun: counter(0) }).memory, undefined);
  });

  test('is compared by bytes, with a tolerance of its own', () => {
    assert.deepEqual(toleranceOf('target_memory_per_connection', 'bytes', {}).absolute, 200_000);
    const units = { target_memory: 'bytes' } as const;
    assert.deepEqual(tolerancesWith([['target_memory', '10%,500kB']], units), {
      target_memory: { relative: 0.1, absolute: 500_000 },
    });
    assert.deepEqual(
      problems(() => tolerancesWith([['target_memory', '5']], units)),
      [
        '--tolerance target_memory is "5": write a share, an amount or both, for example target_memory=20%,500kB.',
      ],
    );
  });
});

const SEEN = {
  ...{ exitCode: 0, busySeconds: 0, peakConcurrent: 20, cores: 2 },
  ...{ peakCpu: 0.1, averageCpu: 0.1, peakMemoryBytes: 213 * MB },
};

function onlyFirstBinds({ stages }: RunSummary): Pick<RunSummary, 'stages'> {
  return { stages: stages.map((stage) => ({ ...stage, binding: stage.number === 1 })) };
}

describe('the memory of a process', () => {
  test('is read of what the system says', () => {
    const status = 'Name:\tnode\nVmPeak:\t 9 kB\nVmHWM:\t    3000 kB\nVmRSS:\t    2000 kB\n';
    assert.deepEqual(parseStatus(status), { memory_rss_bytes: 2_048_000, memory_peak_bytes: 3_072_000 });
    assert.equal(parseStatus('Name:\tnode\nState:\tZ (zombie)\n'), undefined);
    assert.deepEqual(parsePs('  2000\n'), { memory_rss_bytes: 2_048_000 });
    for (const text of ['', '0\n', 'ps: no such process\n']) assert.equal(parsePs(text), undefined);
  });

  test('is that of the process with the number', async () => {
    const { memory_rss_bytes = 0 } = (await memoryOf(process.pid)) ?? {};
    const ratio = memory_rss_bytes / process.memoryUsage.rss();
    assert.ok(ratio > 0.5 && ratio < 2, `${memory_rss_bytes} bytes`);
  });

  const child = (t: TestContext) => {
    const process_ = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
    t.after(() => process_.kill('SIGKILL'));
    return process_;
  };

  test('is told at an address as long as there is one', async (t) => {
    const process_ = child(t);
    const served = await serveMemory({ MEMORY_PID: ` ${process_.pid} ` }, CONNECTIONS_SECTIONS);
    t.after(() => served?.stop());
    const url = served?.addresses['MEMORY_URL'] ?? '';
    const ask = async () => {
      const reply = await fetch(url);
      return [reply.status, readMemory(await reply.text())] as const;
    };
    const [status, reading] = await ask();
    assert.equal(status, 200);
    assert.ok((reading?.bytes ?? 0) > MB);
    process_.kill('SIGKILL');
    await once(process_, 'exit');
    assert.deepEqual(await ask(), [404, undefined]);
  });

  test('is refused where there is no such process, or an address, too', async (t) => {
    const process_ = child(t);
    const gone = child(t);
    gone.kill('SIGKILL');
    await once(gone, 'exit');
    const refused = (variables: Record<string, string>) =>
      problemsOfAsync(() => serveMemory(variables, CONNECTIONS_SECTIONS));
    assert.deepEqual(await refused({ MEMORY_PID: String(gone.pid) }), [
      `MEMORY_PID is ${gone.pid}, but there is no such process on this machine, or its memory can't be read: give the number of the process of your back end.`,
    ]);
    assert.deepEqual(await refused({ MEMORY_PID: String(process_.pid), MEMORY_URL: 'http://x.example' }), [
      'MEMORY_PID and MEMORY_URL are both set: unset the one that is not meant.',
    ]);
    assert.match((await refused({ MEMORY_PID: 'node' }))[0] ?? '', /^MEMORY_PID is "node": it must be/);
  });

  test('is nothing to a run that does not ask for it', async () => {
    assert.equal(await serveMemory({}, CONNECTIONS_SECTIONS), undefined);
    assert.equal(await serveMemory({ MEMORY_PID: 'node' }, AGENTS_SECTIONS), undefined);
    assert.deepEqual(withAddressOfProcess({ WS_URL }), { WS_URL });
    const { MEMORY_URL = '' } = withAddressOfProcess({ MEMORY_PID: '1' });
    assert.equal(typeof prepared({ WS_URL, MEMORY_URL }), 'object');
  });
});
