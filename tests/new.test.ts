// Does `crescendo new` make files that build, run as they are, and take the place of nothing?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { dialectFiles } from '../cli/new/dialectFiles.ts';
import { newFiles } from '../cli/new/newFiles.ts';
import { shippedDialects } from '../cli/new/shippedDialects.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { supportDesk } from './support/dialectServer.ts';
import type { DialectServer } from './support/dialects/contract.ts';
import { graphqlServer } from './support/dialects/graphqlServer.ts';
import { jsonRpcServer } from './support/dialects/jsonRpcServer.ts';
import { phoenixServer } from './support/dialects/phoenixServer.ts';
import { socketIoServer } from './support/dialects/socketIoServer.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { typeProblems } from './support/typeProblems.ts';

const example = (file: string): string => readFileSync(join(ROOT, 'examples', 'support-desk', file), 'utf8');
const EXAMPLE = { protocol: example('protocol.ts'), script: example('support-desk.ts') };

/** Makes one in this folder, and builds it as the command says; its bundle goes with the test. */
async function made(t: TestContext, here: string, name: string, ...more: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await crescendo(['new', name, ...more], { folder: here });
  assert.equal(exitCode, 0, stderr);
  const build = / +node (\S+build\.mjs) (\S+)\n/.exec(stdout);
  assert.ok(build, stdout);
  const [, program = '', script = ''] = build;
  const built = spawnSync(process.execPath, [program, script], { cwd: here, encoding: 'utf8' });
  t.after(() => {
    for (const file of [`${name}.js`, `${name}.js.map`]) rmSync(join(ROOT, 'dist', file), { force: true });
  });
  assert.equal(built.status, 0, built.stderr);
  return stdout;
}

/** Runs what was made against a server; it must pass. */
async function assertPasses(here: string, name: string, server: DialectServer): Promise<void> {
  const { url, websocketUrl, counts } = server;
  const settings = { API_BASE_URL: url, WEBSOCKET_BASE_URL: websocketUrl, ENCRYPTION: 'none' };
  const small = { RAMP_START_SESSIONS: '1', RAMP_MAX_SESSIONS: '2', RAMP_INTERVAL_SECONDS: '2' };
  const env = { K6: k6Path(), ...settings, ...small, QUESTIONS: 'MED1060:3', CHAT_SECRET: 'open' };
  const run = await crescendo(['run', name], { folder: here, env });
  assert.equal(run.exitCode, 0, run.stdout + run.stderr);
  assert.match(run.stdout, /^PASS /m);
  assert.ok(counts.answers > 0);
}

test('its files build and run as they are, which is what the example does', async (t) => {
  const here = folder(t);
  const said = await made(t, here, 'odd-chat');
  assert.match(said, /odd-chat\/protocol\.ts +what your back end says/);
  await assertPasses(here, 'odd-chat', { ...(await supportDesk(t)), stop: () => undefined });
});

/** Those that need no program of their own. */
const SERVERS: Readonly<Record<string, (t: TestContext) => Promise<DialectServer>>> = {
  'graphql-ws': graphqlServer,
  'json-rpc': jsonRpcServer,
  phoenix: phoenixServer,
  'socket-io': socketIoServer,
};

describe('with a dialect', () => {
  for (const dialect of shippedDialects())
    test(`${dialect}: its files build${dialect in SERVERS ? ', and run as they are' : ''}`, async (t) => {
      const here = folder(t);
      await made(t, here, `odd-${dialect}`, '--dialect', dialect);
      const server = await SERVERS[dialect]?.(t);
      if (server !== undefined) await assertPasses(here, `odd-${dialect}`, server);
    });

  test('what is made is type-checked, and a wrong word is found', async (t) => {
    const here = folder(t);
    const dialects = shippedDialects();
    for (const dialect of dialects) await crescendo(['new', dialect, '--dialect', dialect], { folder: here });
    await crescendo(['new', 'default'], { folder: here });
    const wrong = join(here, 'socket-io', 'wrong.ts');
    const right = readFileSync(join(here, 'socket-io', 'protocol.ts'), 'utf8');
    writeFileSync(wrong, right.replace("event: 'ask'", 'event: 7'));
    const paths = [...dialects, 'default'].map((name) => join(here, name, `${name}.ts`));
    const problems = typeProblems([...paths, wrong]);
    assert.equal(problems.length, 1, problems.join('\n'));
    assert.match(problems[0] ?? '', /wrong\.ts: Type 'number' is not assignable to type 'string'/);
  });

  test('each word has what it is above it, and those that the example has not are told', () => {
    const page = {
      title: 'A dialect',
      imports: ["import { odd } from '../../systems/chatbot/dialects/odd.ts';"],
      code: [
        ...['const helper = {', '  event: 1,', '};', '', 'const protocol = () =>', '  odd({'],
        ...["    event: 'ask',", '    login: {', '      event: 2,', '    },', '    data() {},', '  });'],
      ].join('\n'),
      words: new Map([
        ['event', 'the event of a question'],
        ['login', 'what is said first.'],
        ['data', `so ${'very '.repeat(30)}long`],
        ['path', 'where it is'],
        ['host', `so ${'very '.repeat(20)}long`],
      ]),
    };
    const { protocol } = dialectFiles(page, EXAMPLE.script, {
      name: 'my-chat',
      path: '../up/odd.md',
      up: '../up/',
    });
    assert.equal(
      protocol,
      [
        '// What my-chat says on the wire: A dialect, to begin with the example of ../up/odd.md. Change what differs.',
        ...["import { odd } from '../up/systems/chatbot/dialects/odd.ts';", ''],
        ...[
          '// Left out here:',
          '// - path: where it is',
          `// - host: so ${'very '.repeat(18)}very`,
          '//   very long',
        ],
        ...['const helper = {', '  event: 1,', '};', '', 'export const protocol = () =>', '  odd({'],
        ...['    // The event of a question.', "    event: 'ask',"],
        ...['    // What is said first.', '    login: {', '      event: 2,', '    },'],
        `    // So ${'very '.repeat(19)}very`,
        `    // ${'very '.repeat(10)}long.`,
        ...['    data() {},', '  });', ''],
      ].join('\n'),
    );
  });

  test('one that does not ship is refused, with what was meant, and nothing is made', async (t) => {
    const here = folder(t);
    const refused: [string, RegExp][] = [
      [
        'socketio',
        /^There is no dialect "socketio"\. Did you mean socket-io\? Those that ship are .*json-rpc/,
      ],
      ['../chat', /^There is no dialect "\.\.\/chat"\. Those that ship are /],
      ['', /^There is no dialect ""\. Those that ship are /],
    ];
    for (const [dialect, sentence] of refused) {
      const { exitCode, stderr } = await crescendo(['new', 'chat', '--dialect', dialect], { folder: here });
      assert.deepEqual([exitCode, sentence.test(stderr)], [2, true], stderr);
    }
    assert.equal(existsSync(join(here, 'chat')), false);
  });
});

test('every comment has its place, and every name of the example is gone', () => {
  const { protocol, script } = newFiles(EXAMPLE, 'my-own-chat', '../crescendo/');
  assert.equal(protocol.split('\n').length, EXAMPLE.protocol.split('\n').length + 11);
  for (const text of [protocol, script]) {
    assert.doesNotMatch(text, /support.?desk/i);
    assert.doesNotMatch(text, /'\.\.\/\.\.\//);
  }
  assert.match(protocol, /^\/\/ What my-own-chat says on the wire/);
  assert.match(protocol, /export const protocol = \(\): ChatProtocol/);
  assert.match(script, /import \{ protocol \} from '\.\/protocol\.ts';/);
  assert.match(script, /name: 'my-own-chat'/);
});

test('what is no name, or taken, is refused in a sentence, and nothing is made', async (t) => {
  const here = folder(t);
  mkdirSync(join(here, 'taken'));
  const refused: [string, RegExp][] = [
    ['taken', /^There is something at taken already: choose another name\.\n$/],
    ['ramp', /^"ramp" is a script that ships: choose another name, such as my-ramp\.\n$/],
    ['My Chat', /can't be the name of a script: give small letters/],
    ['../chat', /can't be the name of a script/],
  ];
  for (const [name, sentence] of refused) {
    const { exitCode, stderr } = await crescendo(['new', name], { folder: here });
    assert.deepEqual([exitCode, sentence.test(stderr)], [2, true], stderr);
  }
  assert.deepEqual([existsSync(join(here, 'ramp')), existsSync(join(here, '..', 'chat'))], [false, false]);
});
