// Does a protocol that reads frames itself need no more than one file: pieces, batches, binary, rooms, a real Socket.IO server?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { describe, test, type TestContext } from 'node:test';
import { buildSchema, GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { Server } from 'socket.io';
import { WebSocketServer } from 'ws';
import { lineBuffer } from '../lib/words/lineBuffer.ts';
import { partOf } from '../systems/chatbot/dialects/partOf.ts';
import { socketIo } from '../systems/chatbot/dialects/socketIo.ts';
import type { ServerMessage } from '../systems/chatbot/dialect.ts';
import { assertBalanced, failureCounts, summaryOf } from './support/books.ts';
import { runK6, type Summary } from './support/k6.ts';
import { lineChatServer, type LineManners } from './support/lineChatServer.ts';
import { listen, listenFor } from './support/listen.ts';
import { jsonRpcServer, phoenixServer } from './support/specServers.ts';

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

interface Question {
  id: string;
  text: string;
}

/** A real Socket.IO server: a chat in a namespace, with a password. */
async function socketIoServer(t: TestContext) {
  const counts = { connections: 0, questions: 0, pushes: 0, goodbyes: 0 };
  const http = createServer((_request, response) => response.end('{}'));
  const io = new Server(http, { pingInterval: 300, pingTimeout: 2000 });
  const chat = io.of('/chat');
  chat.use((socket, next) => {
    const { password } = socket.handshake.auth as { password?: string };
    next(password === 'open' ? undefined : new Error('wrong password'));
  });
  chat.on('connection', (socket) => {
    counts.connections++;
    socket.on('disconnect', (reason) => {
      if (reason === 'client namespace disconnect') counts.goodbyes++;
    });
    socket.on('ask', ({ id, text }: Question, answered?: (answer: object) => void) => {
      counts.questions++;
      counts.pushes += chat.sockets.size - 1;
      socket.broadcast.emit('room', { at: Date.now() });
      if (answered !== undefined) return answered({ text: `You said: ${text}` });
      for (const [index, part] of ['You ', 'said: ', text].entries())
        socket.emit('part', { id, text: part, done: index === 2 });
    });
  });
  t.after(() => io.close());
  const address = `127.0.0.1:${await listen(http)}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts, stop: () => void io.close() };
}

describe('a real Socket.IO server', () => {
  for (const ANSWERS of ['acknowledgements', 'events'])
    test(`that answers by ${ANSWERS}, is counted as it counts itself`, async (t) => {
      const server = await socketIoServer(t);
      const env = { ANSWERS, CHAT_SECRET: 'open', THINK_SECONDS: '0.2' };
      const ended = await run('tests/k6/socketIo.ts', server, env);
      const summary = summaryOf(ended);
      assert.deepEqual([ended.exitCode, summary.verdict.result], [0, 'PASS'], ended.stdout + ended.stderr);
      assertBalanced(summary);
      const { began, good } = summary.operations['question'] ?? {};
      assert.deepEqual([began, good, server.counts.questions], [20, 20, 20]);
      assert.equal(server.counts.connections, 5);
      assert.ok(count(summary, 'messages_pushed') > 0);
      assert.ok(count(summary, 'messages_pushed') <= server.counts.pushes);
      assert.equal(count(summary, 'messages_unknown'), 0);
    });

  test('that refuses the password makes the run INVALID, and shows what came', async (t) => {
    const server = await socketIoServer(t);
    const ended = await run('tests/k6/socketIo.ts', server, { CHAT_SECRET: 'wrong' });
    const summary = summaryOf(ended);
    assert.equal(summary.verdict.result, 'INVALID', ended.stdout);
    assert.deepEqual(failureCounts(summary), { 'connect:server_error': 5 });
    assert.match(ended.stderr, /wrong password/);
  });
});

/** A real server of graphql-ws: parts of an answer as a subscription, and a password. */
async function graphqlServer(t: TestContext) {
  const counts = { connections: 0, questions: 0, answers: 0 };
  const schema = buildSchema(
    'type Part { text: String! } type Query { none: String } type Subscription { answer(text: String!): Part! }',
  );
  async function* answer({ text }: { text: string }) {
    counts.questions++;
    if (text === '') throw new GraphQLError('nothing asked');
    for (const part of ['You ', 'said: ', text]) yield await Promise.resolve({ answer: { text: part } });
    counts.answers++;
  }
  const http = createServer((_request, response) => response.end('{}'));
  const sockets = new WebSocketServer({ server: http, path: '/graphql' });
  const options = {
    schema,
    roots: { subscription: { answer } },
    onConnect: ({ connectionParams }: { connectionParams?: Record<string, unknown> | undefined }) => {
      counts.connections++;
      return connectionParams?.['password'] === 'open';
    },
  };
  const server = useServer(options, sockets);
  t.after(() => server.dispose());
  const address = `127.0.0.1:${await listenFor(t, http)}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts };
}

describe('a real server of graphql-ws', () => {
  test('is counted as it counts itself', async (t) => {
    const server = await graphqlServer(t);
    const ended = await run('tests/k6/graphqlWs.ts', server, { CHAT_SECRET: 'open' });
    const summary = summaryOf(ended);
    assert.deepEqual([ended.exitCode, summary.verdict.result], [0, 'PASS'], ended.stdout + ended.stderr);
    assertBalanced(summary);
    const { began, good } = summary.operations['question'] ?? {};
    assert.deepEqual([began, good], [server.counts.questions, server.counts.answers]);
    assert.deepEqual([began, server.counts.connections], [20, 5]);
    assert.equal(count(summary, 'messages_received'), 20 * 4 + 5);
  });

  test('that refuses the password makes the run INVALID, by the code of its close', async (t) => {
    const server = await graphqlServer(t);
    const ended = await run('tests/k6/graphqlWs.ts', server, { CHAT_SECRET: 'wrong' });
    const summary = summaryOf(ended);
    assert.equal(summary.verdict.result, 'INVALID', ended.stdout);
    assert.deepEqual(failureCounts(summary), { 'connect:closed_4403': 5 });
  });
});

const SPECIFIED = { jsonRpc: jsonRpcServer, phoenix: phoenixServer };

for (const [DIALECT, serverOf] of Object.entries(SPECIFIED))
  describe(`a server of ${DIALECT}, written from its specification`, () => {
    test('is counted as it counts itself', async (t) => {
      const { counts, ...target } = await serverOf(t);
      const env = { DIALECT, CHAT_SECRET: 'open', THINK_SECONDS: '0.2' };
      const ended = await run('tests/k6/specDialects.ts', target, env);
      const summary = summaryOf(ended);
      assert.deepEqual([ended.exitCode, summary.verdict.result], [0, 'PASS'], ended.stdout + ended.stderr);
      assertBalanced(summary);
      const { began, good } = summary.operations['question'] ?? {};
      assert.deepEqual([began, good, counts.logins], [counts.questions, counts.answers, 5]);
      assert.deepEqual([began, count(summary, 'messages_pushed')], [20, counts.pushes]);
      assert.equal(count(summary, 'messages_batched'), DIALECT === 'jsonRpc' ? 40 : 0);
      assert.equal(counts.heartbeats > 0, DIALECT === 'phoenix');
    });

    test('that refuses the password makes the run INVALID, and shows what came', async (t) => {
      const server = await serverOf(t);
      const ended = await run('tests/k6/specDialects.ts', server, { DIALECT, CHAT_SECRET: 'wrong' });
      const summary = summaryOf(ended);
      assert.equal(summary.verdict.result, 'INVALID', ended.stdout);
      assert.deepEqual(failureCounts(summary), { 'connect:server_error': 5 });
      assert.match(ended.stderr, /wrong password/);
    });
  });

test('packets of Socket.IO are read as its protocol has them', () => {
  const words = {
    namespace: '/chat',
    event: 'ask',
    data: (id: string) => ({ id }),
    heard: (_event: string, data: unknown) => partOf(data),
    answer: (data: unknown) => (typeof data === 'string' ? data : undefined),
  };
  const { readFrame, question, hello } = socketIo(words);
  const heard = (frame: string) => {
    const messages: ServerMessage[] = [];
    readFrame?.(frame, (message) => messages.push(message));
    return messages;
  };
  const ids = { user: '', token: '', sessionId: '', connectionId: '' };
  assert.deepEqual([hello?.(ids), question('7', 'c', 't')], ['40/chat,', '42/chat,7["ask",{"id":"7"}]']);
  const chunk = { type: 'chunk', seq: null };
  const table: [string, unknown][] = [
    ['0{"sid":"a"}', [{ type: 'ignored' }]],
    ['2', [{ type: 'reply', text: '3' }]],
    ['40/chat,{"sid":"b"}', [{ type: 'ready' }]],
    ['44/chat,{"message":"no"}', [{ type: 'error', id: null }]],
    ['43/chat,7["yes"]', [{ ...chunk, id: '7', text: 'yes', complete: true }]],
    ['43/chat,7[null]', [{ type: 'error', id: '7' }]],
    ['43/chat,x', [{ type: 'bad', lacks: 'id' }]],
    ['42/chat,["part",{"id":"7","text":"y"}]', [{ ...chunk, id: '7', text: 'y', complete: false }]],
    ['42/chat,["part",{"id":"7","done":true}]', [{ ...chunk, id: '7', text: '', complete: true }]],
    ['42/chat,["part",{}]', [{ type: 'bad', lacks: 'id' }]],
    ['42/chat,{}', [{ type: 'bad', lacks: 'event' }]],
    ['41/chat,', [{ type: 'ignored' }]],
    ['9', [{ type: 'unknown' }]],
  ];
  for (const [frame, messages] of table) assert.deepEqual(heard(frame), messages, frame);
});
