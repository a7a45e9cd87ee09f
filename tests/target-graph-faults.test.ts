// Does each fault, limit and drop of the graph do exactly what it says, on its numbers only, and is it counted?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { GraphStats } from '../target/graph/graphStats.ts';
import { capacityOf } from '../target/graph/graphSettings.ts';
import { Service } from '../target/requests/service.ts';
import type { TargetSettings } from '../target/settings.ts';
import { DEFAULT_SETTINGS } from '../target/settings.ts';
import type { Stats } from '../target/stats.ts';
import { agentsUpgrade, openAgents, type AgentsClient } from './support/agentsClient.ts';
import { login, dial } from './support/chatClient.ts';
import { ask, graphTarget, numbered, numbersOf, order, subscribers } from './support/graphClient.ts';
import { graphServer, type GraphHooks } from './support/graphServer.ts';
import { targetProcess } from './support/target.ts';
import { until } from './support/until.ts';

/** A target with a publisher and subscribers 1, 2 … */
async function stage(t: TestContext, count: number, settings: Partial<TargetSettings> = {}) {
  const graph = await graphTarget(t, settings);
  const clients = await subscribers(graph.ws, count);
  const publisher = await openAgents(graph.ws);
  /** Sends messages by their numbers; resolves when the target has handed on what it does at once. */
  const publish = async (...numbers: number[]): Promise<void> => {
    publisher.say(...numbers.map(numbered));
    await publisher.settle();
  };
  return { ...graph, clients, publisher, publish };
}

/** Resolves to what each client got, when the target has sent all that it will. */
async function settled(clients: AgentsClient[], stats: () => GraphStats): Promise<number[][]> {
  await until(() => stats().pending === 0);
  await Promise.all(clients.map((client) => client.settle()));
  return clients.map(numbersOf);
}

const fateOf = ({ due, deliveries, dropped, doubled, swapped, delayed, unsent }: GraphStats): number[] => [
  due,
  deliveries,
  dropped,
  doubled,
  swapped,
  delayed,
  unsent,
];

describe('deliveries', () => {
  // Of three messages for two subscribers, the third delivery is that of message 2 to subscriber 1.
  const rows: [string, Partial<TargetSettings>, number[][], number[]][] = [
    [
      'dropped',
      { faults: { 'delivery-dropped': 3 } },
      [
        [1, 3],
        [1, 2],
      ],
      [6, 4, 2, 0, 0, 0, 0],
    ],
    [
      'doubled',
      { faults: { 'delivery-doubled': 3 } },
      [
        [1, 2, 2, 3],
        [1, 2, 3, 3],
      ],
      [6, 8, 0, 2, 0, 0, 0],
    ],
    [
      'swapped',
      { faults: { 'delivery-swapped': 4 } },
      [
        [1, 2, 3],
        [1, 3, 2],
      ],
      [6, 6, 0, 0, 1, 0, 0],
    ],
    [
      'swapped in a row',
      { faults: { 'delivery-swapped': 2 } },
      [
        [1, 2, 3],
        [2, 1, 3],
      ],
      [6, 6, 0, 0, 1, 0, 0],
    ],
  ];
  for (const [name, settings, expected, fate] of rows)
    test(`${name}: ${JSON.stringify(expected)}`, async (t) => {
      const { clients, publish, stats } = await stage(t, 2, settings);
      await publish(1, 2, 3);
      assert.deepEqual(await settled(clients, stats), expected);
      assert.deepEqual(fateOf(stats()), fate);
      const fired = Object.entries(settings.faults ?? {}).map(([fault, every]) => [
        fault,
        Math.floor(6 / every),
      ]);
      assert.deepEqual(stats().faults, Object.fromEntries(fired));
    });

  test('one that nobody overtakes comes all the same', async (t) => {
    const { clients, publish, stats } = await stage(t, 1, { faults: { 'delivery-swapped': 2 } });
    await publish(1, 2);
    assert.deepEqual([numbersOf(clients[0] as AgentsClient), stats().pending], [[1], 1]);
    assert.deepEqual(await settled(clients, stats), [[1, 2]]);
    assert.deepEqual(fateOf(stats()), [2, 2, 0, 0, 0, 0, 0]);
  });

  test('that wait when their subscriber goes are unsent', async (t) => {
    const { clients, publish, stats } = await stage(t, 2, { graphDeliveryDelays: [60_000, 0] });
    await publish(1, 2);
    assert.deepEqual([stats().pending, stats().delayed], [2, 2]);
    clients[0]?.socket.terminate();
    await until(() => stats().pending === 0);
    assert.deepEqual(fateOf(stats()), [4, 2, 0, 0, 0, 2, 2]);
    assert.deepEqual(clients.map(numbersOf), [[], [1, 2]]);
  });

  test('the table gives each delivery its delay, over all messages and subscribers', async (t) => {
    const delays = [300, 0, 100, 200];
    const { clients, publisher, stats } = await stage(t, 3, { graphDeliveryDelays: delays });
    const came: [subscriber: number, message: number, ms: number][] = [];
    clients.forEach(({ socket }, place) =>
      socket.on('message', (data: Buffer) => {
        const [, number] = /"n":(\d+)/.exec(data.toString()) ?? [];
        came.push([place, Number(number), performance.now() - began]);
      }),
    );
    const began = performance.now();
    publisher.say(numbered(0), numbered(1));
    await until(() => came.length === 6);
    for (const [subscriber, message, ms] of came) {
      const planned = delays[(3 * message + subscriber) % delays.length] ?? NaN;
      assert.ok(ms >= planned - 2, `${ms} ms instead of ${planned}`);
    }
    assert.deepEqual(
      clients.map(numbersOf),
      [
        [1, 0],
        [0, 1],
        [1, 0],
      ],
      '300 and 200 ms, 0 and 300 ms, 100 and 0 ms in turn',
    );
    assert.deepEqual(fateOf(stats()), [6, 6, 0, 0, 0, 4, 0]);
  });

  test('of the slow subscriber come later, the others at once', async (t) => {
    const { clients, publish, stats } = await stage(t, 3, { graphSlowSubscriber: 2, graphSlowMs: 700 });
    const began = performance.now();
    await publish(1, 2);
    await Promise.all([clients[0]?.settle(), clients[2]?.settle()]);
    assert.deepEqual([clients.map(numbersOf), stats().pending], [[[1, 2], [], [1, 2]], 2]);
    assert.deepEqual(await settled(clients, stats), [
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
    assert.ok(performance.now() - began >= 698, 'it waited');
    assert.deepEqual(fateOf(stats()), [6, 6, 0, 0, 0, 2, 0]);
  });

  test('subscribers are numbered by their first subscription', async (t) => {
    const { ws, stats } = await graphTarget(t, { graphSlowSubscriber: 2, graphSlowMs: 60_000 });
    const quiet = await openAgents(ws);
    const [one] = await subscribers(ws, 1, 'metrics');
    one?.say('{"type":"subscribe","channel":"graph"}');
    await one?.heard(2);
    const [two, three] = await subscribers(ws, 2);
    one?.say(numbered(1));
    await Promise.all([one?.heard(3), three?.heard(2)]);
    await two?.settle();
    assert.deepEqual([two && numbersOf(two), quiet.frames, stats().pending], [[], [], 1]);
  });

  test('one subscriber is cut at its n-th, once', async (t) => {
    const { clients, publish, stats, target } = await stage(t, 3, {
      graphCutSubscriber: 2,
      graphCutDelivery: 3,
    });
    await publish(1, 2, 3);
    assert.equal(await clients[1]?.closeCode(), 1006);
    await until(() => target.stats().agents.open === 3);
    await publish(4);
    await Promise.all([clients[0]?.heard(5), clients[2]?.heard(5)]);
    assert.deepEqual(clients.map(numbersOf), [
      [1, 2, 3, 4],
      [1, 2],
      [1, 2, 3, 4],
    ]);
    assert.deepEqual([stats().cut, ...fateOf(stats())], [1, 11, 10, 0, 0, 0, 0, 1]);
  });
});

describe('drops', () => {
  test('a reset ends every socket of /ws, no other, and the next handshakes are refused', async (t) => {
    const { target, clients, ws, stats } = await stage(t, 2, { graphRefusals: 2, retryAfter: 4 });
    const chat = dial(target, await login(target));
    await until(() => target.stats().sockets_open === 4);
    assert.equal(stats().drops.handshakes, 0, 'none of them came after a drop');
    assert.deepEqual(await order(`${target.url}/graph/drop`, {}), { mode: 'reset', refusals: 2, sockets: 3 });
    for (const client of clients) assert.equal(await client.closeCode(), 1006);
    const statuses = [await agentsUpgrade(ws), await agentsUpgrade(ws), await agentsUpgrade(ws)];
    assert.deepEqual(statuses, [503, 503, 101]);
    assert.deepEqual(stats().drops, { count: 1, sockets: 3, handshakes: 3, refused: 2 });
    assert.deepEqual(target.stats().agents.refused, { 503: 2 });
    assert.equal(chat.readyState, chat.OPEN);
  });

  test('a close tells its code; a second drop has refusals of its own', async (t) => {
    const { target, clients, ws, stats } = await stage(t, 2);
    const drop = { mode: 'close', code: 4001, refusals: 5 };
    assert.deepEqual(await order(`${target.url}/graph/drop`, drop), { ...drop, sockets: 3 });
    for (const client of clients) assert.equal(await client.closeCode(), 4001);
    assert.equal(await agentsUpgrade(ws), 503);
    const close = { mode: 'close', code: 1001, refusals: 0, sockets: 0 };
    assert.deepEqual(await order(`${target.url}/graph/drop`, { mode: 'close' }), close);
    assert.equal(await agentsUpgrade(ws), 101);
    assert.deepEqual(stats().drops, { count: 2, sockets: 3, handshakes: 2, refused: 1 });
    await until(() => target.stats().agents.open === 0);
    assert.deepEqual(target.stats().agents.closes, { 1000: 1, 4001: 3 });
  });

  test('broadcast-reset drops all instead of the n-th message', async (t) => {
    const faults = { 'broadcast-reset': 2 };
    const { clients, publisher, ws, stats } = await stage(t, 2, { faults, graphRefusals: 1 });
    publisher.say(numbered(1), numbered(2));
    for (const client of [...clients, publisher]) assert.equal(await client.closeCode(), 1006);
    assert.deepEqual(fateOf(stats()), [4, 2, 0, 0, 0, 0, 2]);
    assert.deepEqual([await agentsUpgrade(ws), await agentsUpgrade(ws)], [503, 101]);
    assert.deepEqual(stats().drops, { count: 1, sockets: 3, handshakes: 2, refused: 1 });
    assert.deepEqual(stats().faults, { 'broadcast-reset': 1 });
  });

  const wrong: [body: string, error: RegExp][] = [
    ['', /^The body must be a JSON object like /],
    ['[]', /^The body must be a JSON object like /],
    ['{"mode":', /^The body must be a JSON object like /],
    ['{"mode":"down"}', /^The drop's mode is "down"; give one of reset, close\.$/],
    ['{"code":1006}', /^The drop's code is 1006; give 1000 to 1003/],
    ['{"code":"x"}', /^The drop's code is "x"; give 1000 to 1003/],
    ['{"refusals":-1}', /^The drop's refusals are -1; give a whole number from 0/],
    ['{"refuse":1}', /^A drop has no "refuse"; give only mode, code, refusals\.$/],
  ];
  for (const [body, error] of wrong)
    test(`a body that can't be used: ${body}`, async (t) => {
      const { target, stats } = await graphTarget(t);
      const reply = await ask(`${target.url}/graph/drop`, body);
      assert.equal(reply.status, 400);
      assert.match(String(reply.body['error']), error);
      assert.equal(stats().drops.count, 0);
    });

  test('faults of connections do not fall on what they refuse', async (t) => {
    const { target, ws } = await graphTarget(t, { graphRefusals: 1, faults: { 'connection-429': 2 } });
    await order(`${target.url}/graph/drop`, {});
    assert.deepEqual([await agentsUpgrade(ws), await agentsUpgrade(ws)], [503, 429]);
    assert.deepEqual(target.stats().agents.faults, { 'connection-429': 1 });
  });
});

describe('requests', () => {
  const paths: [name: 'stats' | 'search' | 'traverse' | 'health', path: string, body?: string][] = [
    ['stats', '/api/graph/stats'],
    ['search', '/api/graph/nodes/search?q=a'],
    ['traverse', '/api/graph/traverse', '{"start":"n1","depth":1}'],
    ['health', '/health'],
  ];
  for (const [name, path, body] of paths) {
    test(`${name}-500 is every third answer`, async (t) => {
      const { target, stats } = await graphTarget(t, { faults: { [`${name}-500`]: 3 } });
      const statuses: number[] = [];
      for (let number = 1; number <= 7; number++) statuses.push((await ask(target.url + path, body)).status);
      assert.deepEqual(statuses, [200, 200, 500, 200, 200, 500, 200]);
      for (const [, other, more] of paths)
        if (other !== path) assert.equal((await ask(target.url + other, more)).status, 200);
      const counts = name === 'health' ? target.stats().health : stats().endpoints[name];
      assert.deepEqual(counts.answered, { 200: 5, 500: 2 });
      assert.deepEqual(stats().faults, { [`${name}-500`]: 2 });
    });

    test(`${name} takes its time, the others do not`, async (t) => {
      const setting = `graph${name.charAt(0).toUpperCase()}${name.slice(1)}Ms`;
      const { target } = await graphTarget(t, { [setting]: 1500 });
      const order: string[] = [];
      const began = performance.now();
      const slow = ask(target.url + path, body).then(() => order.push(name));
      for (const [other, otherPath, more] of paths)
        if (other !== name) order.push(other, String((await ask(target.url + otherPath, more)).status));
      await slow;
      assert.ok(performance.now() - began >= 1498, 'it took its time');
      assert.equal(order.indexOf(name), 6, order.join());
    });
  }

  test('beyond the capacity wait in line', async (t) => {
    const { api, stats } = await graphTarget(t, { graphCapacity: 2, graphSearchMs: 300 });
    const began = performance.now();
    await Promise.all(Array.from({ length: 7 }, () => ask(`${api}/nodes/search?q=a`)));
    assert.ok(performance.now() - began >= 4 * 300 - 8, 'four rounds of two');
    const { begun, answered, open, peak } = stats().endpoints.search;
    assert.deepEqual([begun, answered, open], [7, { 200: 7 }, 0]);
    assert.ok(peak > 2, `at most ${peak} at a time`);
  });

  test('above the number of a collapse cost twice as much', async (t) => {
    const settings = { graphCollapse: 2, graphAfterCollapse: 'stay', graphStatsMs: 600 } as const;
    const { api, stats } = await graphTarget(t, settings);
    await ask(`${api}/stats`);
    assert.equal(stats().slowed, 0);
    const requests = [1, 2, 3].map(() => ask(`${api}/stats`));
    await until(() => stats().endpoints.stats.open === 3);
    const began = performance.now();
    await Promise.all(requests);
    await ask(`${api}/stats`);
    assert.ok(performance.now() - began >= 1200 - 2, 'the last one took twice as long');
    assert.deepEqual([stats().slowed, stats().endpoints.stats.answered], [2, { 200: 5 }]);
  });
});

describe('service', () => {
  /** How long six requests at once take, and how many of them were slow; then one more. */
  async function six(settings: Partial<TargetSettings>): Promise<{ ms: number; slowed: number[] }> {
    let slowed = 0;
    // The timers of a service keep no process alive.
    const alive = setInterval(() => undefined, 1000);
    const most = capacityOf({ ...DEFAULT_SETTINGS, graphCapacity: 1, ...settings });
    const service = new Service(most, () => slowed++);
    const began = performance.now();
    await Promise.all(Array.from({ length: 6 }, () => service.serve(100)));
    const ms = performance.now() - began;
    const ofSix = slowed;
    await service.serve(0);
    clearInterval(alive);
    return { ms, slowed: [ofSix, slowed] };
  }
  const rows: [string, Partial<TargetSettings>, number, number[]][] = [
    ['one at a time', {}, 600, [0, 0]],
    ['slow while there are more than three', { graphCollapse: 3 }, 900, [3, 3]],
    ['slow for ever', { graphCollapse: 3, graphAfterCollapse: 'stay' }, 1200, [6, 7]],
    ['at that number nothing collapses', { graphCollapse: 6 }, 600, [0, 0]],
    ['all at a time, and all slow', { graphCapacity: 0, graphCollapse: 5 }, 200, [6, 6]],
  ];
  for (const [words, settings, least, slowed] of rows)
    test(words, async () => {
      const took = await six(settings);
      assert.ok(took.ms >= least - 12, `${took.ms} ms instead of ${least}`);
      assert.deepEqual(took.slowed, slowed);
    });
});

describe('outages of the graph', () => {
  const asked = async ({ target, api }: Awaited<ReturnType<typeof graphTarget>>): Promise<number[]> => {
    const urls = [`${api}/stats`, `${api}/nodes/search?q=a`, `${target.url}/health`];
    return Promise.all(urls.map(async (url) => (await ask(url)).status));
  };

  test('down refuses requests with 503, error with 500; no fault falls on them', async (t) => {
    const graph = await stage(t, 1, { faults: { 'stats-500': 3 }, graphDeliveryDelays: [60_000] });
    await graph.publish(1);
    await order(`${graph.target.url}/outage`, { seconds: 60, mode: 'error' });
    assert.deepEqual(await asked(graph), [500, 500, 200]);
    await order(`${graph.target.url}/outage`, { seconds: 60 });
    assert.deepEqual(await asked(graph), [503, 503, 200]);
    assert.deepEqual(graph.stats().outages, {
      count: 2,
      requestsRefused: 4,
      requestsLost: 0,
      requestsDelayed: 0,
      deliveriesLost: 1,
      deliveriesDelayed: 0,
    });
    await order(`${graph.target.url}/outage`, { seconds: 60, mode: 'slow', delayMs: 0 });
    const statuses = [await ask(`${graph.api}/stats`), await ask(`${graph.api}/stats`)].map(
      ({ status }) => status,
    );
    assert.deepEqual([statuses, graph.stats().faults], [[500, 200], { 'stats-500': 1 }], 'numbers 3 and 4');
  });

  test('silent answers nothing and loses messages', async (t) => {
    const graph = await stage(t, 2, {
      graphDeliveryDelays: [60_000, 0, 0, 0, 0, 0, 0, 0],
      faults: { 'delivery-dropped': 4 },
    });
    await graph.publish(1);
    await order(`${graph.target.url}/outage`, { seconds: 60, mode: 'silent' });
    await graph.publish(2);
    const gone = new AbortController();
    const request = fetch(`${graph.api}/stats`, { signal: gone.signal });
    await until(() => graph.stats().outages.requestsLost === 1);
    assert.equal((await ask(`${graph.target.url}/health`)).status, 200);
    gone.abort();
    await assert.rejects(request, /abort/);
    await until(() => graph.stats().endpoints.stats.aborted === 1);
    assert.deepEqual(await settled(graph.clients, graph.stats), [[], [1]]);
    assert.deepEqual([graph.stats().due, graph.stats().outages.deliveriesLost], [4, 3]);
    await order(`${graph.target.url}/outage`, { seconds: 60, mode: 'slow', delayMs: 0 });
    await graph.publish(3, 4);
    assert.deepEqual(
      await settled(graph.clients, graph.stats),
      [
        [3, 4],
        [1, 3],
      ],
      'delivery 8 is dropped, 4 was not',
    );
  });

  test('slow delays both', async (t) => {
    const graph = await stage(t, 1);
    await order(`${graph.target.url}/outage`, { seconds: 60, mode: 'slow', delayMs: 700 });
    const began = performance.now();
    await graph.publish(1);
    assert.equal(graph.stats().pending, 1);
    assert.deepEqual(await asked(graph), [200, 200, 200]);
    assert.deepEqual(await settled(graph.clients, graph.stats), [[1]]);
    assert.ok(performance.now() - began >= 698, 'it waited');
    const { requestsDelayed, deliveriesDelayed } = graph.stats().outages;
    assert.deepEqual([requestsDelayed, deliveriesDelayed, graph.stats().delayed], [2, 1, 1]);
  });
});

describe('memory', () => {
  const MEBIBYTE = 1024 ** 2;
  // The shape is trusted: an assertion fails where it is not met.
  const statsOf = async (url: string): Promise<Stats> => (await ask(`${url}/stats`)).body as unknown as Stats;

  test('each socket of /ws takes what it is told to, for ever', async (t) => {
    const { url, websocketUrl } = await targetProcess(t, { graphLeakBytes: 4 * MEBIBYTE });
    const before = await statsOf(url);
    const clients = await subscribers(`${websocketUrl}/ws`, 20);
    const during = await statsOf(url);
    assert.deepEqual([during.sockets_open, during.graph.leakedBytes], [20, 80 * MEBIBYTE]);
    const grown = during.memory_rss_bytes - before.memory_rss_bytes;
    assert.ok(grown > 60 * MEBIBYTE, `${grown} bytes`);
    await Promise.all(clients.map((client) => client.close()));
    const after = await statsOf(url);
    assert.ok(after.memory_rss_bytes - before.memory_rss_bytes > 60 * MEBIBYTE, 'it is not given back');
    for (const { memory_rss_bytes, memory_peak_bytes, memory_heap_bytes } of [before, during, after]) {
      assert.ok(memory_heap_bytes > MEBIBYTE && memory_heap_bytes < memory_rss_bytes, 'the heap is a part');
      assert.ok(memory_peak_bytes >= memory_rss_bytes, `${memory_peak_bytes} is no peak`);
    }
    assert.ok(after.memory_peak_bytes >= during.memory_peak_bytes, 'the peak stays');
  });

  test("the peak is the target's own, not that of the process that started it", async (t) => {
    const large = Buffer.alloc(600 * MEBIBYTE, 1);
    const { url } = await targetProcess(t);
    const peak = (await statsOf(url)).memory_peak_bytes;
    assert.ok(peak < large.length, `${peak} bytes`);
  });
});

describe('another server breaks by functions', () => {
  const rows: [string, GraphHooks, number[][], number][] = [
    [
      'drop',
      { drop: ({ number }) => number === 3 },
      [
        [1, 3],
        [1, 2, 3],
      ],
      5,
    ],
    [
      'double',
      { double: ({ subscriber, message }) => subscriber === 2 && message === 1 },
      [
        [1, 2, 3],
        [1, 1, 2, 3],
      ],
      7,
    ],
    [
      'swap',
      { swap: ({ subscriber, message }) => subscriber === 1 && message === 2 },
      [
        [1, 3, 2],
        [1, 2, 3],
      ],
      6,
    ],
    [
      'delay',
      { delay: ({ number }) => (number === 1 ? 400 : 0) },
      [
        [2, 3, 1],
        [1, 2, 3],
      ],
      6,
    ],
  ];
  for (const [name, hooks, expected, deliveries] of rows)
    test(`${name}: ${JSON.stringify(expected)}`, async (t) => {
      const { websocketUrl, counts } = await graphServer(t, hooks);
      const clients = await subscribers(`${websocketUrl}/ws`, 2);
      clients[0]?.say(...[1, 2, 3].map(numbered));
      await until(() => counts.deliveries === deliveries);
      await Promise.all(clients.map((client) => client.settle()));
      assert.deepEqual(clients.map(numbersOf), expected);
      assert.deepEqual([counts.published, counts.due, counts.broken], [3, 6, { [name]: 1 }]);
    });

  test('refused handshakes, drops of all, 500', async (t) => {
    const { url, websocketUrl, counts, dropAll } = await graphServer(t, {
      refuse: (handshake) => handshake === 3,
      fail: (path, number) => path === '/health' && number === 2,
    });
    const ws = `${websocketUrl}/ws`;
    const clients = await subscribers(ws, 2);
    assert.equal(dropAll(), 2);
    for (const client of clients) assert.equal(await client.closeCode(), 1006);
    assert.equal(await agentsUpgrade(ws), 503);
    const [again] = await subscribers(ws, 1);
    assert.equal(dropAll(1001), 1);
    assert.equal(await again?.closeCode(), 1001);
    const statuses = [await ask(`${url}/health`), await ask(`${url}/health`), await ask(`${url}/nothing`)];
    assert.deepEqual(
      statuses.map(({ status }) => status),
      [200, 500, 404],
    );
    assert.deepEqual([counts.handshakes, counts.sockets, counts.broken], [4, 3, { refuse: 1, fail: 1 }]);
    assert.deepEqual(
      [counts.requests, counts.answers],
      [
        { '/health': 2, '/nothing': 1 },
        { 200: 1, 404: 1, 500: 1 },
      ],
    );
    assert.deepEqual(counts.closes, { 1001: 1, 1006: 2 });
  });
});
