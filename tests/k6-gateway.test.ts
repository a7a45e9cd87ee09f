// Does a chat need no more than settings and its protocol file: users, headers, cookies, a socket for each question, elsewhere?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { crescendo } from './support/command.ts';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { bundle } from './support/bundle.ts';
import { folder } from './support/files.ts';
import { gatewayServer, passwordOf, type GatewayManners } from './support/gatewayServer.ts';
import { k6Path, runK6 } from './support/k6.ts';

const USERS = ['anna', 'bernd', 'carla', 'dorothee'];
const CSV = ['user,password', ...USERS.map((user) => `${user},"${passwordOf(user)}"`), ''].join('\n');
const JSON_USERS = JSON.stringify(USERS.map((user) => ({ user, password: passwordOf(user) })));

const SETTINGS = {
  ENCRYPTION: 'none',
  NUM_SESSIONS: '4',
  QUESTIONS: 'MED1060:3',
  GENERATOR_LAG_LIMIT_MS: '100000',
  HTTP_HEADERS: 'x-api-key: key-1',
  BASIC_AUTH: 'gate:open',
  USERS_FILE: 'users.csv',
};

async function against(
  t: TestContext,
  manners: GatewayManners,
  env: Record<string, string> = {},
  users = CSV,
) {
  const { url, websocketUrl, port, counts } = await gatewayServer(t, manners);
  const run = await runK6({
    source: 'tests/k6/gateway.ts',
    env: { API_BASE_URL: url, WEBSOCKET_BASE_URL: websocketUrl, ...SETTINGS, ...env },
    files: { 'users.csv': users },
  });
  return { run, counts, port };
}

describe('a chat behind a gateway, with a socket for each question', () => {
  for (const [name, users] of Object.entries({ CSV, JSON: JSON_USERS }))
    test(`whose users are in a file of ${name}: every count is the same on both sides`, async (t) => {
      const { run, counts } = await against(t, {}, { ROOM_NAME: 'attic' }, users);
      const summary = summaryOf(run);
      assert.deepEqual([run.exitCode, summary.verdict.result], [0, 'PASS'], run.stdout + run.stderr);
      assertBalanced(summary);
      assert.deepEqual(counts.logins, Object.fromEntries(USERS.map((user) => [user, 1])));
      assert.deepEqual(counts.rooms, { attic: 12 });
      const { questions, sockets, metrics } = summary;
      assert.deepEqual([questions.sent, questions.answered], [counts.questions, counts.answers]);
      assert.deepEqual(sockets, { attempted: 12, opened: 12, failed: 0 });
      assert.deepEqual([counts.questions, counts.sockets, counts.refused], [12, 12, 0]);
      assert.equal(metrics['sockets_reopened']?.['count'], 8);
      assert.equal(metrics['socket_connect_duration']?.['count'], 12);
      assert.equal(metrics['session_setup_duration']?.['count'], 4);
      assert.equal(metrics['disconnects']?.['count'] ?? 0, 0);
      assert.deepEqual(summary.settings['own'], { room: 'attic', seats: 2 });
    });

  test('that leaves its sockets open is no other', async (t) => {
    const { run, counts } = await against(t, { closeWith: null });
    assert.equal(summaryOf(run).verdict.result, 'PASS', run.stdout);
    assert.equal(counts.sockets, 12);
  });

  test('that ends a connection instead of an answer fails that question', async (t) => {
    const { run, counts } = await against(t, { failEvery: 6 });
    const summary = summaryOf(run);
    assertBalanced(summary);
    assert.deepEqual(failureCounts(summary), { 'answer:closed_1011': 2 });
    assert.deepEqual([summary.questions.answered, counts.answers], [10, 10]);
    assert.equal(summary.verdict.result, 'FAIL', run.stdout);
  });

  test('shows nothing of its secrets', async (t) => {
    const { run } = await against(t, {}, { HTTP_HEADERS: 'x-api-key: key-2' });
    const kept = [run.stdout, run.stderr, run.file('summary.json'), run.file('report.html')].join('\n');
    for (const secret of ['key-2', 'gate:open', btoa('gate:open'), passwordOf('dorothee')])
      assert.ok(!kept.includes(secret), secret);
  });
});

describe('a reply that sends sockets', () => {
  test('to a stranger is not followed: INVALID, and the host is named', async (t) => {
    const { run, counts } = await against(t, { socketHost: () => 'elsewhere.example.com' });
    const summary = summaryOf(run);
    assertBalanced(summary);
    assert.deepEqual(failureCounts(summary), { 'connect:blocked': 4 });
    assert.deepEqual([summary.verdict.result, counts.sockets, summary.sockets.attempted], ['INVALID', 0, 0]);
    assert.match(summary.verdict.sentence, /; check SOCKET_HOSTS, /);
    assert.match(run.stderr, /whose host is none of the settings: set SOCKET_HOSTS=elsewhere\.example\.com/);
  });

  const elsewhere = { socketHost: (port: number) => `localhost:${port}` };

  test('to another name of the same server is none either', async (t) => {
    const { run } = await against(t, elsewhere);
    assert.deepEqual(failureCounts(summaryOf(run)), { 'connect:blocked': 4 });
  });

  test('to what is no address of a socket fails', async (t) => {
    const { run } = await against(t, { socketHost: () => '' });
    assert.deepEqual(failureCounts(summaryOf(run)), { 'connect:blocked': 4 });
    assert.match(run.stderr, /as the address of the socket, which is none/);
  });
});

describe('a users file', () => {
  const wrong: Record<string, [text: string, sentence: RegExp]> = {
    'with nobody in it': ['user,password\n', /users\.csv: there are no users\. It must hold /],
    'that is empty': ['', /users\.csv: there are no users\./],
    'with too few fields': ['user,password\nanna\n', /users\.csv, line 2: it has another number of fields/],
    'whose quotes do not match': ['user,password\nanna,"oops\n', /users\.csv, line \d: it is no CSV/],
    'of JSON that is none': ['[{"user": "anna"', /users\.csv:1:/],
    'of JSON with numbers': [
      '[{"user": "anna", "password": 12345}]',
      /users\.csv:1: user 1 must be an object of texts/,
    ],
  };
  for (const [name, [text, sentence]] of Object.entries(wrong))
    test(`${name} is refused, and nothing of it is shown`, async (t) => {
      const { run, counts } = await against(t, {}, {}, text);
      assert.equal(run.exitCode, 107, run.stdout);
      assert.match(run.stderr, sentence);
      assert.ok(!/oops|12345/.test(run.stderr), run.stderr);
      assert.equal(counts.talks, 0);
    });

  test('that is not there is refused', async (t) => {
    const { run } = await against(t, {}, { USERS_FILE: 'nobody.csv' });
    assert.match(run.stderr, /USERS_FILE is .+nobody\.csv.+: there is no such file/);
  });
});

describe("a script's own settings", () => {
  async function command(t: TestContext, ...given: string[]) {
    const { url, websocketUrl } = await gatewayServer(t);
    const env = {
      ...SETTINGS,
      API_BASE_URL: url,
      WEBSOCKET_BASE_URL: websocketUrl,
      USERS_FILE: '',
      K6: k6Path(),
    };
    const script = await bundle('tests/k6/gateway.ts');
    return crescendo(['run', script, ...given.flatMap((text) => ['-e', text])], { folder: folder(t), env });
  }

  test('are settings of the command, too', async (t) => {
    const { stdout } = await command(t, 'ROOM_NAME=attic', 'SEATS=3', 'MY_SECRET=for __ENV');
    assert.match(stdout, /no session got an answer/, 'without users nobody is let in');
  });

  test('are checked like any other', async (t) => {
    const { exitCode, stderr } = await command(t, 'SEATS=many');
    assert.deepEqual([exitCode, stderr.split('\n').length], [2, 2], stderr);
    assert.match(
      stderr,
      /SEATS is "many": it must be a whole number of seats, for example SEATS=2\. SEATS is from -e\.$/m,
    );
  });

  test('are what a slip is told to mean', async (t) => {
    const { exitCode, stderr } = await command(t, 'ROOMNAME=attic');
    assert.equal(exitCode, 2);
    assert.match(stderr, /ROOMNAME is not a setting of Crescendo\. Did you mean ROOM_NAME\?/);
  });
});
