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
  const last = Date.now() + 20_000;
  while (!(await answers(address))) if (Date.now() > last) throw new Error('k6 does not answer.');
  return { address, run, env };
}

async function answers(address: string): Promise<boolean> {
  try {
    const reply = await fetch(`http://${address}/v1/metrics/questions_answered`);
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
      writeFileSync(join(here, '.env'), '\nSEED=x\n');
      const refused = await crescendo(args, { folder: here, env: K6 });
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
