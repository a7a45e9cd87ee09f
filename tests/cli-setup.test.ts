// Are run, watch and doctor set up in one way: the same settings, the same plan, the same sentence for what is wrong?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { planRun, prepareRun } from '../cli/setup/prepareRun.ts';
import { openTarget } from '../cli/setup/referenceTarget.ts';
import { gatherForRun } from '../cli/setup/runSettings.ts';
import { CHATBOT_SECTIONS } from '../systems/chatbot/settings.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { problemsOfAsync } from './support/problems.ts';

const K6 = { K6: k6Path() };
const ELSEWHERE = [
  'API_BASE_URL=http://127.0.0.1:9',
  'WEBSOCKET_BASE_URL=ws://127.0.0.1:9',
  `ENCRYPTION_KEY=${'ab'.repeat(32)}`,
];
const WEBHOOK = 'http://127.0.0.1:9/hook';

describe('settings', () => {
  test('leave the target open, and have a key for it then', () => {
    const open = gatherForRun({ env: ['API_BASE_URL=', 'WEBSOCKET_BASE_URL=', 'ENCRYPTION_KEY='] });
    assert.match(open.variables['ENCRYPTION_KEY'] ?? '', /^[\da-f]{64}$/);
    const { variables } = gatherForRun({ env: ELSEWHERE });
    assert.equal(variables['ENCRYPTION_KEY'], 'ab'.repeat(32));
  });

  test('have the quick values of the script, and say so', () => {
    const { variables, origins } = gatherForRun({ env: ['HOLD_STAGES=2'], quick: true }, 'stability');
    assert.deepEqual([variables['HOLD_STAGES'], variables['HEARTBEAT_SECONDS']], ['2', '2']);
    assert.deepEqual([origins.get('HOLD_STAGES'), origins.get('HEARTBEAT_SECONDS')], ['-e', '--quick']);
    assert.equal(gatherForRun({ quick: true }, 'ramp').variables['HEARTBEAT_SECONDS'], undefined);
  });
});

describe('a run', () => {
  const env = [...ELSEWHERE, 'NUM_SESSIONS=7', 'RAMP_MAX_SESSIONS=90', `ALERT_WEBHOOK=${WEBHOOK}`];

  test('that is watched has the plan of the one that is made', async () => {
    const planned = await planRun('burst', { env });
    const prepared = await prepareRun('burst', { env }, ['--tag', 'a=b']);
    assert.equal(planned.inspected.plan.stages[0]?.level, 7);
    assert.deepEqual(prepared.inspected, planned.inspected);
    assert.deepEqual([prepared.reference, prepared.dashboard], [undefined, false]);
    assert.deepEqual([prepared.k6Arguments, prepared.config.numSessions], [['--tag', 'a=b'], 7]);
  });

  test('has no secret of alerts in its variables, nor settings that its script does not use', async () => {
    const prepared = await prepareRun('burst', { env }, []);
    const { variables, environment, webhook } = prepared;
    assert.equal(webhook, WEBHOOK);
    assert.ok(!JSON.stringify([variables, environment]).includes(WEBHOOK), 'the secret is in the variables');
    assert.deepEqual([variables['RAMP_MAX_SESSIONS'], environment['RAMP_MAX_SESSIONS']], [undefined, '90']);
  });

  test('goes where the settings say; no target of ours is started then', async () => {
    const variables = { API_BASE_URL: 'http://127.0.0.1:9' };
    assert.deepEqual(await openTarget(variables, CHATBOT_SECTIONS), {
      variables,
      reference: undefined,
    });
  });
});

test('what is wrong is one sentence, wherever it is noticed', async (t) => {
  const here = folder(t);
  const sentence = /^SEED is "x": .+ SEED is from \S+( line \d)?\.$/;
  const [planned = '', ...more] = await problemsOfAsync(() => planRun('ramp', { env: ['SEED=x'] }));
  assert.deepEqual(more, []);
  assert.match(planned, sentence);
  const run = await crescendo(['run', 'ramp', '-e', 'SEED=x'], { folder: here, env: K6 });
  assert.deepEqual([run.exitCode, run.stderr], [2, `${planned}\n`]);
  writeFileSync(join(here, '.env'), 'SEED=x\n');
  const doctor = await crescendo(['doctor'], { folder: here, env: K6 });
  assert.equal(doctor.exitCode, 2, doctor.stdout);
  const told = planned.replace('from -e', 'from .env line 1');
  assert.ok(doctor.stdout.includes(` ✗ settings: ${told}\n`), doctor.stdout);
});
