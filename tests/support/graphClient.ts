/** A client of a graph service, in Node, and what the target's counts of it must hold. */
import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import type { GraphStats } from '../../target/graph/graphStats.ts';
import type { EndpointCounts } from '../../target/requests/endpointCounts.ts';
import type { TargetSettings } from '../../target/settings.ts';
import { assertAgentsBalance, openAgents, type AgentsClient } from './agentsClient.ts';
import { start } from './chatClient.ts';
import { until } from './until.ts';

/** What a request was answered with. */
export interface GraphReply {
  status: number;
  body: Record<string, unknown>;
}

// The shape is trusted: an assertion fails where it is not met.
const parse: (text: string) => Record<string, unknown> = JSON.parse;

/** Makes a request; with a body it is a POST of JSON, or of what `type` says. Rejects without an answer in 20 s. */
export async function ask(url: string, body?: string, type = 'application/json'): Promise<GraphReply> {
  const post = { method: 'POST', headers: { 'content-type': type }, body: body ?? '' };
  const response = await fetch(url, {
    signal: AbortSignal.timeout(20_000),
    ...(body === undefined ? {} : post),
  });
  return { status: response.status, body: parse(await response.text()) };
}

/** Orders something of the target, like a drop. */
export async function order(url: string, body: unknown): Promise<Record<string, unknown>> {
  const reply = await ask(url, JSON.stringify(body));
  assert.equal(reply.status, 202, JSON.stringify(reply.body));
  return reply.body;
}

/** The text of a message for the subscribers of a channel. */
export function broadcastText(payload: string, channel = 'graph'): string {
  return `{"type":"broadcast","channel":${JSON.stringify(channel)},"payload":${payload}}`;
}

/** The text of message 1, 2 … of a publisher. */
export function numbered(number: number): string {
  return broadcastText(`{"n":${number}}`);
}

/** The numbers of the messages that a client got, in the order in which they came. */
export function numbersOf(client: AgentsClient): number[] {
  return client.frames.flatMap((frame) => {
    const [, number] = /^\{"type":"broadcast","channel":"graph","payload":\{"n":(\d+)\}\}$/.exec(frame) ?? [];
    return number === undefined ? [] : [Number(number)];
  });
}

/** Opens sockets that subscribe, one after the other. */
export async function subscribers(url: string, count: number, channel = 'graph'): Promise<AgentsClient[]> {
  const clients: AgentsClient[] = [];
  for (let opened = 0; opened < count; opened++) {
    const client = await openAgents(url);
    client.say(JSON.stringify({ type: 'subscribe', channel }));
    await client.heard(1);
    clients.push(client);
  }
  return clients;
}

/** A target whose counts must balance at the end, and its addresses. */
export async function graphTarget(t: TestContext, settings: Partial<TargetSettings> = {}) {
  const target = await start(t, settings);
  t.after(async () => {
    await target.close();
    await until(() => target.stats().agents.open === 0);
    const { graph, health, agents } = target.stats();
    assertGraphBalance(graph, health);
    assertAgentsBalance(agents);
    assert.equal(agents.published, graph.published);
  });
  return {
    target,
    api: `${target.url}/api/graph`,
    ws: `${target.websocketUrl}/ws`,
    stats: () => target.stats().graph,
  };
}

const sum = (counts: Record<string, number>): number => Object.values(counts).reduce((a, b) => a + b, 0);

/** Whatever happened, each delivery and each request ended in exactly one of the target's counts. */
export function assertGraphBalance(stats: GraphStats, health: EndpointCounts): void {
  const { due, doubled, deliveries, dropped, unsent, pending, outages } = stats;
  assert.equal(due + doubled, deliveries + dropped + unsent + pending + outages.deliveriesLost, 'deliveries');
  for (const [name, { begun, answered, aborted, open }] of Object.entries({ ...stats.endpoints, health }))
    assert.equal(begun, sum(answered) + aborted + open, `requests of ${name}`);
}
