// Does the command bring what the assistant's scripts need, put it away again, and say the factor between two suites?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { delimiter, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { SuiteComparison } from '../report/compare/compareSuites.ts';
import type { RunRecord } from '../report/derive/evidence.ts';
import type { SuiteRecord } from '../report/suite/suiteRecord.ts';
import { assistantServer } from './support/assistantServer.ts';
import { crescendo, type CommandEnd } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { redisServer, redisUnavailable } from './support/redisServer.ts';

const K6 = { K6: k6Path() };
const onWindows = process.platform === 'win32' && 'programs are shell scripts here';
const shown = ({ stdout, stderr }: CommandEnd) => `${stdout}\n${stderr}`;

/** The folder of the one run or suite in `here`. */
function left(here: string): string {
  const reports = join(here, 'reports');
  const names = readdirSync(reports).filter((name) => !name.startsWith('history'));
  assert.equal(names.length, 1, names.join());
  return join(reports, names[0] ?? '');
}

function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** The port of the server that the command started, by what it says. */
const portIn = ({ stdout }: CommandEnd): number =>
  Number(/^redis → redis:\/\/127\.0\.0\.1:(\d+)$/m.exec(stdout)?.[1]);

/** A PATH with these programs of this machine and no other. */
function pathWith(t: TestContext, ...programs: string[]): string {
  const here = folder(t);
  for (const name of programs) {
    const found = (process.env['PATH'] ?? '')
      .split(delimiter)
      .map((each) => join(each, name))
      .find((path) => existsSync(path));
    if (found !== undefined) symlinkSync(found, join(here, name));
  }
  return here;
}

describe('a Redis server of the run’s own', { skip: redisUnavailable() || onWindows }, () => {
  test('is there for the run and gone behind it, and no file names it as a setting', async (t) => {
    const here = folder(t);
    const args = ['run', 'redis', '--quick', '-e', 'OPERATIONS=5'];
    const end = await crescendo(args, { folder: here, env: K6 });
    assert.equal(end.exitCode, 0, shown(end));
    assert.equal(await isListening(portIn(end)), false);
    const run = JSON.parse(readFileSync(join(left(here), 'run.json'), 'utf8')) as RunRecord;
    assert.deepEqual(
      [run.settings['REDIS_URL'], run.target.redisUrl?.startsWith('redis://127.0.0.1:')],
      [undefined, true],
    );
  });

  test('goes when the run is interrupted', async (t) => {
    const args = ['run', 'redis', '-e', 'OPERATIONS=5', '-e', 'ROUNDS=20', '-e', 'ROUND_SECONDS=1'];
    const end = await crescendo(args, { folder: folder(t), env: K6, interruptAt: '[stage]' });
    assert.equal(end.exitCode, 4, shown(end));
    assert.equal(await isListening(portIn(end)), false);
  });

  test('is not started where the address of one is set, which keeps its own keys', async (t) => {
    const redis = await redisServer(t);
    await redis.ask('SET mine kept');
    const args = ['run', 'redis', '--quick', '-e', 'OPERATIONS=5', '-e', `REDIS_URL=${redis.url}`];
    const end = await crescendo(args, { folder: folder(t), env: K6 });
    assert.equal(end.exitCode, 0, shown(end));
    assert.equal(portIn(end), redis.port);
    assert.deepEqual(await redis.keys(), ['mine']);
  });
});

test('where there is none to start, a sentence says how to get one', { skip: onWindows }, async (t) => {
  const env = { ...K6, PATH: pathWith(t, 'sh') };
  const end = await crescendo(['run', 'redis'], { folder: folder(t), env });
  assert.equal(end.exitCode, 2, shown(end));
  assert.match(
    end.stderr,
    /^REDIS_URL is not set, and there is no redis-server on the PATH .+ apt-get install redis-server\), or set it, .+\n$/,
  );
});

test(
  'a k6 without the client is refused for this script, and taken for others',
  { skip: onWindows },
  async (t) => {
    const here = folder(t);
    const path = join(here, 'k6');
    writeFileSync(
      path,
      `#!/bin/sh\n[ "$1" = version ] && echo "k6 v2.2.0 (go1.26, test)" || exec "${k6Path()}" "$@"\n`,
    );
    chmodSync(path, 0o755);
    const end = await crescendo(['run', 'redis'], { folder: here, env: { K6: path } });
    assert.equal(end.exitCode, 2, shown(end));
    assert.match(
      end.stderr,
      /it lacks k6\/x\/redis, which this script needs\. Set K6 to a k6 2\.2\.0 or newer with k6\/x\/redis/,
    );
    const other = await crescendo(['run', 'hosts', '--quick'], { folder: here, env: { K6: path } });
    assert.equal(other.exitCode, 0, shown(other));
  },
);

test('before and after: a back end that answers one at a time, and one that does not', async (t) => {
  const [chats, chatMs] = [6, 1500];
  const suiteOf = async (serial: boolean) => {
    const here = join(folder(t), 'here');
    mkdirSync(here);
    const server = await assistantServer(t, { chatMs, serial });
    const limits = '{"target": {"request_success": ["rate>0.99"], "done_after": ["max<60000"]}}';
    writeFileSync(join(here, 'limits.json'), limits);
    const settings = {
      CHATS: chats,
      ROUND_SECONDS: 12,
      HTTP_TIMEOUT_SECONDS: 30,
      THRESHOLDS_FILE: 'limits.json',
    };
    const suite = { name: 'mine', tests: [{ script: 'chat-http', env: settings }] };
    writeFileSync(join(here, 'suite.json'), JSON.stringify(suite));
    const env = { ...K6, API_BASE_URL: server.url };
    const end = await crescendo(['suite', './suite.json'], { folder: here, env, seconds: 120 });
    assert.equal(end.exitCode, 0, shown(end));
    assert.equal(server.counts().chatsAtOnce, serial ? 1 : chats);
    return left(here);
  };
  const [before, after] = [await suiteOf(true), await suiteOf(false)];
  const { tests } = JSON.parse(readFileSync(join(after, 'suite.json'), 'utf8')) as SuiteRecord;
  assert.deepEqual(
    [tests[0]?.figures?.requests, tests[0]?.figures?.successes, tests[0]?.figures?.met],
    [chats, chats, true],
  );
  const here = folder(t);
  const args = ['compare', before, after, '--json', 'now.json', '--markdown', 'now.md'];
  const end = await crescendo(args, { folder: here, env: K6 });
  // Delays of event loops are those of a machine that is busy with other tests, and may be worse.
  assert.ok([0, 99].includes(end.exitCode ?? NaN), shown(end));
  const comparison = JSON.parse(readFileSync(join(here, 'now.json'), 'utf8')) as SuiteComparison;
  const [one] = comparison.tests;
  const factor = Number(/^([\d.]+) × faster$/.exec(one?.factor.totalSeconds ?? '')?.[1]);
  // Six chats one after the other take six times as long as all at once; what this machine adds to both is far less.
  assert.ok(Math.abs(factor / chats - 1) < 0.1, JSON.stringify(one?.factor));
  assert.match(readFileSync(join(here, 'now.md'), 'utf8'), /× faster/);
});

test('crescendo suite all --quick runs a test of each system', async (t) => {
  const here = folder(t);
  const end = await crescendo(['suite', 'all', '--quick'], { folder: here, env: K6, seconds: 900 });
  // On a machine that is busy with other tests limits on times may break, or a load may not be made.
  assert.ok([0, 99, 3].includes(end.exitCode ?? NaN), shown(end));
  const path = left(here);
  const record = JSON.parse(readFileSync(join(path, 'suite.json'), 'utf8')) as SuiteRecord;
  assert.deepEqual(
    record.tests.map(({ name }) => name),
    ['chatbot', 'agents', 'graph', 'messaging', 'assistant'],
  );
  for (const { name, result, sentence } of record.tests)
    assert.ok(['PASS', 'FAIL', 'INVALID'].includes(result), `${name}: ${result}, ${sentence}`);
  assert.equal(record.quick, true);
  assert.match(readFileSync(join(path, 'suite.md'), 'utf8'), /--quick/);
});
