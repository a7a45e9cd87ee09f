// Does `crescendo watch` follow a k6 that somebody else started, and say clearly when there is none?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { freePort } from '../cli/process/freePort.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path, runK6, type K6Run } from './support/k6.ts';
import { noTerminal, TestTerminal } from './support/pty.ts';
import { quickTarget, settingsFor } from './support/target.ts';

const K6 = { K6: k6Path() };
const RAMP = {
  RAMP_START_SESSIONS: '2',
  RAMP_INCREMENT: '2',
  RAMP_MAX_SESSIONS: '4',
  RAMP_INTERVAL_SECONDS: '8',
  QUESTIONS: 'MED1060:2',
};
/** The limit on the answers that the target of these tests breaks from the first stage on. */
const STRICT = '{"target": {"answer_latency": ["p(95)<50"]}}';

/** A k6 with the ramp, whose address answers when this resolves. */
async function started(
  t: TestContext,
): Promise<{ address: string; run: Promise<K6Run>; env: Record<string, string> }> {
  const target = await quickTarget(t, { firstChunkMs: 100 });
  const address = `127.0.0.1:${await freePort()}`;
  const env = {
    ...settingsFor(target),
    ...RAMP,
    GENERATOR_LAG_LIMIT_MS: '1000',
    THRESHOLDS_FILE: 'strict.json',
  };
  const files = { 'strict.json': STRICT };
  const run = runK6({ source: 'scripts/ramp.ts', files, env: { ...env, K6_ADDRESS: address } });
  await untilSome(address, 'questions_answered');
  return { address, run, env };
}

/** Resolves when the k6 at this address has counted something; rejects when it has not after 20 s. */
async function untilSome(address: string, counter: string): Promise<void> {
  const last = Date.now() + 20_000;
  while (!(await hasSome(address, counter))) if (Date.now() > last) throw new Error('k6 does not answer.');
}

async function hasSome(address: string, counter: string): Promise<boolean> {
  try {
    const reply = await fetch(`http://${address}/v1/metrics/${counter}`);
    const { data } = (await reply.json()) as { data: { attributes: { sample: { count: number } } } };
    return data.attributes.sample.count > 0;
  } catch {
    return false;
  }
}

const NOW_OVER = /^ now over {4}answer p95 [\d.]+ m?s, limit 50 ms$/;

describe('crescendo watch', () => {
  test(
    'follows a run with and without its plan, in a pipe and on a terminal',
    { skip: noTerminal() },
    async (t) => {
      const { address, run, env } = await started(t);
      const here = folder(t);
      writeFileSync(join(here, 'strict.json'), STRICT);
      const args = ['watch', '--address', address, '--script', 'ramp'];
      const options = { folder: here, env: { ...K6, ...env } };
      const piped = crescendo(args, options);
      const planned = new TestTerminal(t, args, options);
      const bare = new TestTerminal(t, ['watch', '--address', address], { folder: here });
      const wrong = await crescendo(args, { folder: here, env: K6 });
      assert.equal(wrong.exitCode, 2, wrong.stderr);
      assert.match(
        wrong.stderr,
        /^The run at .* has another plan than --script with these settings \(11 stages\)/,
      );
      // In a folder of its own: those above may not have read their settings yet.
      const elsewhere = folder(t);
      writeFileSync(join(elsewhere, '.env'), '\nSEED=x\n');
      const refused = await crescendo(args, { folder: elsewhere, env: K6 });
      assert.match(refused.stderr, /^SEED is "x": .+\. SEED is from \.env line 2\.\n$/);
      await planned.until((lines) => lines.some((line) => NOW_OVER.test(line)));
      const lines = await planned.until((all) => all.some((line) => line.startsWith(' first broke')));
      assert.match(
        lines.join('\n'),
        /^ first broke stage 1, 2 sessions: answer p95 [\d.]+ m?s, limit 50 ms$/m,
      );
      assert.match(lines.join('\n'), /^ {4}1 {8}2 .* 50 ms .* ✗ broke$/m);
      planned.press('\u0003');
      assert.equal(await planned.ended, 0);
      assert.match((await planned.lines()).join('\n'), /^no longer watching; k6 goes on$/m);
      const screen = (await bare.until((all) => all.some((line) => line.includes('▶   2')))).join('\n');
      assert.match(
        screen,
        /^watching k6 at 127\.0\.0\.1:\d+; --script <name> adds its plan, limits and counts$/m,
      );
      assert.match(screen, /^stage {6}VUs +answer success +answer p95 .* state$/m);
      assert.match(screen, /^ VUs {9}[1-4]$/m);
      const { exitCode, stdout, stderr } = await piped;
      assert.equal(exitCode, 0, stderr);
      assert.match(stdout, /^\[monitor\] \d+\.\d s \| active invocations \d/m, 'it knows when the run began');
      assert.match(stdout, /^\[stage\] (1\/2 \| 2 sessions \| next|2\/2 \| 4 sessions \| end) in \d s$/m);
      assert.match(stdout, /^stage 1\/2 over: 2 sessions, success 100 %, p95 [\d.]+ m?s$/m);
      assert.match(stdout, /^the load is over/m);
      assert.equal(await bare.ended, 0);
      assert.deepEqual([(await run).exitCode, (await run).summary?.cutShort], [99, false]);
    },
  );

  test('nothing there, something else there, and an unknown option are one sentence', async (t) => {
    const here = folder(t);
    const nothing = await crescendo(['watch', '--address', `127.0.0.1:${await freePort()}`], {
      folder: here,
    });
    assert.equal(nothing.exitCode, 2);
    assert.match(nothing.stderr, /^No k6 answers at 127\.0\.0\.1:\d+\. Start it with --address .*\n$/);
    const { port } = await quickTarget(t);
    const other = await crescendo(['watch', '--address', `127.0.0.1:${port}`], { folder: here });
    assert.equal(other.exitCode, 2);
    assert.match(other.stderr, /^No k6 answers at .*\n$/);
    const wrong = await crescendo(['watch', '--adress', 'x'], { folder: here });
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stderr, /address/);
  });
});

describe('crescendo watch of agents', { skip: noTerminal(), concurrency: true }, () => {
  /** A plain k6 with a script of the agents, watched in a pipe and on a terminal, whose responses break every limit. */
  async function watched(t: TestContext, script: string, settings: Record<string, string>) {
    const { websocketUrl } = await quickTarget(t, { agentDelayMs: 1000 });
    const address = `127.0.0.1:${await freePort()}`;
    const env = { ...K6, WS_URL: `${websocketUrl}/ws`, GENERATOR_LAG_LIMIT_MS: '1000', ...settings };
    const run = runK6({ source: `scripts/${script}.ts`, env: { ...env, K6_ADDRESS: address } });
    await untilSome(address, 'messages_answered');
    const options = { folder: folder(t), env };
    const args = ['watch', '--address', address, '--script', script];
    return { run, terminal: new TestTerminal(t, args, options), piped: crescendo(args, options) };
  }

  test('has the stages of phases by name, at so many users a second', async (t) => {
    const { run, terminal, piped } = await watched(t, 'phases', {
      ...{ PHASES: 'warm-up:1-4:5,sustained:4:9', VISIT_SECONDS: '6', PINGS: '2', MESSAGES: '2' },
    });
    const brokenStage = /^ {4}1 {8}4 .* \d\.\d\d s {3}50 ms {2}-\d\d × ✗ broke$/;
    const lines = await terminal.until(
      (all) =>
        all.some((line) => brokenStage.test(line)) && all.some((line) => line.startsWith(' first broke')),
    );
    const screen = lines.join('\n');
    assert.match(screen, /^stage {2}users\/s {2}messages success conn p95 {4}p95 {3}limit margin state$/m);
    assert.match(screen, /^ stage {7}sustained: 4 users\/s$/m);
    assert.match(screen, /^ users {7}\d+ open {3}started \d+ {3}completed \d+$/m);
    assert.match(screen, /^ messages {4}\d+ active, peak \d+ {3}sent \d+ {3}received \d+$/m);
    assert.match(
      screen,
      /^ first broke stage 1 \(warm-up\), 1 → 4 users\/s: message med \d\.\d\d s, limit 20 ms/m,
    );
    for (const line of lines) assert.ok(line.length <= 80, line);
    const { exitCode, stdout, stderr } = await piped;
    assert.equal(exitCode, 0, stderr);
    assert.match(
      stdout,
      /^\[monitor\] \d+\.\d s \| active messages \d+ \| peak \d+ \| started \d+ \| completed \d+$/m,
    );
    assert.match(stdout, /^\[stage\] 2\/2 sustained \| 4 users\/s \| end in \d s$/m);
    assert.match(stdout, /^stage 1\/2 warm-up over: 1 → 4 users\/s, success 100 %, p95 \d\.\d\d s$/m);
    assert.match(stdout, /^the load is over/m);
    assert.equal(await terminal.ended, 0);
    assert.equal((await run).exitCode, 99);
  });

  test('has the connections of stress, and keeps its figures when k6 ends', async (t) => {
    const { run, terminal, piped } = await watched(t, 'stress', {
      ...{ CONNECTIONS: '3', MESSAGES: '10', MESSAGE_SECONDS: '1' },
    });
    const lines = await terminal.until((all) => all.some((line) => line.startsWith(' now over')));
    assert.match(
      lines.join('\n'),
      /^stage connections {2}messages success conn p95 {4}p95 {3}limit margin state$/m,
    );
    assert.match(lines.join('\n'), /^▶ {3}1 {11}3 .* now$/m);
    assert.match(lines.join('\n'), /^ users {7}3 open {3}started 3 {3}completed 0$/m);
    const { stdout } = await piped;
    assert.match(stdout, /^\[stage\] 1\/1 \| 3 connections, each once$/m);
    assert.equal(await terminal.ended, 0);
    assert.doesNotMatch(terminal.raw, /sent 0 /);
    assert.equal((await run).exitCode, 99);
  });
});
