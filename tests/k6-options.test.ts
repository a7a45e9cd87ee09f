// Which options and variables of k6 would change the load, its samples or how it is judged, and is each of them refused
// or noticed: by plain k6, and by `crescendo run`?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { refuseK6Arguments } from '../cli/k6/k6Arguments.ts';
import { gatherSettings } from '../cli/setup/environment.ts';
import { k6Options, overriddenOption } from '../lib/before/k6Options.ts';
import { InputError } from '../lib/words/settings.ts';
import { startTarget, type Target } from '../target/server.ts';
import { summaryOf } from './support/books.ts';
import { bundle } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path, runBundle, runK6, type K6Run } from './support/k6.ts';
import { settingsFor } from './support/target.ts';

/** Values with which an option changes something. */
const VALUES: Record<string, string> = {
  '--vus': '1',
  '--duration': '1s',
  '--iterations': '1',
  '--stage': '1s:1',
  '--execution-segment': '0:1/5',
  '--execution-segment-sequence': '0,1/2,1',
  '--rps': '3',
  '--min-iteration-duration': '1s',
  '--summary-trend-stats': 'avg,max',
  '--system-tags': 'name',
  K6_VUS: '1',
  K6_DURATION: '1s',
  K6_ITERATIONS: '1',
  K6_STAGES: '1s:1',
  K6_RPS: '3',
  K6_MIN_ITERATION_DURATION: '1s',
  K6_SUMMARY_TREND_STATS: 'avg,max',
  K6_THRESHOLDS: '{"iterations": ["count>0"]}',
  K6_SYSTEM_TAGS: 'name',
};

/** What k6's other options do has no part in load, samples or judgement. */
const HARMLESS = [
  ...['--no-teardown', '--max-redirects', '--batch', '--batch-per-host', '--user-agent', '--http-debug'],
  ...['--insecure-skip-tls-verify', '--no-connection-reuse', '--no-vu-connection-reuse', '--throw'],
  ...['--blacklist-ip', '--block-hostnames', '--summary-time-unit', '--local-ips', '--dns'],
  ...['--compatibility-mode', '--type', '--summary-export', '--traces-output', '--out', '--no-usage-report'],
  ...['--features', '--help', '--config', '--no-color', '--profiling-enabled', '--quiet', '--secret-source'],
  '--verbose',
];
/** Only of names that Crescendo needs for itself. */
const TAG = '--tag';
/** How plain k6 starts, talks and ends, which `crescendo run` needs for itself. */
const FOR_THE_COMMAND = [
  ...['--paused', '--linger', '--address', '--summary-mode', '--console-output', '--log-format'],
  ...['--log-output', '--include-system-env-vars', '--env'],
];

const longFlags = k6Options().flatMap(({ flags }) => flags.filter((flag) => flag.startsWith('--')));
const variables = k6Options().flatMap((option) => option.variables);
const given = (flag: string) => (VALUES[flag] === undefined ? [flag] : [flag, VALUES[flag]]);

let target: Target;
before(async () => {
  target = await startTarget({ port: 0, firstChunkMs: 5, gapMs: 1, chunks: 2 });
});
after(() => target.close());

const settings = () => ({
  ...settingsFor(target),
  NUM_SESSIONS: '10',
  QUESTIONS: 'MED1060:2',
  GENERATOR_LAG_LIMIT_MS: '100000',
});

function plain(args: string[], env: Record<string, string> = {}, files = {}): Promise<K6Run> {
  return runK6({ source: 'scripts/burst.ts', args, files, env: { ...settings(), ...env } });
}

/** No load was made, and one sentence says why. */
function assertRefused(run: K6Run, exitCode: number, sentence: RegExp): void {
  assert.equal(run.exitCode, exitCode, run.stderr);
  assert.match(run.stderr, sentence);
  assert.doesNotMatch(run.stderr, /^\s+at /m);
  assert.equal(run.summary, undefined, 'no session was started');
}

describe('the list of options', () => {
  test('names every option that k6 has', () => {
    const { stdout } = spawnSync(k6Path(), ['run', '--help'], { encoding: 'utf8' });
    const all = [...stdout.matchAll(/^ +(?:-\w, )?(--[\w-]+)/gm)].map(([, flag = '']) => flag);
    const known = new Set([...longFlags, ...HARMLESS, ...FOR_THE_COMMAND, TAG]);
    assert.ok(all.length > 40, stdout);
    assert.deepEqual(
      all.filter((flag) => !known.has(flag)),
      [],
      'an option that nobody has looked at: does it change load, samples or judgement?',
    );
  });
});

describe('plain k6 refuses before any load', () => {
  /** A script can't see this one; it is noticed at the end. */
  const unseen = ['--no-thresholds', '--new-machine-readable-summary'];
  for (const flag of longFlags.filter((name) => !unseen.includes(name) && name !== '--no-setup'))
    test(flag, async () => {
      const own = flag === '--execution-segment-sequence' ? ['--execution-segment', '0:1/2'] : [];
      assertRefused(await plain([...own, ...given(flag)]), 107, /k6 was given .* of its own \(by /);
    });

  test('--no-setup, at the first iteration', async () => {
    assertRefused(await plain(['--no-setup']), 108, /the check before the load did not run/);
  });

  for (const name of variables)
    test(name, async () => {
      const run = await plain([], { [name]: VALUES[name] ?? 'true' });
      // k6 itself can't read this one.
      const exitCode = name === 'K6_THRESHOLDS' ? run.exitCode : 107;
      assert.notEqual(run.exitCode, 0);
      assertRefused(run, exitCode, name === 'K6_THRESHOLDS' ? /threshold/i : new RegExp(`${name} would `));
    });

  test('a tag of a name that the run is counted by', async () => {
    assertRefused(await plain(['--tag', 'stage=9']), 107, /k6 was given \S*tags\S* of its own/);
    assert.equal((await plain(['--tag', 'build=42'])).exitCode, 0);
  });

  const CONFIG: Record<string, unknown> = {
    executionSegment: '0:1/2',
    rps: 3,
    minIterationDuration: '1s',
    discardResponseBodies: true,
    noSetup: true,
    tags: { reason: 'x' },
  };
  for (const [name, value] of Object.entries(CONFIG))
    test(`"${name}" in a config file`, async () => {
      const run = await plain(['--config', 'k6.json'], {}, { 'k6.json': JSON.stringify({ [name]: value }) });
      assertRefused(
        run,
        name === 'noSetup' ? 108 : 107,
        name === 'noSetup' ? /did not run/ : new RegExp(name),
      );
    });

  test('an archive with other settings than those it was made with', async (t) => {
    const here = folder(t);
    const archive = join(here, 'burst.tar');
    const env = { ...process.env, ...settings() };
    const args = ['archive', '--include-system-env-vars', '-O', archive, await bundle('scripts/burst.ts')];
    const made = spawnSync(k6Path(), args, { cwd: here, encoding: 'utf8', env });
    assert.equal(made.status, 0, made.stderr);
    const order = { env: { ...settings(), NUM_SESSIONS: '4' } };
    assertRefused(await runBundle(archive, order), 107, /k6 was given \S*scenarios\S* of its own/);
    assert.equal((await runBundle(archive, { env: settings() })).exitCode, 0);
  });
});

describe('plain k6 takes', () => {
  test('values that change nothing', async () => {
    const env = { K6_RPS: '0', K6_NO_THRESHOLDS: 'false', K6_DISCARD_RESPONSE_BODIES: 'false' };
    assert.equal((await plain(['--min-iteration-duration', '0'], env)).exitCode, 0);
  });
  test('options that have no part in load and judgement', async () => {
    const args = ['--throw', '--summary-time-unit', 's', '--no-connection-reuse', '--max-redirects', '0'];
    const run = await plain([...args, '--no-vu-connection-reuse', '--user-agent', 'me']);
    assert.deepEqual([run.exitCode, summaryOf(run).sessions.completed], [0, 10], run.stdout);
  });
});

describe('plain k6 notices at the end', () => {
  test('--no-thresholds: INVALID, though its exit code can only be 0', async () => {
    const run = await plain(['--no-thresholds']);
    const { verdict } = summaryOf(run);
    assert.deepEqual([run.exitCode, verdict.result], [0, 'INVALID']);
    assert.match(verdict.sentence, /^k6 was told not to judge \(--no-thresholds\)/);
  });

  test('--new-machine-readable-summary: no verdict, and a sentence', async () => {
    const run = await plain(['--new-machine-readable-summary']);
    assert.match(run.stderr, /There is no verdict, because k6 gave the summary a form/);
    assert.doesNotMatch(run.stdout, /PASS/);
  });

  test('percentiles that are missing, whoever left them out', async () => {
    const env = { ...settings(), LOAD: 'burst' };
    for (const stats of ['avg,max', 'count,avg,p(95)', 'p(95),p(99)']) {
      const args = ['--summary-trend-stats', stats];
      const { verdict } = summaryOf(await runK6({ source: 'tests/k6/other-load.ts', args, env }));
      assert.equal(verdict.result, 'INVALID', stats);
      assert.match(verdict.sentence, /^k6 kept no .*: leave out summaryTrendStats/, stats);
    }
  });
});

describe('crescendo run refuses', () => {
  const refusal = (args: string[]): string => {
    try {
      refuseK6Arguments(args);
    } catch (error) {
      if (error instanceof InputError) return error.message;
      throw error;
    }
    return '';
  };
  for (const flag of [...longFlags, ...FOR_THE_COMMAND])
    test(`-- ${flag}`, () => {
      assert.match(refusal(given(flag)), new RegExp(`^${flag} .*\\.$`));
      assert.match(refusal([`${flag}=${VALUES[flag] ?? 'true'}`]), new RegExp(`^${flag} .*\\.$`));
    });
  for (const short of ['-u', '-u5', '-qu5', '-d', '-i9', '-s', '-e', '-p', '-a', '-l', '-ql'])
    test(`-- ${short}`, () => assert.notEqual(refusal([short]), ''));
  for (const arg of [...HARMLESS, TAG, '-q', '-v', '-o', '-c', '-t', '--no-thresholds=false', '--rps=0'])
    test(`but not -- ${arg}`, () => assert.equal(refusal([arg]), ''));

  for (const name of variables)
    test(name, () => {
      const all = () => gatherSettings([], { [name]: VALUES[name] ?? 'true' }, '/nowhere');
      assert.throws(all, new RegExp(`${name} would .*\\. Unset it\\.`));
      if (VALUES[name] === undefined) gatherSettings([], { [name]: 'false' }, '/nowhere');
    });

  const own = ['-e', 'NUM_SESSIONS=2', '-e', 'QUESTIONS=MED1060:1'];
  const env = { K6: k6Path() };
  test('an execution segment, with exit code 2 and no report', async (t) => {
    const args = ['run', 'burst', ...own, '--', '--execution-segment', '0:1/5'];
    const { exitCode, stderr } = await crescendo(args, { folder: folder(t), env });
    assert.deepEqual([exitCode, stderr.split('\n').length], [2, 2], stderr);
    assert.match(
      stderr,
      /^--execution-segment would run only a part of the test.* run the whole test on one/,
    );
  });
  test('what only k6 can see, in its config file', async (t) => {
    const here = folder(t);
    for (const [file, content] of Object.entries({ rps: { rps: 5 }, noSetup: { noSetup: true } })) {
      writeFileSync(join(here, `${file}.json`), JSON.stringify(content));
      const args = ['run', 'burst', ...own, '--', '--config', `${file}.json`];
      const { exitCode, stdout, stderr } = await crescendo(args, { folder: here, env });
      assert.equal(exitCode, 2, stdout + stderr);
      assert.match(stderr, /k6 was given "rps" of its own|the check before the load did not run/);
    }
  });
});

describe('what k6 took', () => {
  const asked = {
    scenarios: { a: { executor: 'ramping-vus', stages: [{ duration: '90500ms', target: 3 }] } },
    systemTags: ['name', 'status'],
    summaryTrendStats: ['count', 'p(95)'],
    thresholds: { 'x{stage:1}': [{ threshold: 'count<1', abortOnFail: true, delayAbortEval: '60000ms' }] },
  };
  const taken = {
    ...asked,
    scenarios: {
      a: { executor: 'ramping-vus', startTime: null, stages: [{ duration: '1m30.5s', target: 3 }] },
    },
    systemTags: ['status', 'name', 'url'],
    thresholds: { 'x{stage:1}': [{ threshold: 'count<1', abortOnFail: true, delayAbortEval: '1m0s' }] },
    rps: null,
    noSetup: null,
  };
  test('is what was asked for, in its own words', () => {
    assert.equal(overriddenOption(taken, asked), undefined);
    assert.equal(overriddenOption({ ...taken, rps: 0, minIterationDuration: '0s' }, asked), undefined);
  });
  test('or is named', () => {
    const other = (change: object) =>
      /"(\w+)"/.exec(overriddenOption({ ...taken, ...change }, asked) ?? '')?.[1];
    const stages = (duration: string, target: number) => ({
      scenarios: { a: { executor: 'ramping-vus', stages: [{ duration, target }] } },
    });
    assert.equal(other(stages('1m31s', 3)), 'scenarios');
    assert.equal(other(stages('1m30.5s', 2)), 'scenarios');
    assert.equal(other({ scenarios: { ...taken.scenarios, b: {} } }), 'scenarios');
    assert.equal(other({ thresholds: {} }), 'thresholds');
    assert.equal(other({ thresholds: { ...taken.thresholds, more: ['count>0'] } }), 'thresholds');
    assert.equal(other({ summaryTrendStats: ['count', 'p(95)', 'p(99)'] }), 'summaryTrendStats');
    assert.equal(other({ systemTags: ['name'] }), 'systemTags');
    assert.equal(other({ minIterationDuration: '1ms' }), 'minIterationDuration');
  });
});
