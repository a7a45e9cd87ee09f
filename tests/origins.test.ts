// Does a sentence that refuses a setting say where its value came from, when that is not the shell?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { checkNames, gatherSettings } from '../cli/setup/environment.ts';
import { SECTIONS } from '../cli/setup/knownSettings.ts';
import { originsOf, withOrigins, withQuickOrigins } from '../cli/setup/settingOrigins.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { problems } from './support/problems.ts';

const K6 = { K6: k6Path() };

function withDotEnv(t: TestContext, text: string): string {
  const here = folder(t);
  writeFileSync(join(here, '.env'), text);
  return here;
}

describe('origins', () => {
  const file = {
    variables: {},
    lines: new Map([
      ['SEED', 1],
      ['LIMITS', 2],
      ['NUM_SESSIONS', 3],
    ]),
  };
  const given = ['LIMITS=x=y', 'malformed'];

  test('-e before the shell before .env; --quick where nothing was set', () => {
    const origins = originsOf(given, { NUM_SESSIONS: '2' }, file);
    const before = { SEED: '1', LIMITS: 'x=y', NUM_SESSIONS: '2' };
    const all = withQuickOrigins(origins, before, { ...before, HOLD_STAGES: '3' });
    assert.deepEqual(Object.fromEntries(all), { SEED: '.env line 1', LIMITS: '-e', HOLD_STAGES: '--quick' });
  });

  test('stand behind each line that names such a setting', () => {
    const origins = new Map([
      ['SEED', '.env line 1'],
      ['LIMITS', '-e'],
      ['REST', '.env line 2'],
      ['SEDE', '.env line 3'],
    ]);
    const cases: [text: string, expected: string][] = [
      ['SEED is "x": no.', 'SEED is "x": no. SEED is from .env line 1.'],
      ['LIMITS and SEED.', 'LIMITS and SEED. LIMITS is from -e, SEED from .env line 1.'],
      ['A.\nSEED.', 'A.\nSEED. SEED is from .env line 1.'],
      ['of the REST calls.', 'of the REST calls.'],
      ['SEDE is not a setting.', 'SEDE is not a setting. SEDE is from .env line 3.'],
      ['settings: SEDE is not.', 'settings: SEDE is not. SEDE is from .env line 3.'],
    ];
    for (const [text, expected] of cases) assert.equal(withOrigins(text, origins), expected);
  });
});

describe('what is gathered', () => {
  test('a slip in .env is refused with its line, an unknown -e as one', (t) => {
    const slip = withDotEnv(t, 'SEED=1\nENCRYPTON_KEY=x\n');
    assert.deepEqual(
      problems(() => checkNames(gatherSettings([], {}, slip), SECTIONS)),
      [
        'ENCRYPTON_KEY is not a setting of Crescendo. Did you mean ENCRYPTION_KEY? ENCRYPTON_KEY is from .env line 2.',
      ],
    );
    assert.deepEqual(
      problems(() => checkNames(gatherSettings(['ramp_max_sessions=5'], {}, folder(t)), SECTIONS)),
      [
        'ramp_max_sessions is not a setting of Crescendo. Did you mean RAMP_MAX_SESSIONS? ramp_max_sessions is from -e.',
      ],
    );
  });

  test("a chat project's own variables are one remark", (t) => {
    const here = withDotEnv(t, 'SESSION_PATH=/\nWEBSOCKET_ENABLED=true\nENCRYPTION_SECRET=x\n');
    const shell = { TOKEN_HASH: 'x', WEBSOCKET_URL: 'x', HOME: '/', WEBSOCKET_PROTOCOL: 'x' };
    assert.equal(
      checkNames(gatherSettings([], shell, here), SECTIONS),
      'No settings of Crescendo, so not used: SESSION_PATH, WEBSOCKET_ENABLED, ENCRYPTION_SECRET, TOKEN_HASH, WEBSOCKET_URL and 1 more.',
    );
    assert.equal(checkNames(gatherSettings([], { HOME: '/' }, folder(t)), SECTIONS), undefined);
  });
});

describe('the command', () => {
  interface Refusal {
    what: string;
    args: string[];
    file: string;
    says: RegExp;
  }
  const refusals: Refusal[] = [
    {
      what: 'by the settings themselves',
      args: ['run', 'ramp'],
      file: '# mine\nSEED=x\n',
      says: /^SEED is "x": .+\. SEED is from \.env line 2\.$/,
    },
    {
      what: 'by -e',
      args: ['run', 'ramp', '-e', 'SEED=x'],
      file: 'SEED=1\n',
      says: /^SEED is "x": .+\. SEED is from -e\.$/,
    },
    {
      what: 'by the plan, in k6, with quick values',
      args: ['run', 'ramp', '--quick'],
      file: '\nRAMP_TRANSITION_SECONDS=30\n',
      says: /^RAMP_INTERVAL_SECONDS is 20, .+\. RAMP_INTERVAL_SECONDS is from --quick, RAMP_TRANSITION_SECONDS from \.env line 2\.$/,
    },
    {
      what: 'by a target that is not there, when k6 has started',
      args: ['run', 'burst', '-e', 'WEBSOCKET_BASE_URL=ws://127.0.0.1:9'],
      file: 'ENCRYPTION=none\nAPI_BASE_URL=http://127.0.0.1:9\n',
      says: /^Nothing answers at .+ API_BASE_URL is from \.env line 2\.$/,
    },
    {
      what: 'a .env in UTF-16',
      args: ['run', 'ramp'],
      file: 'utf16',
      says: /^\.env is no UTF-8 text: it is UTF-16/,
    },
    {
      what: 'a key that # cuts',
      args: ['run', 'ramp'],
      file: 'ENCRYPTION_KEY=5ec2e7#5ec2e7\n',
      says: /^\.env line 1 has an unquoted # in ENCRYPTION_KEY/,
    },
  ];
  for (const { what, args, file, says } of refusals)
    test(`run: ${what}`, async (t) => {
      const here = withDotEnv(t, file);
      if (file === 'utf16') writeFileSync(join(here, '.env'), '\uFEFFSEED=1\r\n', 'utf16le');
      const { exitCode, stdout, stderr } = await crescendo(args, { folder: here, env: K6 });
      assert.equal(exitCode, 2, stdout + stderr);
      assert.match(stderr.trim(), says);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      assert.ok(!stderr.includes('5ec2e7'), 'no secret');
    });

  test("doctor: a chat project's own variables are a warning at most", async (t) => {
    const here = withDotEnv(t, 'WEBSOCKET_URL=x\nHTTP_TIMEOUT_SECONDS=5\n');
    const { exitCode, stdout } = await crescendo(['doctor'], { folder: here, env: K6 });
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^ ! settings: No settings of Crescendo, so not used: WEBSOCKET_URL\.$/m);
  });

  test('doctor', async (t) => {
    const here = withDotEnv(t, 'SEED=1\nLIMITS=soft\nWEBSOCKET_URL=x\n');
    const wrong = await crescendo(['doctor'], { folder: here, env: K6 });
    assert.equal(wrong.exitCode, 2);
    assert.match(wrong.stdout, /^ ✗ settings: LIMITS is "soft": .+\. LIMITS is from \.env line 2\.$/m);
    writeFileSync(join(here, '.env'), 'ENCRYPTON_KEY=x\n');
    const slip = await crescendo(['doctor'], { folder: here, env: K6 });
    assert.match(slip.stdout, /^ ✗ settings: ENCRYPTON_KEY .+ ENCRYPTON_KEY is from \.env line 1\.$/m);
  });
});
