// Does `crescendo new` make files that build, run as they are, and take the place of nothing?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { newFiles } from '../cli/new/newFiles.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { supportDesk } from './support/dialectServer.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';

const example = (file: string): string => readFileSync(join(ROOT, 'examples', 'support-desk', file), 'utf8');
const EXAMPLE = { protocol: example('protocol.ts'), script: example('support-desk.ts') };

test('its files build and run as they are, which is what the example does', async (t) => {
  const here = folder(t);
  const made = await crescendo(['new', 'odd-chat'], { folder: here });
  assert.equal(made.exitCode, 0, made.stderr);
  assert.match(made.stdout, /odd-chat\/protocol\.ts +what your back end says/);
  const build = / +node (\S+build\.mjs) (\S+)\n/.exec(made.stdout);
  assert.ok(build, made.stdout);
  const [, program = '', script = ''] = build;
  const built = spawnSync(process.execPath, [program, script], { cwd: here, encoding: 'utf8' });
  t.after(() => {
    for (const file of ['odd-chat.js', 'odd-chat.js.map']) rmSync(join(ROOT, 'dist', file), { force: true });
  });
  assert.equal(built.status, 0, built.stderr);
  const desk = await supportDesk(t);
  const settings = { API_BASE_URL: desk.url, WEBSOCKET_BASE_URL: desk.websocketUrl, ENCRYPTION: 'none' };
  const small = { RAMP_START_SESSIONS: '1', RAMP_MAX_SESSIONS: '2', RAMP_INTERVAL_SECONDS: '2' };
  const env = { K6: k6Path(), ...settings, ...small, QUESTIONS: 'MED1060:3' };
  const run = await crescendo(['run', 'odd-chat'], { folder: here, env });
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /^PASS /m);
  assert.ok(desk.counts.answers > 0);
});

test('every comment has its place, and every name of the example is gone', () => {
  const { protocol, script } = newFiles(EXAMPLE, 'my-own-chat', '../crescendo/');
  assert.equal(protocol.split('\n').length, EXAMPLE.protocol.split('\n').length + 11);
  for (const text of [protocol, script]) {
    assert.doesNotMatch(text, /support.?desk/i);
    assert.doesNotMatch(text, /'\.\.\/\.\.\//);
  }
  assert.match(protocol, /^\/\/ What my-own-chat says on the wire/);
  assert.match(protocol, /export const myOwnChat = \(\): ChatProtocol/);
  assert.match(script, /import \{ myOwnChat \} from '\.\/protocol\.ts';/);
  assert.match(script, /name: 'my-own-chat'/);
});

test('what is no name, or taken, is refused in a sentence, and nothing is made', async (t) => {
  const here = folder(t);
  mkdirSync(join(here, 'taken'));
  const refused: [string, RegExp][] = [
    ['taken', /^There is something at taken already: choose another name\.\n$/],
    ['ramp', /^"ramp" is a script that ships: choose another name, such as my-ramp\.\n$/],
    ['import', /^"import" has a meaning in scripts already: choose another name, such as my-import\.\n$/],
    ['My Chat', /can't be the name of a script: give small letters/],
    ['../chat', /can't be the name of a script/],
  ];
  for (const [name, sentence] of refused) {
    const { exitCode, stderr } = await crescendo(['new', name], { folder: here });
    assert.deepEqual([exitCode, sentence.test(stderr)], [2, true], stderr);
  }
  assert.deepEqual([existsSync(join(here, 'ramp')), existsSync(join(here, '..', 'chat'))], [false, false]);
});
