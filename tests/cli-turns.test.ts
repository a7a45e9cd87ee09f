// Does a chat over HTTP go through the whole house by the command: run, reports, verify, compare, history, without its key?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import type { RunSummary } from '../report/derive/summary.ts';
import { bundle } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { modelServer, type MannerName } from './support/modelServer.ts';

const KEY = 'sk-canary-0123456789abcdef';

const RAMP = {
  RAMP_START_SESSIONS: '2',
  RAMP_INCREMENT: '2',
  RAMP_MAX_SESSIONS: '4',
  RAMP_INTERVAL_SECONDS: '2',
  RAMP_SETTLE_SECONDS: '0',
  QUESTIONS: 'general:3',
};

async function example(t: TestContext, manners: MannerName[], more: string[] = [], settings = RAMP) {
  const here = folder(t);
  const server = await modelServer(t, manners);
  const script = await bundle('examples/openai/openai.ts');
  const env = { K6: k6Path(), API_BASE_URL: server.url, OPENAI_API_KEY: KEY, ...settings };
  const run = () => crescendo(['run', script, ...more], { folder: here, env, seconds: 120 });
  const reports = () => readdirSync(join(here, 'reports')).filter((name) => name.endsWith('-openai'));
  return { here, server, run, reports };
}

test('two runs of the example: text, page, tables, evidence, comparison and trend', async (t) => {
  const { here, server, run, reports } = await example(t, ['well']);
  const { exitCode, stdout, stderr } = await run();
  assert.deepEqual([exitCode, stderr], [0, ''], stdout + stderr);
  assert.match(stdout, /^PASS {5}holds 4 sessions \(the plan's maximum\)/m);
  assert.match(stdout, /^ stage +sessions +held +questions +success +byte p95 +p50 +p95/m);
  const [name = ''] = reports();
  const read = (file: string) => readFileSync(join(here, 'reports', name, file), 'utf8');
  const summary = JSON.parse(read('summary.json')) as RunSummary;
  assert.equal(summary.operations['question']?.good, server.asked.length, 'both sides counted the same');
  assert.match(read('stats.csv'), /^HTTP,answer,/m);
  assert.match(read('junit.xml'), /first_byte_latency/);
  assert.match(read('report.html'), /first byte p95/);
  for (const file of readdirSync(join(here, 'reports', name)))
    assert.ok(!read(file).includes(KEY), `${file} holds the key`);

  assert.equal((await run()).exitCode, 0);
  const [first = '', second = ''] = reports()
    .sort()
    .map((run) => join('reports', run));
  const command = (...args: string[]) => crescendo(args, { folder: here });
  const verified = await command('verify', first);
  assert.match(verified.stdout, /The evidence proves its verdict: PASS\./, verified.stdout);
  const compared = await command('compare', first, second);
  assert.match(compared.stdout, /answer p95/, compared.stdout + compared.stderr);
  const listed = await command('history');
  assert.equal(listed.stdout.split('\n').filter((line) => /\bopenai\b/.test(line)).length, 2, listed.stdout);
  const trend = await command('history', '--trend', 'first_byte_latency');
  assert.equal(trend.exitCode, 0, trend.stderr);
});

test('a quick run, whose log shows sessions and whose text shows what failed first', async (t) => {
  const small = { ...RAMP, RAMP_START_SESSIONS: '1', RAMP_MAX_SESSIONS: '1', SESSION_LOG: '1' };
  const { here, run, reports } = await example(t, ['well', 'error event', 'well'], ['--quick'], small);
  const { exitCode, stdout, stderr } = await run();
  assert.equal(exitCode, 99, stdout + stderr);
  const [name = ''] = reports();
  const read = (file: string) => readFileSync(join(here, 'reports', name, file), 'utf8');
  assert.match(read('k6.log'), /┌ session 1 │ 3 questions prepared: general 3/);
  assert.match(read('k6.log'), /│ session 1 │ response 1\/3 after .+, 4 chunks │ The heart — beats\./);
  assert.match(read('k6.log'), /└ session 1 │ failed: 3 sent, 2 received, success 66 %/);
  assert.match(stdout, /first: \{"error":\{"message":"The model is\s+overloaded/);
});

test('nothing there is said before any load, and no key is asked for', async (t) => {
  const script = await bundle('examples/openai/openai.ts');
  const env = { K6: k6Path(), API_BASE_URL: 'http://127.0.0.1:9', OPENAI_API_KEY: undefined };
  const { exitCode, stdout, stderr } = await crescendo(['run', script], { folder: folder(t), env });
  assert.notEqual(exitCode, 0);
  assert.match(stdout + stderr, /Nothing answers at http:\/\/127\.0\.0\.1:9/);
  assert.doesNotMatch(stdout + stderr, /ENCRYPTION/);
});
