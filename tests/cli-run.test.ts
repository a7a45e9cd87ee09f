// Does `crescendo run` end with the right verdict, exit code and files, with the real k6 against the real target?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import type { RunSummary } from '../report/derive/summary.ts';
import type { Verdict } from '../report/derive/verdict.ts';
import { withChatBooks } from './support/chat.ts';
import { FAULT_NAMES } from '../target/faults.ts';
import { crescendo, type CommandEnd } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { quickTarget, settingsFor } from './support/target.ts';

const K6 = { K6: k6Path() };
const KEY = '5ec2e7'.padEnd(64, '0');
const FILES = [
  'failures.csv',
  'generator.json',
  'junit.xml',
  'k6.log',
  'report.html',
  'report.md',
  'report.txt',
  'run.json',
  'stats.csv',
  'stats_history.csv',
  'summary.json',
  'timeline.ndjson',
  'verdict.json',
];
const SHORT = ['-e', 'NUM_SESSIONS=3', '-e', 'QUESTIONS=MED1060:2'];

/** The one report folder below `here`. */
function report(here: string): { files: string[]; read: (file: string) => string } {
  const reports = join(here, 'reports');
  const [name = '', ...more] = readdirSync(reports).filter((file) => !file.startsWith('history.duckdb'));
  assert.deepEqual(more, []);
  assert.match(name, /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\dZ-(ramp|burst)$/);
  const path = join(reports, name);
  return { files: readdirSync(path).sort(), read: (file) => readFileSync(join(path, file), 'utf8') };
}

const verdictIn = (here: string) => JSON.parse(report(here).read('verdict.json')) as Verdict;

/** One sentence on stderr, no stack trace, no report folder. */
function assertRefused({ exitCode, stderr }: CommandEnd, here: string, sentence: RegExp): void {
  assert.equal(exitCode, 2, stderr);
  assert.match(stderr, sentence);
  assert.doesNotMatch(stderr, /^\s+at /m);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
  const reports = join(here, 'reports');
  assert.deepEqual(existsSync(reports) ? readdirSync(reports) : [], []);
}

describe('crescendo run', () => {
  test('PASS: a ramp against the reference target, with monitor, stages and files, without the key', async (t) => {
    const here = folder(t);
    const env = { ...K6, ENCRYPTION_KEY: KEY, RAMP_INTERVAL_SECONDS: '6', RAMP_START_SESSIONS: '2' };
    const more = ['-e', 'RAMP_INCREMENT=2', '-e', 'RAMP_MAX_SESSIONS=4', '-e', 'QUESTIONS=MED1060:2'];
    const { exitCode, stdout, stderr } = await crescendo(['run', 'ramp', ...more], { folder: here, env });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(
      stdout,
      /^ramp → ws:\/\/127\.0\.0\.1:\d+ \(the reference target, started for this run\)\nplan: 2 → 4 sessions, 2 stages × 6 s; k6 2\./,
    );
    assert.match(
      stdout,
      /^\[monitor\] 5\.\d s \| active invocations \d+ \| peak \d+ \| started \d+ \| completed \d+$/m,
    );
    assert.match(stdout, /^\[errors\] 502: 0 \| connection: 0 \| setup: 0$/m);
    assert.match(stdout, /^\[stage\] 1\/2 \| 2 sessions \| next in [12] s$/m);
    assert.match(stdout, /^stage 1\/2 over: 2 sessions, success 100 %, p95 [\d.]+ m?s$/m);
    assert.match(
      stdout,
      /^PASS {5}holds 4 sessions[\s\S]*peak [34] seen[\s\S]*CPU peak \d+ %[\s\S]* files {8}reports/m,
    );
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);

    const { files, read } = report(here);
    assert.deepEqual(files, FILES);
    for (const file of files) assert.ok(!read(file).includes(KEY.slice(0, 12)), `${file} holds the key`);
    assert.ok(!stdout.includes(KEY.slice(0, 12)));
    const run = JSON.parse(read('run.json')) as {
      settings: Record<string, string>;
      target: { isReference: boolean; stats: { questions: number } };
      exitCode: number;
    };
    const summary = withChatBooks(JSON.parse(read('summary.json')) as RunSummary & { verdict: Verdict });
    assert.deepEqual(
      [run.exitCode, run.target.isReference, run.settings['RAMP_MAX_SESSIONS'], run.settings['API_BASE_URL']],
      [0, true, '4', undefined],
    );
    assert.equal(run.target.stats.questions, summary.questions.sent);
    assert.deepEqual(summary.verdict, JSON.parse(read('verdict.json')));
    assert.match(read('timeline.ndjson'), /"event":"snapshot"/);
    assert.ok((JSON.parse(read('generator.json')) as { samples: unknown[] }).samples.length >= 10);
    assert.match(read('report.txt'), /^PASS/m);
  });

  test('FAIL: 99, and a SUMMARY_FILE of the user gets its copy', async (t) => {
    const here = folder(t);
    writeFileSync(join(here, 'limits.json'), '{"target": {"answer_latency": ["p(95)<20"]}}');
    writeFileSync(join(here, '.env'), 'THRESHOLDS_FILE=limits.json\nSUMMARY_FILE=own.json\n');
    const { exitCode, stdout } = await crescendo(['run', 'burst', ...SHORT], { folder: here, env: K6 });
    assert.equal(exitCode, 99, stdout);
    assert.match(stdout, /^FAIL {5}holds no stage, breaks at 3 \(stage 1\): answer p95/m);
    assert.equal(verdictIn(here).result, 'FAIL');
    assert.deepEqual(report(here).files, FILES);
    assert.equal((JSON.parse(readFileSync(join(here, 'own.json'), 'utf8')) as RunSummary).script, 'burst');
  });

  test('INVALID: 3, with the reason first', async (t) => {
    const here = folder(t);
    const args = ['run', 'burst', ...SHORT, '-e', 'GENERATOR_LAG_LIMIT_MS=0'];
    const { exitCode, stdout } = await crescendo(args, { folder: here, env: K6 });
    assert.equal(exitCode, 3, stdout);
    assert.match(stdout, /^INVALID {2}the load generator was starved/m);
    assert.deepEqual(report(here).files, FILES);
  });

  const noSignals = process.platform === 'win32' && 'Windows has no signals to send';
  test(
    'ABORTED: 4 after one SIGINT; the ledger balances and the files are there',
    { skip: noSignals },
    async (t) => {
      const here = folder(t);
      const { exitCode, stdout, stderr } = await crescendo(['run', 'ramp', '--quick'], {
        folder: here,
        env: K6,
        interruptAt: '[monitor]',
      });
      assert.equal(exitCode, 4, stdout + stderr);
      assert.match(stderr, /^stopping: k6 finishes its report \(Ctrl-C again to end it now\)$/m);
      assert.match(stdout, /^ABORTED {2}stopped after .* 10 sessions interrupted$/m);
      assert.deepEqual(report(here).files, FILES);
      const summary = JSON.parse(report(here).read('summary.json')) as RunSummary;
      assert.deepEqual(
        summary.ledger.filter(({ balanced }) => !balanced),
        [],
      );
    },
  );

  test("k6's own arguments reach k6", async (t) => {
    const here = folder(t);
    const args = ['run', 'burst', ...SHORT, '--', '--out', `json=${join(here, 'samples.json')}`];
    const { exitCode, stdout, stderr } = await crescendo(args, { folder: here, env: K6 });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.ok(existsSync(join(here, 'samples.json')));
  });

  test("a chat project's own variables get a line and stop nothing", async (t) => {
    const here = folder(t);
    writeFileSync(join(here, '.env'), 'SESSION_PATH=/\nWEBSOCKET_ENABLED=true\nTOKEN_HASH=sha256\n');
    const env = { ...K6, ENCRYPTION_SECRET: 'x', WEBSOCKET_URL: 'wss://chat.example.com' };
    const args = ['run', 'burst', ...SHORT, '-e', 'RAMP_MAX_SESSIONS=77'];
    const { exitCode, stdout, stderr } = await crescendo(args, { folder: here, env });
    assert.equal(exitCode, 0, stdout + stderr);
    const names = 'SESSION_PATH, WEBSOCKET_ENABLED, TOKEN_HASH, ENCRYPTION_SECRET, WEBSOCKET_URL';
    assert.deepEqual(stderr, `No settings of Crescendo, so not used: ${names}.\n`);
    const { settings } = JSON.parse(report(here).read('run.json')) as { settings: Record<string, string> };
    assert.equal(settings['RAMP_MAX_SESSIONS'], undefined, 'a burst does not use it');
    const summary = JSON.parse(report(here).read('summary.json')) as RunSummary;
    assert.equal((summary.settings['ramp'] as { maxSessions: number }).maxSessions, 77, 'but k6 gets it');
  });

  test("settings are checked with the defaults of the script's own profile", async (t) => {
    const here = folder(t);
    const given = ['PROFILE=twenty', 'PUBLISHERS=15', 'MESSAGES=1', 'SUBSCRIBE_SECONDS=1'];
    const env = { ...K6, GENERATOR_LAG_LIMIT_MS: '100000', THRESHOLDS_FILE: join(here, 'limits.json') };
    writeFileSync(join(here, 'limits.json'), '{"target":{"delivery_success":["rate>0.5"]}}');
    const end = await crescendo(['run', 'broadcast', ...given.flatMap((each) => ['-e', each])], {
      folder: here,
      env,
    });
    assert.equal(end.exitCode, 0, end.stdout + end.stderr);
    assert.match(end.stdout, /\b300 expected, 300 received/);
  });

  test('a target of the user is used, and no other one', async (t) => {
    const here = folder(t);
    const target = await quickTarget(t);
    const { exitCode, stdout, stderr } = await crescendo(['run', 'burst', ...SHORT], {
      folder: here,
      env: { ...K6, ...settingsFor(target) },
    });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.equal(target.stats().questions, 6);
    assert.ok(stdout.startsWith(`burst → ${target.websocketUrl}\n`));
  });
});

test('the monitor counts failures in their classes while k6 works', async (t) => {
  const here = folder(t);
  const target = await quickTarget(t, { faults: { 'upgrade-502': 9, 'token-401': 7, 'session-502': 2 } });
  const ramp = { RAMP_START_SESSIONS: '2', RAMP_MAX_SESSIONS: '2', RAMP_INTERVAL_SECONDS: '6' };
  const env = {
    ...K6,
    ...settingsFor(target),
    ...ramp,
    RESTART_DELAY_SECONDS: '0.2',
    QUESTIONS: 'general:2',
  };
  const { exitCode, stdout } = await crescendo(['run', 'ramp'], { folder: here, env });
  assert.equal(exitCode, 99, stdout);
  const [, all, connection, setup] =
    /^\[errors\] 502: (\d+) \| connection: (\d+) \| setup: (\d+)$/m.exec(stdout) ?? [];
  const { faults } = target.stats();
  const in5Seconds = (total = 0) => [Math.floor(total * 0.5), total] as const;
  const isNear = (count: string | undefined, [least, most]: readonly [number, number]) =>
    assert.ok(
      Number(count) >= least && Number(count) <= most && Number(count) > 0,
      `${count} in ${least}…${most}`,
    );
  isNear(all, in5Seconds((faults['upgrade-502'] ?? 0) + (faults['session-502'] ?? 0)));
  isNear(setup, in5Seconds((faults['token-401'] ?? 0) + (faults['session-502'] ?? 0)));
  assert.equal(connection, '0');
});

test('one is one: in no text is there 1 of many', async (t) => {
  const here = folder(t);
  const args = ['run', 'ramp', '-e', 'QUESTIONS=MED1060:1', '-e', 'SESSION_LOG=1', '-e', 'RETRIES=1'];
  const one = { RAMP_START_SESSIONS: '1', RAMP_MAX_SESSIONS: '1', RAMP_INTERVAL_SECONDS: '3' };
  const target = await quickTarget(t, { chunks: 1, firstChunkMs: 1200, faults: { 'token-500': 2 } });
  const env = { ...K6, ...settingsFor(target), ...one, REQUIRED_SESSIONS: '1', RESTART_DELAY_SECONDS: '0' };
  const { stdout, stderr } = await crescendo(args, { folder: here, env });
  const { read } = report(here);
  const html = read('report.html').replace(/<script[\s\S]*?<\/script>|<style[\s\S]*?<\/style>/g, '');
  const texts = [stdout, stderr, read('report.txt'), read('report.md'), html.replace(/<[^>]*>/g, '|')];
  assert.match(stdout, /^plan: 1 session for 3 s/m);
  const many = /(?<![\d.,])1 (?!(ms|breaks)\b)(more |other )?[a-z]{3,}s\b.{0,20}/g;
  assert.deepEqual(
    texts.flatMap((text) => text.match(many) ?? []),
    [],
  );
});

describe('crescendo run refuses before any load', () => {
  const dead = {
    API_BASE_URL: 'http://127.0.0.1:9',
    WEBSOCKET_BASE_URL: 'ws://127.0.0.1:9',
    ENCRYPTION: 'none',
  };
  const cases: { what: string; args: string[]; env?: Record<string, string>; sentence: RegExp }[] = [
    {
      what: 'a target that is not there',
      args: ['ramp'],
      env: dead,
      sentence: /^Nothing answers at http:\/\/127\.0\.0\.1:9 /,
    },
    {
      what: 'an unknown script',
      args: ['rmap'],
      sentence: /^There is no script "rmap"\. Did you mean ramp\? The scripts are /,
    },
    {
      what: 'a script that is not there',
      args: ['./none.js'],
      sentence: /^There is no script at "\.\/none\.js"\./,
    },
    {
      what: 'a malformed setting',
      args: ['ramp', '-e', 'RAMP_MAX_SESSIONS=five'],
      sentence: /^RAMP_MAX_SESSIONS is "five": /,
    },
    {
      what: 'an unknown setting',
      args: ['ramp', '-e', 'RAMP_MAX=5'],
      sentence: /^RAMP_MAX is not a setting/,
    },
    {
      what: 'a setting in small letters',
      args: ['ramp', '-e', 'ramp_max_sessions=5'],
      sentence: /^ramp_max_sessions is not a setting of Crescendo\. Did you mean RAMP_MAX_SESSIONS\?/,
    },
    {
      what: 'half an address',
      args: ['ramp'],
      env: { API_BASE_URL: 'http://127.0.0.1:9', ENCRYPTION: 'none' },
      sentence: /^WEBSOCKET_BASE_URL is not set/,
    },
    {
      what: 'a plan that makes no sense',
      args: ['ramp', '-e', 'RAMP_START_SESSIONS=501'],
      sentence: /^RAMP_START_SESSIONS is 501/,
    },
    {
      what: 'a thresholds file that is not there',
      args: ['ramp', '-e', 'THRESHOLDS_FILE=no.json'],
      sentence: /^THRESHOLDS_FILE is ".*no\.json": there is no such file/,
    },
    {
      what: 'load by arguments of k6',
      args: ['ramp', '--', '--vus', '5'],
      sentence: /^--vus would replace the load.*RAMP_MAX_SESSIONS/,
    },
    {
      what: 'load by variables of k6',
      args: ['ramp'],
      env: { K6_DURATION: '5s' },
      sentence: /^K6_DURATION would replace the load/,
    },
    {
      what: 'an unknown option',
      args: ['ramp', '--quik'],
      sentence: /^Unknown option '--quik'\. Did you mean --quick\?/,
    },
    { what: 'a word too many', args: ['ramp', 'burst'], sentence: /^Too many arguments/ },
  ];
  for (const { what, args, env, sentence } of cases)
    test(what, async (t) => {
      const here = folder(t);
      assertRefused(
        await crescendo(['run', ...args], { folder: here, env: { ...K6, ...env } }),
        here,
        sentence,
      );
    });
});

describe('crescendo', () => {
  test('alone prints its help and ends with 2; --help with 0', async (t) => {
    const alone = await crescendo([], { folder: folder(t) });
    assert.equal(alone.exitCode, 2);
    assert.match(alone.stderr, /^Usage: crescendo/);
    for (const args of [
      ['--help'],
      ['run', '--help'],
      ['target', '--help'],
      ['k6', '--help'],
      ['doctor', '--help'],
      ['help'],
      ['help', 'run'],
    ]) {
      const { exitCode, stdout } = await crescendo(args, { folder: folder(t) });
      assert.equal(exitCode, 0, args.join(' '));
      for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    }
  });
  test('help and version are words, too', async (t) => {
    const said = async (...args: string[]) => {
      const { exitCode, stdout, stderr } = await crescendo(args, { folder: folder(t) });
      assert.deepEqual([exitCode, stderr], [0, ''], args.join(' '));
      return stdout;
    };
    assert.equal(await said('help'), await said('--help'));
    assert.equal(await said('help', 'run'), await said('run', '--help'));
    assert.equal(await said('version'), await said('--version'));
    assert.match(await said('version'), /^\d+\.\d+\.\d+\n$/);
    const { exitCode, stderr } = await crescendo(['help', 'nothing'], { folder: folder(t) });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^Usage: crescendo/);
  });
  for (const script of readdirSync('scripts').map((file) => basename(file, '.ts')))
    test(`${script} alone: did you mean run ${script}?`, async (t) => {
      const here = folder(t);
      const end = await crescendo([script, '--quick'], { folder: here });
      const sentence = `"${script}" is a script and no command. Did you mean: crescendo run ${script}?\n`;
      assert.equal(end.stderr, sentence);
      assertRefused(end, here, /^/);
    });
  test('knows what was meant', async (t) => {
    const { exitCode, stderr } = await crescendo(['doktor'], { folder: folder(t) });
    assert.equal(exitCode, 2);
    assert.match(stderr, /^Unknown command 'doktor'\. Did you mean doctor\?/);
  });
});

describe('crescendo target', () => {
  test('says how to use it, and what it has seen when it is stopped', async (t) => {
    const { exitCode, stdout } = await crescendo(['target', '--port', '0'], {
      folder: folder(t),
      interruptAt: 'Ctrl-C',
    });
    assert.equal(exitCode, process.platform === 'win32' ? null : 0);
    for (const name of ['ENCRYPTION_KEY', 'API_BASE_URL', 'WEBSOCKET_BASE_URL', 'k6 run dist/ramp.js'])
      assert.ok(stdout.includes(name), name);
    if (process.platform !== 'win32') assert.match(stdout, /^questions {2}0 received/m);
  });
  test('its help names every setting and fault of every system', async (t) => {
    const { stdout } = await crescendo(['target', '--help'], { folder: folder(t) });
    for (const name of [
      ...FAULT_NAMES,
      '--first-chunk-ms',
      '--retry-after',
      '--agent-delays',
      '--agent-limit',
    ])
      assert.ok(stdout.includes(name), name);
  });
  test('a key of the user is not printed', async (t) => {
    const { stdout } = await crescendo(['target', '--port', '0'], {
      folder: folder(t),
      env: { ENCRYPTION_KEY: KEY },
      interruptAt: 'Ctrl-C',
    });
    assert.ok(!stdout.includes(KEY.slice(0, 12)));
  });
  test('a port in use and a wrong option are one sentence', async (t) => {
    const { port } = await quickTarget(t);
    const taken = await crescendo(['target', '--port', String(port)], { folder: folder(t) });
    assertRefused(taken, folder(t), /^Port \d+ on 127\.0\.0\.1 is in use/);
    const wrong = await crescendo(['target', '--chunks', 'x'], { folder: folder(t) });
    assertRefused(wrong, folder(t), /chunks/);
  });
});

describe('crescendo doctor', () => {
  test('finds everything in order', async (t) => {
    const { exitCode, stdout, stderr } = await crescendo(['doctor'], { folder: folder(t), env: K6 });
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /^ ✓ k6 2\./m);
    assert.match(
      stdout,
      /^ ✓ scripts, limits and questions can be read:\n   broadcast, burst, chat-http, connections, /m,
    );
    assert.match(
      stdout,
      /^ ✓ reference target \(chatbot\) answers:\n {3}session setup .*, session .*, answer .*,\n {3}first chunk .*, socket connect \S+ m?s$/m,
    );
    assert.doesNotMatch(stdout, /✗/);
  });
  test('a wrong key of the target is found', async (t) => {
    const target = await quickTarget(t);
    const env = { ...K6, ...settingsFor(target), ENCRYPTION_KEY: KEY };
    const { exitCode, stdout } = await crescendo(['doctor'], { folder: folder(t), env });
    assert.equal(exitCode, 2);
    assert.match(stdout, /^ ✗ target \(chatbot\): a session failed\.\n {3}answer: /m);
  });
  test('a target that is not there and a k6 that is not one are found', async (t) => {
    const env = {
      API_BASE_URL: 'http://127.0.0.1:9',
      WEBSOCKET_BASE_URL: 'ws://127.0.0.1:9',
      ENCRYPTION: 'none',
    };
    const dead = await crescendo(['doctor'], { folder: folder(t), env: { ...K6, ...env } });
    assert.equal(dead.exitCode, 2);
    assert.match(dead.stdout, /^ ✗ target \(chatbot\): Nothing answers at http:\/\/127\.0\.0\.1:9/m);
    const none = await crescendo(['doctor'], { folder: folder(t), env: { K6: '/nothing' } });
    assert.equal(none.exitCode, 2);
    assert.match(none.stdout, /^ ✗ k6: K6 is /m);
  });
  test('wrong settings are found', async (t) => {
    const { exitCode, stdout } = await crescendo(['doctor'], {
      folder: folder(t),
      env: { ...K6, SEED: 'x' },
    });
    assert.equal(exitCode, 2);
    assert.match(stdout, /^ ✗ settings: SEED is "x"/m);
  });
});
