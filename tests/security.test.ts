// Is every secret of a run in no file and on no screen, and is the server's text harmless wherever it is shown?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { withoutSecrets } from '../cli/k6/k6Arguments.ts';
import type { Example } from '../lib/words/exampleText.ts';
import { bundle } from './support/bundle.ts';
import { canaryServer, ISSUED } from './support/canaryServer.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { STEERING } from './support/hostile.ts';
import { k6Path, runK6 } from './support/k6.ts';
import { listenFor } from './support/listen.ts';

const GIVEN = {
  key: 'canary-key-c0ffee',
  proxyPassword: 'canary-proxy-51',
  webhook: 'canary-hook-3b',
  secret: 'canary-mock-8e',
};

/** Each secret as it is and as it would travel. */
const CANARIES = [...Object.values(GIVEN), ...Object.values(ISSUED)].flatMap((secret) => [
  secret,
  Buffer.from(secret).toString('hex'),
  ...[0, 1, 2].map((shift) => base64Inside(secret, shift)),
]);

/** What the base64 of a longer text has in it when the secret starts at any of the three places. */
function base64Inside(secret: string, shift: number): string {
  const text = Buffer.from(`${'x'.repeat(shift)}${secret}`)
    .toString('base64')
    .replace(/=+$/, '');
  return text.slice(Math.ceil((shift * 8) / 6) + 1, -2);
}

function assertNoCanary(texts: Record<string, string>): void {
  for (const [name, text] of Object.entries(texts))
    for (const canary of CANARIES) assert.ok(!text.includes(canary), `${name} holds ${canary}`);
}

/** Words of the hostile texts that are markup or an order wherever they stand as they are. */
const MARKUP = /<script>alert|<img src=x|<http:\/\/evil/;

/** All files below a folder, by path. */
function filesBelow(path: string): Record<string, string> {
  const names = readdirSync(path, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    names.map((entry) => {
      const file = join(entry.parentPath, entry.name);
      return [file.slice(path.length + 1), readFileSync(file, 'latin1')];
    }),
  );
}

/** A forward proxy that wants a password; returns its address and how many connections it has passed on. */
async function proxy(t: TestContext): Promise<{ port: number; passed: () => number }> {
  const expected = `Basic ${Buffer.from(`user:${GIVEN.proxyPassword}`).toString('base64')}`;
  let passed = 0;
  const server = createServer((asked, reply) => {
    if (asked.headers['proxy-authorization'] !== expected) return reply.writeHead(407).end();
    passed++;
    const { pathname, search, port } = new URL(asked.url ?? '');
    const { method, headers } = asked;
    const onward = request(
      { host: '127.0.0.1', port, path: pathname + search, method, headers },
      (answer) => {
        reply.writeHead(answer.statusCode ?? 502, { 'content-type': 'application/json' });
        answer.pipe(reply);
      },
    );
    onward.on('error', () => reply.destroy());
    asked.pipe(onward);
  });
  server.on('connect', (asked, client) => {
    if (asked.headers['proxy-authorization'] !== expected) return client.end('HTTP/1.1 407 No\r\n\r\n');
    passed++;
    const onward = connect(Number((asked.url ?? '').split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n');
      client.pipe(onward).pipe(client);
    });
    onward.on('error', () => client.destroy());
    client.on('error', () => onward.destroy());
  });
  return { port: await listenFor(t, server), passed: () => passed };
}

const LOAD = { ENCRYPTION: 'none', ENCRYPTION_KEY: GIVEN.key, NUM_SESSIONS: '8', QUESTIONS: 'MED1060:3' };
const QUICK = { ANSWER_TIMEOUT_SECONDS: '0.5', GENERATOR_LAG_LIMIT_MS: '1000', RETRIES: '1' };

describe('crescendo run', () => {
  test('through a proxy with a password, against a hostile server: no secret, no harm', async (t) => {
    const here = folder(t);
    const server = await canaryServer(t);
    const { port, passed } = await proxy(t);
    const alerts = await webhook(t);
    const env = {
      K6: k6Path(),
      ...LOAD,
      ...QUICK,
      // Go passes proxies by for loopback addresses, so the target has a name that only the proxy knows.
      API_BASE_URL: `http://chat.test:${server.port}`,
      WEBSOCKET_BASE_URL: `ws://chat.test:${server.port}`,
      HTTP_PROXY: `http://user:${GIVEN.proxyPassword}@127.0.0.1:${port}`,
      SESSION_LOG: 'all',
      ALERT_WEBHOOK: `http://127.0.0.1:${alerts.port}/${GIVEN.webhook}`,
    };
    const forK6 = ['--', '--secret-source', `mock=cred=${GIVEN.secret}`, '--tag', 'build=42'];
    const { exitCode, stdout, stderr } = await crescendo(['run', 'burst', ...forK6], { folder: here, env });
    assert.equal(exitCode, 99, stdout + stderr);
    assert.ok(passed() > 16, `${passed()} connections went through the proxy`);
    assert.equal(alerts.paths()[0], `/${GIVEN.webhook}`);

    const files = filesBelow(here);
    assertNoCanary({ ...files, stdout, stderr });
    const names = Object.keys(files).map((name) => name.split('/').at(-1));
    const runFolder = Object.keys(files)
      .find((name) => name.endsWith('/run.json'))
      ?.replace(/\/run\.json$/, '');
    assert.ok(runFolder);
    for (const name of [
      'report.html',
      'report.md',
      'junit.xml',
      'failures.csv',
      'stats_history.csv',
      'k6.log',
    ])
      assert.ok(names.includes(name), name);
    assert.doesNotMatch(stdout, STEERING);
    assert.doesNotMatch(stderr, STEERING);
    assert.match(stdout, /server's own error message[\s\S]*closed by the server \(4001\)/);
    const { examples } = JSON.parse(readFileSync(join(here, runFolder, 'run.json'), 'utf8')) as {
      examples: Example[];
    };
    for (const reason of ['server_error', 'closed_4001', 'bad_json', 'misrouted'])
      assert.match(examples.find((example) => example.reason === reason)?.text ?? '', /…/, reason);
    for (const [name, text] of Object.entries(files).filter(([file]) =>
      /\.(html|md|xml|csv|txt)$/.test(file),
    ))
      assert.doesNotMatch(text, MARKUP, name);
    for (const [name, text] of Object.entries(files).filter(([file]) => /\.(md|xml|csv|txt|log)$/.test(file)))
      assert.doesNotMatch(Buffer.from(text, 'latin1').toString().replaceAll('\r\n', '\n'), STEERING, name);
  });

  test('a password in an address is refused and not repeated', async (t) => {
    const target = {
      API_BASE_URL: 'http://127.0.0.1:9',
      WEBSOCKET_BASE_URL: 'ws://127.0.0.1:9',
      ENCRYPTION: 'none',
    };
    const wrong = {
      API_BASE_URL: `http://user:${GIVEN.key}@127.0.0.1:9`,
      WEBSOCKET_BASE_URL: `ws://user:p@ss/${GIVEN.key}@127.0.0.1:9`,
      OUTAGE_URL: `http://127.0.0.1:9/x?token=${GIVEN.key}`,
      WEBSOCKET_ORIGIN: `http://user:${GIVEN.key}@127.0.0.1:9`,
      ALERT_WEBHOOK: `http://user:${GIVEN.key}@127.0.0.1:9`,
    };
    for (const [name, value] of Object.entries(wrong)) {
      const here = folder(t);
      writeFileSync(join(here, '.env'), '');
      const env = { K6: k6Path(), ...target, [name]: value };
      const { exitCode, stdout, stderr } = await crescendo(['run', 'burst'], { folder: here, env });
      assert.equal(exitCode, 2, name + stderr);
      assert.match(stderr, new RegExp(`^${name} is `), stderr);
      assertNoCanary({ ...filesBelow(here), stdout, stderr });
    }
  });
});

test('plain k6 against a hostile server: no secret, no harm', async (t) => {
  const { url, websocketUrl } = await canaryServer(t);
  const env = { ...LOAD, ...QUICK, API_BASE_URL: url, WEBSOCKET_BASE_URL: websocketUrl, SESSION_LOG: 'all' };
  const run = await runK6({ source: 'scripts/burst.ts', env });
  const { exitCode, stdout, stderr } = run;
  assert.equal(exitCode, 99, stdout + stderr);
  const files = {
    'summary.json': run.file('summary.json') ?? '',
    'report.html': run.file('report.html') ?? '',
  };
  assert.ok(files['summary.json'] !== '' && files['report.html'] !== '');
  assertNoCanary({ ...files, stdout, stderr });
  assert.doesNotMatch(stdout, STEERING);
  assert.doesNotMatch(stderr, STEERING);
  assert.doesNotMatch(files['report.html'], MARKUP);
});

const noPty = process.platform !== 'linux' && 'needs the script command of util-linux';
test('plain k6 on a terminal is not steered by a server', { skip: noPty }, async (t) => {
  const { url, websocketUrl } = await canaryServer(t);
  const env = { ...LOAD, ...QUICK, API_BASE_URL: url, WEBSOCKET_BASE_URL: websocketUrl, SESSION_LOG: 'all' };
  const run = `${k6Path()} run --quiet ${await bundle('scripts/burst.ts')}`;
  const here = folder(t);
  const child = spawn('script', ['-qec', run, '/dev/null'], {
    cwd: here,
    env: { PATH: process.env['PATH'], TERM: 'xterm', PWD: here, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let screen = '';
  for await (const part of child.stdout) screen += String(part);
  assert.match(screen, /\u001b\[\d+m/, 'k6 took it for a terminal');
  assert.match(screen, /malformed MIME header/);
  const ours = screen.replace(/\u001b\[[\d;]*[mKJAGHh]|\r|\u001b\[\?25[hl]/g, '');
  assert.doesNotMatch(ours, STEERING);
});

test('what files hold of addresses and arguments', () => {
  assert.deepEqual(
    withoutSecrets([
      '--secret-source',
      'mock=a=b',
      '--secret-source=file=/x',
      '--out',
      'influxdb=http://u:p@h/db',
    ]),
    ['--secret-source', '…', '--secret-source=…', '--out', 'influxdb=http://…@h/db'],
  );
});

async function webhook(t: TestContext): Promise<{ port: number; paths: () => string[] }> {
  const paths: string[] = [];
  const server = createServer((asked, reply) => {
    paths.push(asked.url ?? '');
    reply.end('ok');
  });
  return { port: await listenFor(t, server), paths: () => paths };
}
