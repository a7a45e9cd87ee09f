/** A client of an assistant, in Node, and what the target's counts of it must hold. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { AssistantStats } from '../../target/assistant/assistantStats.ts';
import type { TargetSettings } from '../../target/settings.ts';
import { start } from './chatClient.ts';

/** What a request was answered with; the body is empty where it is no object of JSON. */
export interface AssistantReply {
  status: number;
  body: Record<string, unknown>;
}

/**
 * Makes a request like `GET /api/health`; a body is a text as it is, or a value of which JSON is made. Rejects without an
 * answer in 20 s, and when `signal` aborts it.
 */
export async function send(
  url: string,
  call: string,
  body?: unknown,
  signal: AbortSignal = AbortSignal.timeout(20_000),
): Promise<AssistantReply> {
  const [method = '', path = ''] = call.split(' ');
  const response = await fetch(`${url}${path}`, {
    method,
    signal,
    headers: { 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  return { status: response.status, body: parse(await response.text()) };
}

// Whatever is not an object is as good as empty.
function parse(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Resolves to the worst delay of the server's event loop since the last look. */
export async function lookAt(url: string): Promise<number> {
  const { status, body } = await send(url, 'GET /api/health');
  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(typeof body['event_loop_delay_ms'], 'number');
  return Number(body['event_loop_delay_ms']);
}

/** A target whose counts must balance at the end. */
export async function assistantTarget(t: TestContext, settings: Partial<TargetSettings> = {}) {
  const target = await start(t, settings);
  t.after(async () => {
    await target.close();
    assertAssistantBalance(target.stats().assistant);
  });
  return { target, url: target.url, stats: () => target.stats().assistant };
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Whatever happened, each request ended in exactly one of the target's counts. */
export function assertAssistantBalance({ endpoints, files, faults, outages }: AssistantStats): void {
  for (const [name, { begun, answered, aborted, open }] of Object.entries(endpoints))
    assert.equal(begun, sum(answered) + aborted + open, `requests of ${name}`);
  const all = Object.values(endpoints);
  const gone = sum(Object.fromEntries(all.map(({ aborted, open }, index) => [index, aborted + open])));
  const refused = all.reduce((so, { answered }) => so + (answered[500] ?? 0) + (answered[503] ?? 0), 0);
  const meant = Object.entries(faults).filter(([name]) => name.endsWith('-500'));
  const due = outages.requestsRefused + sum(Object.fromEntries(meant));
  assert.ok(refused <= due && due <= refused + gone, `${refused} of ${due} refused`);
  const pairs: [number, number | undefined][] = [
    [files.written, endpoints.files_write.answered[201]],
    [files.read, endpoints.files_read.answered[200]],
    [files.deleted, endpoints.files_delete.answered[204]],
  ];
  for (const [done, told = 0] of pairs)
    assert.ok(told <= done && done <= told + gone, `${told} of ${done} files told`);
}
