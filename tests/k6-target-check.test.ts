// Does the check before the load let in whatever may be a back end, and name what can't be one?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { describe, test, type TestContext } from 'node:test';
import { WebSocketServer } from 'ws';
import { failureCounts, summaryOf } from './support/books.ts';
import { loopbackCertificate } from './support/certificate.ts';
import { supportDesk } from './support/dialectServer.ts';
import { runK6 } from './support/k6.ts';
import { listenFor } from './support/listen.ts';
import { opensslUnavailable } from './support/openssl.ts';
import { otherServer, soundly } from './support/otherServer.ts';
import { tlsProxy } from './support/proxy.ts';

/** Nothing listens there. */
const NOWHERE = 'http://127.0.0.1:9';

const COMMON = {
  ENCRYPTION: 'none',
  NUM_SESSIONS: '2',
  QUESTIONS: 'MED1060:2',
  GENERATOR_LAG_LIMIT_MS: '100000',
};

/** What a server that only has sockets does with a plain request. */
type Refusing = (connection: Socket, response: ServerResponse) => void;

/** Answers every question; knows no request but the handshake at /ws/chat. */
async function socketServer(
  t: TestContext,
  refuse: Refusing,
): Promise<{ port: number; requests: () => number }> {
  let requests = 0;
  const server = createServer(({ socket }, response) => {
    requests++;
    refuse(socket, response);
  });
  const sockets = new WebSocketServer({ server, path: '/ws/chat' });
  sockets.on('connection', (socket) => {
    socket.on('error', () => undefined);
    socket.on('message', (data: Buffer) => {
      const { id } = JSON.parse(data.toString()) as { id: string };
      socket.send(JSON.stringify({ type: 'chunk', id, seq: 0, text: 'word', complete_response: true }));
    });
  });
  return { port: await listenFor(t, server, sockets), requests: () => requests };
}

describe('a server that only speaks WebSocket is let in when, asked by HTTP, it', () => {
  const REFUSALS: Record<string, Refusing> = {
    'wants an upgrade': (_, response) => response.writeHead(426).end(),
    'closes the connection': (connection) => connection.end(),
    'resets the connection': (connection) => connection.resetAndDestroy(),
    'answers something else': (connection) => connection.end('what?\r\n\r\n'),
    'says nothing': () => undefined,
  };
  for (const [name, refuse] of Object.entries(REFUSALS))
    test(name, async (t) => {
      const { url } = await otherServer(t, soundly);
      const { port, requests } = await socketServer(t, refuse);
      const env = { ...COMMON, API_BASE_URL: url, WEBSOCKET_BASE_URL: `ws://127.0.0.1:${port}` };
      const run = await runK6({ source: 'scripts/burst.ts', env });
      const { questions, sockets } = summaryOf(run);
      assert.deepEqual([run.exitCode, questions.answered], [0, 4], run.stdout + run.stderr);
      assert.deepEqual(sockets, { attempted: 2, opened: 2, failed: 0 });
      assert.ok(requests() >= 1);
    });
});

test('a protocol without REST calls needs no one at API_BASE_URL', async (t) => {
  const desk = await supportDesk(t);
  const env = { ...COMMON, API_BASE_URL: NOWHERE, WEBSOCKET_BASE_URL: desk.websocketUrl };
  const run = await runK6({ source: 'tests/k6/desk.ts', env: { ...env, PROTOCOL: 'without log-in' } });
  assert.deepEqual(failureCounts(summaryOf(run)), { 'connect:closed_4401': 2 });
  assert.deepEqual([desk.counts.logins, desk.counts.sockets], [0, 2]);
  const withLogIn = await runK6({ source: 'tests/k6/desk.ts', env });
  assert.equal(withLogIn.exitCode, 107);
  assert.match(withLogIn.stderr, /Nothing answers at http:\/\/127\.0\.0\.1:9 \(refused\)/);
});

test('an address with ws where the sockets speak TLS is named', { skip: opensslUnavailable() }, async (t) => {
  const { url } = await otherServer(t, soundly);
  const { file, ...options } = loopbackCertificate(t);
  const address = `ws://localhost:${await tlsProxy(t, Number(new URL(url).port), options)}`;
  for (const trust of [{}, { SSL_CERT_FILE: file }]) {
    const env = { ...COMMON, ...trust, API_BASE_URL: url, WEBSOCKET_BASE_URL: address };
    const run = await runK6({ source: 'scripts/burst.ts', env });
    assert.equal(run.exitCode, 107, run.stdout);
    const sentence = `What listens at ${address} speaks TLS. Set WEBSOCKET_BASE_URL to an address with wss://.`;
    assert.ok(run.stderr.includes(sentence), run.stderr);
  }
});
