// Does a system that nobody here knows go through the whole house: k6, text, page, CSV, JUnit, verify, compare, history, watch?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import type { RunSummary } from '../report/derive/summary.ts';
import { bundle } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';

/** Words of the systems that are shipped, which nothing of this one may show. */
const OTHERS = /session|question|invocation|answered|chunk|chatbot|agents?\b|farewell|subscription/i;

interface Pinged {
  url: string;
  pings: number;
}

const PONG_MS = 20;

/** Answers every message; `silentEvery`: but for each so manieth. */
async function pingServer(t: TestContext, silentEvery = Infinity): Promise<Pinged> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await new Promise((resolve) => server.on('listening', resolve));
  t.after(() => server.close());
  const { port } = server.address() as { port: number };
  const seen: Pinged = { url: `ws://127.0.0.1:${port}`, pings: 0 };
  server.on('connection', (socket) =>
    socket.on('message', () => {
      seen.pings++;
      if (seen.pings % silentEvery !== 0) setTimeout(() => socket.send('pong'), PONG_MS);
    }),
  );
  return seen;
}

const RAMP = {
  RAMP_START_SESSIONS: '2',
  RAMP_INCREMENT: '2',
  RAMP_MAX_SESSIONS: '4',
  RAMP_INTERVAL_SECONDS: '2',
  RAMP_SETTLE_SECONDS: '0',
  GENERATOR_LAG_LIMIT_MS: '100000',
};

async function run(here: string, { url }: Pinged) {
  const settings = Object.entries({ ...RAMP, WEBSOCKET_BASE_URL: url }).flatMap(([name, value]) => [
    '-e',
    `${name}=${value}`,
  ]);
  return crescendo(['run', await bundle('tests/toy/ping.ts'), ...settings], {
    folder: here,
    env: { K6: k6Path() },
    seconds: 60,
  });
}

test('a toy system goes through all of it without a word of another', async (t) => {
  const here = folder(t);
  const server = await pingServer(t);
  const { exitCode, stdout, stderr } = await run(here, server);
  assert.deepEqual([exitCode, stderr], [0, ''], stdout + stderr);
  assert.match(stdout, /^PASS {5}holds 4 guests \(the plan's maximum\)/m);
  assert.match(stdout, /^ stage +guests +held +pings +ponged +p50 +p95/m);
  assert.match(stdout, /^ pings +[\d,]+ sent = [\d,]+ ponged \+ 0 lost \+ 0 open; success 100 %$/m);
  const reports = join(here, 'reports');
  const [name = ''] = readdirSync(reports).filter((file) => file.endsWith('-ping'));
  const read = (file: string) => readFileSync(join(reports, name, file), 'utf8');
  const summary = JSON.parse(read('summary.json')) as RunSummary;
  assert.equal(summary.operations['ping']?.began, server.pings, 'both sides counted the same');
  for (const file of ['report.txt', 'report.md', 'junit.xml', 'stats.csv', 'failures.csv'])
    assert.doesNotMatch(withoutSettings(read(file)), OTHERS, file);
  const tables = /<section id="stages">[^]*?<\/section>/.exec(read('report.html'))?.[0] ?? '';
  assert.match(tables, /guests/);
  assert.doesNotMatch(withoutSettings(tables), OTHERS, 'report.html');

  const again = await run(here, server);
  assert.equal(again.exitCode, 0, again.stdout + again.stderr);
  const runs = readdirSync(reports).filter((file) => file.endsWith('-ping'));
  assert.equal(runs.length, 2);
  const command = (...args: string[]) => crescendo(args, { folder: here });
  const [first = '', second = ''] = runs.sort().map((run) => join('reports', run));
  const verified = await command('verify', first);
  assert.match(verified.stdout, /The evidence proves its verdict: PASS\./, verified.stdout);
  const compared = await command('compare', first, second);
  assert.match(compared.stdout, /ping p95/, compared.stdout + compared.stderr);
  const listed = await command('history');
  assert.equal(listed.stdout.split('\n').filter((line) => /\bping\b/.test(line)).length, 2, listed.stdout);
  const trend = await command('history', '--trend', 'ping_latency');
  assert.equal(trend.exitCode, 0, trend.stderr);
});

test('what it loses is counted and named', async (t) => {
  const here = folder(t);
  const server = await pingServer(t, 50);
  const { exitCode, stdout, stderr } = await run(here, server);
  assert.equal(exitCode, 99, stdout + stderr);
  assert.equal(stderr, '');
  assert.match(stdout, /^FAIL /m);
  assert.match(stdout, /^ failures +\d+ × ping: answer timeout in \d+ guests?: /m);
});

/** Settings have names of their own, which every script reads. */
function withoutSettings(text: string): string {
  return text.replace(/[A-Z]+_[A-Z_]+(=\S+)?/g, '');
}
