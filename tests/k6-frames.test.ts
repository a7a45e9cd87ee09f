// Does a protocol that reads frames itself need no more than one file: pieces, batches, binary, rooms?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { lineBuffer } from '../lib/words/lineBuffer.ts';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6, type Summary } from './support/k6.ts';
import { lineChatServer, type LineManners } from './support/lineChatServer.ts';

const SHORT = {
  ENCRYPTION: 'none',
  NUM_SESSIONS: '5',
  QUESTIONS: 'MED1060:4',
  GENERATOR_LAG_LIMIT_MS: '100000',
};

const run = (
  source: string,
  target: { url: string; websocketUrl: string },
  env: Record<string, string> = {},
) =>
  runK6({
    source,
    env: { API_BASE_URL: target.url, WEBSOCKET_BASE_URL: target.websocketUrl, ...SHORT, ...env },
  });

const count = ({ metrics }: Summary, name: string): number => metrics[name]?.['count'] ?? 0;

describe('a line buffer', () => {
  const linesOf = (mark: string, ...pieces: string[]) => {
    const [lines, buffer] = [[] as string[], lineBuffer(mark)];
    for (const piece of pieces) buffer.take(piece, (line) => lines.push(line));
    return lines;
  };

  for (const mark of ['\n', '\r\n', '--end--'])
    test(`hears each line that ends with ${JSON.stringify(mark)} once, however it is cut`, () => {
      const text = ['one', 'two', '', 'three', ''].join(mark);
      for (let first = 0; first <= text.length; first++)
        for (let second = first; second <= text.length; second++)
          assert.deepEqual(
            linesOf(mark, text.slice(0, first), text.slice(first, second), text.slice(second)),
            ['one', 'two', 'three'],
          );
      assert.deepEqual(linesOf(mark, ...Array.from(text)), ['one', 'two', 'three']);
    });

  test('forgets what was not ended', () => {
    const [lines, buffer] = [[] as string[], lineBuffer('\u001e')];
    buffer.take('half', (line) => lines.push(line));
    buffer.clear();
    buffer.take('whole\u001e', (line) => lines.push(line));
    assert.deepEqual(lines, ['whole']);
  });
});

describe('a room of lines, in which everybody hears everybody', () => {
  const frames: Record<string, LineManners> = {
    'all lines of an answer in one frame': {},
    'frames of one character': { frameLength: 1 },
    'frames of seven characters, binary': { frameLength: 7, binary: true },
  };
  for (const [name, manners] of Object.entries(frames))
    test(name, async (t) => {
      const server = await lineChatServer(t, manners);
      const ended = await run('tests/k6/lineChat.ts', server, { THINK_SECONDS: '0.1' });
      const summary = summaryOf(ended);
      assert.deepEqual([ended.exitCode, summary.verdict.result], [0, 'PASS'], ended.stdout);
      assertBalanced(summary);
      assert.deepEqual(failureCounts(summary), {});
      const { counts } = server;
      const { began, good } = summary.operations['question'] ?? {};
      assert.deepEqual([began, good], [counts.questions, counts.answers]);
      assert.equal(began, 20);
      // Who hangs up does not wait until the other side has read what was said.
      assert.ok(counts.goodbyes > 0 && counts.goodbyes <= 5, String(counts.goodbyes));
      assert.deepEqual(
        counts.subprotocols,
        Array.from({ length: 5 }, () => 'lines.v1'),
      );
      assert.ok(count(summary, 'messages_pushed') <= counts.pushes);
      assert.ok(count(summary, 'messages_pushed') > 0);
      assert.equal(count(summary, 'push_latency'), count(summary, 'messages_pushed'));
      assert.equal(counts.pings > 0, true);
      const batched = count(summary, 'messages_batched');
      assert.equal(manners.frameLength === undefined ? batched > 0 : batched === 0, true, String(batched));
    });

  test('that does not answer its heartbeats is lost, and named', async (t) => {
    const server = await lineChatServer(t, { mute: true });
    const ended = await run('tests/k6/lineChat.ts', server, { THINK_SECONDS: '0.5' });
    const summary = summaryOf(ended);
    assertBalanced(summary);
    assert.deepEqual(failureCounts(summary), { 'socket:heartbeat_timeout': 5 });
    assert.equal(count(summary, 'disconnects'), 5);
  });

  test('whose binary frames a protocol of JSON does not want', async (t) => {
    const server = await lineChatServer(t, { binary: true });
    const ended = await run('tests/k6/desk.ts', server, {
      PROTOCOL: 'without log-in',
      CONNECT_TIMEOUT_SECONDS: '2',
    });
    const summary = summaryOf(ended);
    assert.equal(summary.verdict.result, 'INVALID', ended.stdout);
  });
});
