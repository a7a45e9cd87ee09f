// Does the graph of the reference target answer as agreed, hand on messages byte for byte, and count all of it?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { makeNetwork, type Network, type Visited } from '../target/graph/network.ts';
import { startTarget } from '../target/server.ts';
import { DEFAULT_SETTINGS, targetSettingsFrom } from '../target/settings.ts';
import { messageText, openAgents } from './support/agentsClient.ts';
import {
  ask,
  broadcastText,
  graphTarget,
  numbered,
  numbersOf,
  subscribers,
  type GraphReply,
} from './support/graphClient.ts';
import { graphServer } from './support/graphServer.ts';
import { until } from './support/until.ts';

/** The same contract holds for the reference target and for a server that was written apart from it. */
const SERVERS: [name: string, open: (t: TestContext) => Promise<{ url: string; websocketUrl: string }>][] = [
  ['the reference target', async (t) => (await graphTarget(t)).target],
  ['another server', (t) => graphServer(t)],
];

interface Found {
  query: string;
  total: number;
  nodes: { id: string; name: string }[];
}

for (const [name, openAt] of SERVERS)
  describe(`the endpoints, kept by ${name}`, () => {
    const search = async (url: string, query: string): Promise<Found> => {
      const { status, body } = await ask(`${url}/api/graph/nodes/search?${query}`);
      assert.equal(status, 200);
      return body as unknown as Found;
    };
    const walk = async (url: string, asked: Record<string, unknown>): Promise<Visited> => {
      const { status, body } = await ask(`${url}/api/graph/traverse`, JSON.stringify(asked));
      assert.equal(status, 200, JSON.stringify(body));
      return body as unknown as Visited;
    };

    test('health', async (t) => {
      const { url } = await openAt(t);
      assert.deepEqual(await ask(`${url}/health`), { status: 200, body: { status: 'ok' } });
    });

    test('stats', async (t) => {
      const { url } = await openAt(t);
      const { status, body } = await ask(`${url}/api/graph/stats`);
      assert.deepEqual([status, Object.keys(body)], [200, ['nodes', 'edges', 'average_degree', 'seed']]);
      const { nodes, edges, average_degree } = body;
      assert.equal(average_degree, (2 * Number(edges)) / Number(nodes));
    });

    test('a search finds several by a part of their name, whatever its case', async (t) => {
      const { url } = await openAt(t);
      const { total, nodes } = await search(url, 'q=');
      assert.equal(nodes.length, 20, 'the default limit');
      const part = nodes[0]?.name.split(' ')[0]?.slice(1) ?? '';
      const found = await search(url, `q=${part.toUpperCase()}&limit=100000`);
      assert.ok(found.total > 3 && found.total < total, `${found.total} of ${total}`);
      assert.deepEqual([found.query, found.nodes.length], [part.toUpperCase(), found.total]);
      for (const node of found.nodes) assert.match(node.name, new RegExp(part, 'i'));
      assert.equal(new Set(found.nodes.map(({ id }) => id)).size, found.total);
      const few = await search(url, `q=${part}&limit=2`);
      assert.deepEqual([few.total, few.nodes], [found.total, found.nodes.slice(0, 2)]);
      assert.deepEqual(await search(url, 'q=no%20such%20name'), {
        query: 'no such name',
        total: 0,
        nodes: [],
      });
    });

    test('a traversal goes so far, out, in or both ways', async (t) => {
      const { url } = await openAt(t);
      const [{ id: start } = { id: '' }] = (await search(url, 'q=&limit=1')).nodes;
      const alone = await walk(url, { start, depth: 0 });
      assert.deepEqual(alone, {
        start,
        depth: 0,
        direction: 'out',
        visited: 1,
        levels: [1],
        nodes: [{ id: start, depth: 0 }],
      });
      const near = async (direction: string, from = start): Promise<string[]> =>
        (await walk(url, { start: from, depth: 1, direction })).nodes.slice(1).map(({ id }) => id);
      const [out, incoming, both] = [await near('out'), await near('in'), await near('both')];
      assert.ok(out.length > 0 && incoming.length > 0, 'it has neighbours');
      assert.deepEqual(both.sort(), [...new Set([...out, ...incoming])].sort());
      for (const id of out) assert.ok((await near('in', id)).includes(start), id);
      const { visited, levels, nodes } = await walk(url, { start, depth: 3 });
      assert.deepEqual([nodes.length, levels.reduce((a, b) => a + b)], [visited, visited]);
      levels.forEach((count, depth) =>
        assert.equal(nodes.filter((node) => node.depth === depth).length, count, `depth ${depth}`),
      );
    });

    const wrong: [what: string, status: number, request: (url: string) => Promise<GraphReply>][] = [
      ['no q', 400, (url) => ask(`${url}/nodes/search`)],
      ['a limit of 0', 400, (url) => ask(`${url}/nodes/search?q=a&limit=0`)],
      ['a limit that is no number', 400, (url) => ask(`${url}/nodes/search?q=a&limit=x`)],
      ...[
        '',
        '{',
        'null',
        '[]',
        '{"depth":1}',
        '{"start":1,"depth":1}',
        '{"start":"a"}',
        '{"start":"a","depth":-1}',
        '{"start":"a","depth":1.5}',
        '{"start":"a","depth":"1"}',
        '{"start":"a","depth":1,"direction":"up"}',
      ].map((body): [string, number, (url: string) => Promise<GraphReply>] => [
        `the body ${body}`,
        400,
        (url) => ask(`${url}/traverse`, body),
      ]),
      ['an unknown start', 404, (url) => ask(`${url}/traverse`, '{"start":"nobody","depth":1}')],
    ];
    for (const [what, status, request] of wrong)
      test(`${what} gets ${status} and a sentence`, async (t) => {
        const reply = await request(`${(await openAt(t)).url}/api/graph`);
        assert.equal(reply.status, status);
        assert.match(String(reply.body['error']), /^.+\.$/);
      });
  });

for (const [name, openAt] of SERVERS)
  describe(`broadcasts, kept by ${name}`, () => {
    test('reach each subscriber, byte for byte, the publisher too if it is one', async (t) => {
      const url = `${(await openAt(t)).websocketUrl}/ws`;
      const [one, two] = await subscribers(url, 2);
      const [other] = await subscribers(url, 1, 'metrics');
      const publisher = await openAgents(url);
      assert.ok(one && two && other, 'all are there');
      const odd =
        ' { "payload" : {"n":1.0, "é":"\\u00e9 \\ud83d", "type":"x"},"channel":"graph", "type":"broadcast","more":[1e3]}\n';
      publisher.say(odd);
      await Promise.all([one.heard(2), two.heard(2)]);
      one.say(numbered(2));
      await Promise.all([one.heard(3), two.heard(3)]);
      for (const client of [one, two]) assert.deepEqual(client.frames.slice(1), [odd, numbered(2)]);
      await Promise.all([other.settle(), publisher.settle()]);
      assert.deepEqual([other.frames.length, publisher.frames], [1, []], 'there is no ack');
    });

    test('reach nobody who has unsubscribed or gone', async (t) => {
      const url = `${(await openAt(t)).websocketUrl}/ws`;
      const [one, two, three] = await subscribers(url, 3);
      assert.ok(one && two && three, 'all are there');
      one.say('{"type":"unsubscribe","channel":"graph"}');
      await Promise.all([one.heard(2), two.close()]);
      three.say(numbered(1), '{"type":"ping"}');
      await three.heard(3);
      await one.settle();
      assert.deepEqual([one.frames.length, two.frames.length, numbersOf(three)], [2, 1, [1]]);
    });

    test('of one publisher come in its order', async (t) => {
      const url = `${(await openAt(t)).websocketUrl}/ws`;
      const [one] = await subscribers(url, 1);
      const numbers = Array.from({ length: 500 }, (_, index) => index);
      one?.say(...numbers.map(numbered));
      await one?.heard(501);
      assert.deepEqual(one && numbersOf(one), numbers);
    });

    test('that are malformed reach nobody, and the socket stays', async (t) => {
      const url = `${(await openAt(t)).websocketUrl}/ws`;
      const [one] = await subscribers(url, 1);
      one?.say(
        '{"type":"broadcast"}',
        '{"type":"broadcast","channel":"graph"}',
        '{"type":"broadcast","payload":{}}',
        '{"type":"broadcast","channel":1,"payload":{}}',
        ...['null', '[]', '1', '"x"'].map((payload) => broadcastText(payload)),
        `${numbered(1)}}`,
      );
      one?.socket.send(Buffer.from(numbered(1)));
      one?.say(numbered(2));
      assert.deepEqual((await one?.heard(2))?.slice(1), [numbered(2)]);
    });
  });

describe('the network', () => {
  const everything = (network: Network): unknown[] => [
    network.stats(),
    network.search({ query: '', limit: 5000 }),
    network.traverse({ start: 'n1', depth: 1000, direction: 'both' }),
  ];
  const nearOf = (network: Network, start: string, direction: 'out' | 'in'): string[] =>
    network
      .traverse({ start, depth: 1, direction })
      ?.nodes.slice(1)
      .map(({ id }) => id) ?? [];

  test('is the same for the same seed, and another for another', () => {
    assert.deepEqual(everything(makeNetwork(7)), everything(makeNetwork(7)));
    const [seven, eight] = [makeNetwork(7), makeNetwork(8)];
    const names = (network: Network): unknown => network.search({ query: '', limit: 9 }).nodes;
    assert.notDeepEqual(names(seven), names(eight));
    assert.notDeepEqual(nearOf(seven, 'n1', 'out'), nearOf(eight, 'n1', 'out'));
  });

  test('has 5,000 nodes with names of their own, and 20,000 edges', () => {
    const network = makeNetwork(1);
    assert.deepEqual(network.stats(), { nodes: 5000, edges: 20_000, average_degree: 8, seed: 1 });
    const { nodes } = network.search({ query: '', limit: 9999 });
    assert.equal(new Set(nodes.map(({ name }) => name)).size, 5000);
    for (const direction of ['out', 'in'] as const)
      assert.equal(nodes.flatMap(({ id }) => nearOf(network, id, direction)).length, 20_000);
  });

  test('is walked breadth-first: each node at its least distance', () => {
    const network = makeNetwork(3);
    const least = new Map([['n17', 0]]);
    let edge = ['n17'];
    for (let depth = 1; depth <= 6; depth++) {
      edge = [...new Set(edge.flatMap((id) => nearOf(network, id, 'out')))].filter((id) => !least.has(id));
      for (const id of edge) least.set(id, depth);
    }
    const walked = network.traverse({ start: 'n17', depth: 6, direction: 'out' });
    assert.ok(least.size > 1000, `${least.size} nodes`);
    const distances = (entries: Iterable<[string, number]>): [string, number][] => [...entries].sort();
    assert.deepEqual(distances((walked?.nodes ?? []).map(({ id, depth }) => [id, depth])), distances(least));
  });
});

describe('the counts of the graph', () => {
  test('hold messages for two channels, and nothing of them is counted twice', async (t) => {
    const { target, ws, stats } = await graphTarget(t);
    const [one, two] = await subscribers(ws, 2);
    const [other] = await subscribers(ws, 1, 'metrics');
    assert.ok(one && two && other, 'all are there');
    one.say('{"type":"subscribe","channel":"metrics"}', numbered(1), broadcastText('{}', 'metrics'));
    one.say(broadcastText('{}', 'nobody'), messageText('1'), '{"type":"broadcast"}');
    await Promise.all([one.heard(5), two.heard(2), other.heard(2)]);
    await one.settle();
    const { published, due, deliveries, dropped, doubled, swapped, delayed, unsent, pending, faults } =
      stats();
    assert.deepEqual([published, due, deliveries], [3, 4, 4]);
    assert.deepEqual([dropped, doubled, swapped, delayed, unsent, pending, faults], [0, 0, 0, 0, 0, 0, {}]);
    const { agents, sockets_open } = target.stats();
    const { received, malformed, messages, broadcasts, deliveries: ofAgents } = agents;
    assert.deepEqual([received, malformed, messages, broadcasts, ofAgents], [9, 1, 1, 0, 0]);
    assert.equal(sockets_open, 3);
  });

  test('hold each request by its answer, and how many there were at a time', async (t) => {
    const { target, api, stats } = await graphTarget(t, { graphTraverseMs: 1000 });
    const body = '{"start":"n1","depth":1}';
    const walks = ['{', body, body].map((each) => ask(`${api}/traverse`, each));
    await until(() => stats().endpoints.traverse.open === 2);
    await ask(`${api}/traverse`, '{"start":"n0","depth":1}');
    await Promise.all(walks);
    await ask(`${api}/traverse`, '{');
    for (const path of ['stats', 'nodes/search', 'nodes/search?q=a']) await ask(`${api}/${path}`);
    await ask(`${target.url}/health`);
    const { endpoints, slowed } = stats();
    const quiet = { aborted: 0, open: 0 };
    assert.deepEqual(endpoints, {
      stats: { begun: 1, answered: { 200: 1 }, peak: 1, ...quiet },
      search: { begun: 2, answered: { 200: 1, 400: 1 }, peak: 1, ...quiet },
      traverse: { begun: 5, answered: { 200: 2, 400: 2, 404: 1 }, peak: 3, ...quiet },
    });
    assert.deepEqual(target.stats().health, { begun: 1, answered: { 200: 1 }, peak: 1, ...quiet });
    assert.equal(slowed, 0);
    const { body: served } = await ask(`${target.url}/stats`);
    assert.deepEqual(served['graph'], stats());
  });

  test('know requests whose client went away', async (t) => {
    const { api, stats } = await graphTarget(t, { graphSearchMs: 600_000 });
    const gone = new AbortController();
    const request = fetch(`${api}/nodes/search?q=a`, { signal: gone.signal });
    await until(() => stats().endpoints.search.open === 1);
    gone.abort();
    await assert.rejects(request, /abort/);
    await until(() => stats().endpoints.search.open === 0);
    assert.deepEqual(stats().endpoints.search, { begun: 1, answered: {}, aborted: 1, open: 0, peak: 1 });
  });
});

describe('the settings of the graph', () => {
  test('are read from texts', () => {
    const texts = {
      graphSeed: '7',
      graphStatsMs: '1',
      graphSearchMs: '2.5',
      graphTraverseMs: '3',
      graphHealthMs: '4',
      graphCapacity: '5',
      graphCollapse: '6',
      graphAfterCollapse: 'stay',
      graphDeliveryDelays: '8, 9.5',
      graphSlowSubscriber: '10',
      graphSlowMs: '11',
      graphCutSubscriber: '12',
      graphCutDelivery: '13',
      graphRefusals: '14',
      graphLeakBytes: '15',
    };
    const { graphAfterCollapse, graphDeliveryDelays, ...numbers } = targetSettingsFrom({
      ...texts,
      faults: 'stats-500:2,delivery-swapped:3',
    });
    assert.deepEqual([graphAfterCollapse, graphDeliveryDelays], ['stay', [8, 9.5]]);
    assert.deepEqual(numbers, {
      graphSeed: 7,
      graphStatsMs: 1,
      graphSearchMs: 2.5,
      graphTraverseMs: 3,
      graphHealthMs: 4,
      graphCapacity: 5,
      graphCollapse: 6,
      graphSlowSubscriber: 10,
      graphSlowMs: 11,
      graphCutSubscriber: 12,
      graphCutDelivery: 13,
      graphRefusals: 14,
      graphLeakBytes: 15,
      faults: { 'stats-500': 2, 'delivery-swapped': 3 },
    });
    const known = Object.keys(DEFAULT_SETTINGS).filter((name) => name.startsWith('graph'));
    assert.deepEqual(Object.keys(texts), known);
  });

  const wrong: [Record<string, string>, RegExp][] = [
    [{ graphSeed: '-1' }, /graphSeed is "-1"; give a whole number from 0/],
    [{ graphAfterCollapse: 'no' }, /graphAfterCollapse is "no"; give one of recover, stay/],
    [{ graphCutDelivery: '0' }, /graphCutDelivery is "0"; give a whole number from 1/],
    [{ graphDeliveryDelays: '1,x' }, /graphDeliveryDelays are "1,x"/],
    [{ graphCapacity: '5' }, /graphCapacity is 5, but no request of the graph takes time; give graphStatsMs/],
    [{ graphCollapse: '5' }, /graphCollapse is 5, but no request of the graph takes time/],
    [{ faults: 'delivery-lost:1' }, /hold "delivery-lost:1"/],
  ];
  for (const [options, pattern] of wrong)
    test(`are refused: ${JSON.stringify(options)}`, () => {
      assert.throws(() => targetSettingsFrom(options), pattern);
    });

  test('given to startTarget are checked too', async () => {
    await assert.rejects(startTarget({ port: 0, graphCapacity: 3 }), /graphCapacity is 3/);
  });

  test('the seed is that of the network', async (t) => {
    const { api } = await graphTarget(t, { graphSeed: 42 });
    assert.deepEqual((await ask(`${api}/stats`)).body, { ...makeNetwork(42).stats() });
  });
});
