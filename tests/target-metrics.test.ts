// Does the reference target tell Prometheus what its stats tell, each target for itself?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { folder } from './support/files.ts';
import {
  announce,
  call,
  listeners,
  logIn,
  messagingTarget,
  say,
  textsOf,
} from './support/messagingClient.ts';
import { readPrometheus, type Family } from './support/prometheusText.ts';
import { until } from './support/until.ts';

async function scrape(url: string): Promise<Map<string, Family>> {
  const response = await fetch(`${url}/metrics`);
  assert.equal(response.status, 200);
  assert.match(response.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
  return readPrometheus(await response.text());
}

const valueOf = (families: Map<string, Family>, name: string): number =>
  Number(families.get(name)?.metrics[0]?.value);

const requestsOf = (families: Map<string, Family>): Record<string, number> =>
  Object.fromEntries(
    (families.get('messaging_requests_total')?.metrics ?? []).map(({ labels, value }) => [
      `${String(labels?.['endpoint'])} ${String(labels?.['status'])}`,
      Number(value),
    ]),
  );

test('requests, sockets, notifications, uploads and the process', async (t) => {
  const { url, ws, stats } = await messagingTarget(t, { chunkBytes: 1000, uploadFolder: folder(t) });
  const token = await logIn(url);
  const clients = await listeners(ws, token, 2);
  for (const text of ['a', 'b', 'c']) await say(url, token, { text });
  await call(`${url}/v1/conversations`);
  const file = await announce(url, token, 1500);
  await file.chunk(0);
  await until(() => clients.every((client) => textsOf(client).length === 3));
  const families = await scrape(url);
  assert.deepEqual(requestsOf(families), {
    'login 200': 1,
    'message 201': 3,
    'conversations 401': 1,
    'initiate 201': 1,
    'chunk 200': 1,
  });
  const figures = {
    messaging_tokens_issued_total: 1,
    messaging_messages_total: 3,
    messaging_sockets_opened_total: 2,
    messaging_sockets_open: 2,
    messaging_subscriptions: 2,
    messaging_notifications_due_total: 6,
    messaging_notifications_sent_total: 6,
    messaging_notifications_pending: 0,
    messaging_files_open: 1,
    messaging_files_completed_total: 0,
    messaging_chunks_stored_total: 1,
    messaging_bytes_received_total: 1000,
    messaging_bytes_uploaded_total: 1000,
  };
  for (const [name, value] of Object.entries(figures)) assert.equal(valueOf(families, name), value, name);
  assert.deepEqual(families.get('messaging_tokens_refused_total')?.metrics, [
    { value: '1', labels: { error: 'token_missing' } },
  ]);
  assert.ok(valueOf(families, 'process_resident_memory_bytes') > 10_000_000, 'the process is there');
  await clients[0]?.close();
  await until(() => stats().sockets.open === 1);
  assert.equal(valueOf(await scrape(url), 'messaging_sockets_open'), 1, 'it is asked anew');
});

test('the time of each request', async (t) => {
  const { url, stats } = await messagingTarget(t, { messageMs: 300 });
  const token = await logIn(url);
  for (let number = 0; number < 3; number++) await say(url, token);
  await until(() => stats().endpoints.message.answered[201] === 3);
  const families = await scrape(url);
  const figureOf = (part: string, le?: string): number => {
    const samples = families.get(`messaging_request_duration_seconds_${part}`)?.metrics ?? [];
    const found = samples.find(({ labels }) => labels?.['endpoint'] === 'message' && labels['le'] === le);
    return Number(found?.value);
  };
  assert.deepEqual([figureOf('count'), figureOf('bucket', '+Inf'), figureOf('bucket', '0.2')], [3, 3, 0]);
  assert.ok(figureOf('sum') >= 0.89 && figureOf('sum') < 200, `${figureOf('sum')} s`);
});

test('two targets of one process have counts of their own', async (t) => {
  const [one, two] = [await messagingTarget(t), await messagingTarget(t)];
  await logIn(one.url);
  assert.deepEqual(
    [requestsOf(await scrape(one.url)), requestsOf(await scrape(two.url))],
    [{ 'login 200': 1 }, {}],
  );
});
