// Does SESSION_LOG show the sessions it names, whole, and can nothing that a server says get at the terminal?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { failureCounts, summaryOf } from './support/books.ts';
import { supportDesk, type DeskFaults } from './support/dialectServer.ts';
import { runK6, type K6Run } from './support/k6.ts';

/** The lines of each session's box, by its name, as they come out of k6 without its own decoration. */
type Boxes = Map<string, string[]>;

async function burst(
  t: TestContext,
  faults: DeskFaults,
  more: Record<string, string>,
): Promise<{ run: K6Run; boxes: Boxes }> {
  const { url, websocketUrl } = await supportDesk(t, faults);
  const env = {
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    ENCRYPTION: 'none',
    NUM_SESSIONS: '6',
    QUESTIONS: 'MED1060:2,BUMA1000:1',
    GENERATOR_LAG_LIMIT_MS: '100000',
    K6_LOG_FORMAT: 'raw',
    ...more,
  };
  const run = await runK6({ source: 'tests/k6/desk.ts', env });
  return { run, boxes: boxesOf(run.stderr) };
}

function boxesOf(output: string): Boxes {
  const boxes: Boxes = new Map();
  for (const line of output.split('\n')) {
    const [, name] = /^[┌│└] (session \d+) │ /.exec(line) ?? [];
    if (name !== undefined) boxes.set(name, [...(boxes.get(name) ?? []), line]);
  }
  return boxes;
}

const AT = String.raw`at \d+(?:\.\d+)? m?s, \d VUs? active`;
const AFTER = String.raw`after \d+(?:\.\d+)? m?s`;

/** A box of three questions that are all answered; `n`: the session's number. */
const answeredBox = (n: number): RegExp[] =>
  [
    `┌ session ${n} │ 3 questions prepared: MED1060 2, BUMA1000 1 │ ${AT}`,
    `│ session ${n} │ question 1/3 ${AT} │ MED1060 │ .{5,61}`,
    `│ session ${n} │ response 1/3 ${AFTER}, 4 chunks │ First, second, third\\.`,
    `│ session ${n} │ question 2/3 ${AT} │ MED1060 │ .{5,61}`,
    `│ session ${n} │ response 2/3 ${AFTER}, 4 chunks │ First, second, third\\.`,
    `│ session ${n} │ question 3/3 ${AT} │ BUMA1000 │ .{5,61}`,
    `│ session ${n} │ response 3/3 ${AFTER}, 4 chunks │ First, second, third\\.`,
    `└ session ${n} │ completed: 3 sent, 3 received, success 100 % │ ${AT}`,
  ].map((line) => new RegExp(`^${line}$`));

describe('the session log', () => {
  test('of three sessions is three whole boxes, whatever else runs', async (t) => {
    const { run, boxes } = await burst(t, {}, { SESSION_LOG: '3' });
    assert.deepEqual([...boxes.keys()].sort(), ['session 1', 'session 2', 'session 3']);
    for (const n of [1, 2, 3]) {
      const lines = boxes.get(`session ${n}`) ?? [];
      const expected = answeredBox(n);
      assert.equal(lines.length, expected.length, lines.join('\n'));
      for (const [index, pattern] of expected.entries()) assert.match(lines[index] ?? '', pattern);
    }
    assert.equal(summaryOf(run).questions.answered, 18, 'the books are kept as without a log');
    assert.equal(run.exitCode, 0, run.stdout);
  });

  test('of all sessions', async (t) => {
    const { boxes } = await burst(t, {}, { SESSION_LOG: 'all' });
    assert.equal(boxes.size, 6);
    for (const lines of boxes.values()) assert.equal(lines.length, 8);
  });

  for (const off of ['', '0'])
    test(`is off with ${off === '' ? 'no setting' : off}`, async (t) => {
      const { run } = await burst(t, {}, { SESSION_LOG: off });
      assert.doesNotMatch(run.stderr, /session \d/);
    });

  test('says in plain words what failed', async (t) => {
    const env = { SESSION_LOG: 'all', NUM_SESSIONS: '1', ANSWER_TIMEOUT_SECONDS: '0.3' };
    const { run, boxes } = await burst(t, { silentEvery: 2 }, env);
    assert.deepEqual(failureCounts(summaryOf(run)), { 'answer:answer_timeout': 1 });
    const lines = boxes.get('session 1') ?? [];
    assert.match(
      lines[4] ?? '',
      /^│ session 1 │ question 2\/3 failed after [3-9]\d\d ms: answer timeout \(answer_timeout\): no answer in time$/,
    );
    assert.match(lines.at(-1) ?? '', /^└ session 1 │ failed: 3 sent, 2 received, success 66 % │ /);
  });

  test('says it of the set-up too', async (t) => {
    const { boxes } = await burst(t, { unready: 4401 }, { SESSION_LOG: '1' });
    const [, failed = '', end = '', ...more] = boxes.get('session 1') ?? [];
    assert.equal(
      failed,
      '│ session 1 │ connect failed: closed by the server (4401) (closed_4401): the application no longer accepts the credentials',
    );
    assert.match(end, /^└ session 1 │ failed: 0 sent, 0 received, nothing asked │ /);
    assert.deepEqual(more, []);
  });

  test('shows the beginning of what a server says, and nothing that a terminal would obey', async (t) => {
    const hostile =
      '\u001b[2J\u001b[31mred\u001b]0;title\u0007\r\n└ session 1 │ completed\u0085\u2028\u202egnp.exe\ud83d \u{1f600} ' +
      'x'.repeat(1_000_000);
    const { run, boxes } = await burst(t, { content: hostile }, { SESSION_LOG: '2' });
    assert.equal(boxes.size, 2);
    for (const lines of boxes.values()) {
      assert.equal(lines.length, 8);
      assert.match(
        lines[2] ?? '',
        /, 2 chunks │ red \]0;title └ session 1 │ completed gnp\.exe\ufffd \u{1f600} x+…$/u,
      );
      for (const line of lines) {
        assert.doesNotMatch(line, /[\p{C}\p{Zl}\p{Zp}]/u);
        assert.ok(line.length < 200, `${line.length} characters`);
      }
    }
    assert.ok(run.stderr.length < 10_000, `${run.stderr.length} characters in all`);
    assert.equal(run.exitCode, 0, run.stdout);
  });

  test('of what is no number is refused', async (t) => {
    const { run } = await burst(t, {}, { SESSION_LOG: 'yes' });
    assert.equal(run.exitCode, 107);
    assert.match(
      run.stderr,
      /SESSION_LOG is "yes": it must be a whole number of sessions, or "all", for example SESSION_LOG=1\./,
    );
  });
});
