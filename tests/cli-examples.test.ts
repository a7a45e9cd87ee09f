// Does whoever runs a test see what it was that failed: in the reports, when they are made again, and in the doctor's?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { readRun } from '../cli/evidence/runReader.ts';
import type { RunRecord } from '../report/derive/evidence.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { otherServer, soundly, type Answering, type Manners } from './support/otherServer.ts';

async function environment(t: TestContext, answer: Answering, manners: Manners = {}) {
  const { url, websocketUrl } = await otherServer(t, answer, undefined, manners);
  return {
    K6: k6Path(),
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    ENCRYPTION: 'none',
    QUESTIONS: 'MED1060:2',
    GENERATOR_LAG_LIMIT_MS: '100000',
  };
}

/** As `text` has it on lines of 80 columns. */
const unwrapped = (text: string): string => text.replace(/\s+/g, ' ');

test('the first failure of each class is in every report, and in those that are made again', async (t) => {
  const here = folder(t);
  let asked = 0;
  const env = await environment(t, (question) => {
    if (asked++ % 2 === 0) soundly(question);
    else question.socket.send(JSON.stringify({ type: 'chunk', text: 'no <b>id</b> here | x' }));
  });
  const end = await crescendo(['run', 'burst', '-e', 'NUM_SESSIONS=3'], { folder: here, env });
  assert.equal(end.exitCode, 99, end.stdout + end.stderr);
  const first = 'the message lacks "id": {"type":"chunk","text":"no ‹b>id‹/b> here | x"}';
  assert.ok(unwrapped(end.stdout).includes(`must carry first: ${first} ledger`), end.stdout);
  assert.doesNotMatch(end.stdout, /k6\.log {2,}/, 'it is no trouble of its own');

  const [run = ''] = readdirSync(join(here, 'reports'));
  const read = (file: string): string => readFileSync(join(here, 'reports', run, file), 'utf8');
  const { examples } = JSON.parse(read('run.json')) as RunRecord;
  assert.deepEqual(examples, [{ phase: 'answer', reason: 'bad_message', text: first }]);
  await readRun(join(here, 'reports', run), 'report');
  const reports = ['report.txt', 'report.md', 'report.html'];
  const before = reports.map(read);
  assert.ok(unwrapped(before[0] ?? '').includes(`first: ${first}`));
  assert.match(before[1] ?? '', /\| probable reason \| the first \|\n[\s\S]*the message lacks .+‹b.+ \|\n/);
  assert.ok(
    before[2]?.includes('first: <code>the message lacks &quot;id&quot;: {&quot;type&quot;:'),
    before[2],
  );

  for (const file of [...reports, 'k6.log']) rmSync(join(here, 'reports', run, file));
  const again = await crescendo(['report', `reports/${run}`], { folder: here });
  assert.equal(again.exitCode, 0, again.stderr);
  assert.deepEqual(reports.map(read), before, 'without the log, too');
});

test('a run without failures has none', async (t) => {
  const here = folder(t);
  const env = await environment(t, soundly);
  const { exitCode, stdout, stderr } = await crescendo(['run', 'burst'], { folder: here, env });
  assert.equal(exitCode, 0, stdout + stderr);
  const [run = ''] = readdirSync(join(here, 'reports'));
  const log = readFileSync(join(here, 'reports', run, 'k6.log'), 'utf8');
  assert.doesNotMatch(log, /First of its kind/);
  const record = JSON.parse(readFileSync(join(here, 'reports', run, 'run.json'), 'utf8')) as RunRecord;
  assert.ok(!('examples' in record));
});

test('the doctor shows what failed', async (t) => {
  const env = await environment(t, soundly, {
    reply: (call) => (call === 'POST /auth/token' ? [200, '{"access_token":"canary-token"}'] : undefined),
  });
  const { exitCode, stdout } = await crescendo(['doctor'], { folder: folder(t), env });
  assert.equal(exitCode, 2);
  assert.match(
    stdout,
    /^ ✗ target \(chatbot\): a session failed\.\n {3}log-in: unreadable reply\. Likely: .+\.\n {3}It began with: the reply of POST \/auth\/token lacks "token": \{"access_token":"…"\}$/m,
  );
  assert.doesNotMatch(stdout, /canary/);
});
