// Does each fault of the agents break exactly what it says, on its numbers only, and is it counted?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { AGENTS_FAULTS, type AgentsFault } from '../target/agents/agentsFaults.ts';
import type { TargetSettings } from '../target/settings.ts';
import {
  agentsUpgrade,
  assertAgentsBalance,
  messageText,
  openAgents,
  responseText,
} from './support/agentsClient.ts';
import { agentsServer, type PlatformFaults } from './support/agentsServer.ts';
import { start } from './support/chatClient.ts';
import { startOutage } from './support/target.ts';
import { until } from './support/until.ts';

/** One client of a target with a fault at every second time. */
async function suffer(t: TestContext, fault: AgentsFault, more: Partial<TargetSettings> = {}) {
  const target = await start(t, { agentDelayMs: 0, faults: { [fault]: 2 }, ...more });
  t.after(() => assertAgentsBalance(target.stats().agents));
  const url = `${target.websocketUrl}/ws`;
  return { target, url, client: await openAgents(url), stats: () => target.stats().agents };
}

/** Messages 1.0, 2.0 … */
const messages = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => messageText(`${index + 1}.0`));

describe('connections', () => {
  for (const fault of AGENTS_FAULTS.filter((name) => /^connection-\d/.test(name)))
    test(`${fault} refuses every second upgrade`, async (t) => {
      const { url, stats } = await suffer(t, fault);
      const status = Number(fault.slice(-3));
      const statuses = [await agentsUpgrade(url), await agentsUpgrade(url), await agentsUpgrade(url)];
      assert.deepEqual(statuses, [status, 101, status]);
      const { attempts, upgrades, refused, faults } = stats();
      assert.deepEqual([attempts, upgrades, refused, faults], [4, 2, { [status]: 2 }, { [fault]: 2 }]);
    });

  test('connection-silent never answers', async (t) => {
    const { url, stats } = await suffer(t, 'connection-silent');
    const socket = new WebSocket(url, { handshakeTimeout: 150 });
    assert.match(String((await once(socket, 'error'))[0]), /handshake has timed out/);
    assert.deepEqual(
      [stats().faults, stats().refused, stats().upgrades],
      [{ 'connection-silent': 1 }, {}, 1],
    );
  });
});

describe('responses', () => {
  const orders: [AgentsFault, number, string[], Record<string, number>][] = [
    ['response-dropped', 5, ['1.0', '3.0', '5.0'], { answered: 3, responses: 3 }],
    ['response-doubled', 3, ['1.0', '2.0', '2.0', '3.0'], { answered: 3, responses: 4, doubled: 1 }],
    ['response-swapped', 5, ['1.0', '3.0', '2.0', '5.0', '4.0'], { answered: 5, responses: 5, swapped: 2 }],
    ['response-wrong-timestamp', 4, ['1.0', '1.0', '3.0', '3.0'], { answered: 4, responses: 4 }],
  ];
  for (const [fault, count, expected, counts] of orders)
    test(`${fault}: ${expected.join(' ')}`, async (t) => {
      const { client, stats } = await suffer(t, fault);
      client.say(...messages(count));
      await client.settle();
      await until(() => stats().pending === 0);
      await client.settle();
      assert.deepEqual(client.timestamps(), expected);
      const { answered, responses, doubled, swapped, faults } = stats();
      assert.deepEqual({ answered, responses, doubled, swapped }, { doubled: 0, swapped: 0, ...counts });
      assert.deepEqual(faults, { [fault]: Math.floor(count / 2) });
    });

  test('a response that nobody overtakes comes all the same', async (t) => {
    const { client, stats } = await suffer(t, 'response-swapped');
    client.say(...messages(2));
    await client.heard(2);
    assert.deepEqual([client.timestamps(), stats().swapped, stats().answered], [['1.0', '2.0'], 0, 2]);
  });

  test('a response that waits to be overtaken is unsent when the client closes', async (t) => {
    const { client, stats } = await suffer(t, 'response-swapped');
    client.say(...messages(2));
    await client.heard(1);
    await client.close();
    await until(() => stats().open === 0);
    assert.deepEqual([stats().unsent, stats().answered, stats().swapped], [1, 1, 0]);
  });

  test('a response that waits to be overtaken is lost to an outage, and the next one does not swap', async (t) => {
    const { target, client, stats } = await suffer(t, 'response-swapped');
    client.say(...messages(2));
    await client.heard(1);
    await client.settle();
    await startOutage(target, { seconds: 0.001, mode: 'silent' });
    await until(() => stats().outages.messagesLost === 1);
    await new Promise((resolve) => setTimeout(resolve, 2));
    client.say(messageText('3.0'));
    await client.heard(2);
    assert.deepEqual([client.timestamps(), stats().swapped], [['1.0', '3.0'], 0]);
  });

  test('response-wrong-timestamp is -1 where no other was sent', async (t) => {
    const { client } = await suffer(t, 'response-wrong-timestamp', {
      faults: { 'response-wrong-timestamp': 1 },
    });
    client.say(messageText('7.0'), messageText('7.0'), messageText('8.0'));
    await client.heard(3);
    assert.deepEqual(client.timestamps(), ['-1', '-1', '7.0']);
  });

  test('response-malformed is cut in the middle', async (t) => {
    const { client, stats } = await suffer(t, 'response-malformed');
    client.say(...messages(3));
    const [first, cut = '', third] = await client.heard(3);
    assert.deepEqual([first, third], [responseText('1.0'), responseText('3.0')]);
    assert.ok(responseText('2.0').startsWith(cut) && cut.length > 10, cut);
    assert.throws(() => void JSON.parse(cut), SyntaxError);
    assert.deepEqual([stats().answered, stats().responses], [2, 2]);
  });

  test('response-late comes after those that were asked for later', async (t) => {
    const { client, stats } = await suffer(t, 'response-late');
    client.say(...messages(3));
    await client.heard(3);
    assert.deepEqual(client.timestamps(), ['1.0', '3.0', '2.0']);
    assert.deepEqual([stats().answered, stats().faults], [3, { 'response-late': 1 }]);
  });

  const ends: [AgentsFault, number][] = [
    ['response-reset', 1006],
    ['response-close-1001', 1001],
    ['response-close-1011', 1011],
  ];
  for (const [fault, code] of ends)
    test(`${fault} ends the connection in mid-flight`, async (t) => {
      const { client, stats } = await suffer(t, fault, { agentDelays: [0, 1000, 60_000] });
      client.say(...messages(3));
      assert.equal(await client.closeCode(), code);
      assert.deepEqual(client.timestamps(), ['1.0']);
      await until(() => stats().open === 0);
      const { answered, unsent, closes, faults } = stats();
      assert.deepEqual([answered, unsent, closes, faults], [1, 1, { [code]: 1 }, { [fault]: 1 }]);
    });

  test('of one place are ranked by the list, and count over all sockets', async (t) => {
    const { url, client, stats } = await suffer(t, 'response-dropped', {
      faults: { 'response-doubled': 2, 'response-dropped': 4 },
    });
    const other = await openAgents(url);
    for (const each of [client, other, other, client]) {
      each.say(messageText('1'));
      await each.settle();
    }
    await until(() => stats().pending === 0);
    await Promise.all([client.settle(), other.settle()]);
    assert.deepEqual([client.timestamps().length, other.timestamps().length], [1, 3]);
    assert.deepEqual(stats().faults, { 'response-doubled': 1, 'response-dropped': 1 });
  });

  test('what is malformed is not numbered', async (t) => {
    const { client, stats } = await suffer(t, 'response-dropped');
    client.say(messageText('1'), 'malformed', messageText('x'), messageText('3'), messageText('5'));
    await client.heard(2);
    assert.deepEqual([client.timestamps(), stats().malformed], [['1', '5'], 2]);
  });
});

describe('acks', () => {
  const rows: [AgentsFault, string, string, keyof ReturnType<Awaited<ReturnType<typeof suffer>>['stats']>][] =
    [
      ['pong-lost', '{"type":"ping"}', '{"type":"pong"}', 'pongs'],
      [
        'subscribed-lost',
        '{"type":"subscribe","channel":"a"}',
        '{"type":"subscribed","channel":"a"}',
        'subscribed',
      ],
      [
        'unsubscribed-lost',
        '{"type":"unsubscribe","channel":"a"}',
        '{"type":"unsubscribed","channel":"a"}',
        'unsubscribed',
      ],
      ['farewell-lost', '{"type":"disconnect"}', '{"type":"disconnect_ack"}', 'acks'],
    ];
  for (const [fault, says, hears, count] of rows)
    test(`${fault}: every second one is missing`, async (t) => {
      const { client, stats } = await suffer(t, fault);
      client.say(says, says, says);
      await client.heard(2);
      await client.settle();
      assert.deepEqual(client.frames, [hears, hears]);
      assert.deepEqual([stats()[count], stats().faults], [2, { [fault]: 1 }]);
    });
});

describe('another server has the same kinds', () => {
  const rows: [PlatformFaults, string[]][] = [
    [{ drop: 2 }, ['1.0', '3.0']],
    [{ double: 3 }, ['1.0', '2.0', '3.0', '3.0']],
    [{ swap: 2 }, ['1.0', '3.0', '2.0']],
    [{ mistime: 2 }, ['1.0', '1.0', '3.0']],
    [{ cut: 2 }, ['1.0', '3.0']],
  ];
  for (const [faults, expected] of rows)
    test(`${JSON.stringify(faults)}: ${expected.join(' ')}`, async (t) => {
      const { url, counts } = await agentsServer(t, { faults });
      const client = await openAgents(url);
      client.say(...messages(3));
      await until(() => client.timestamps().length === expected.length);
      await client.settle();
      assert.deepEqual(client.timestamps(), expected);
      assert.deepEqual([counts.heard, Object.values(counts.broken)], [{ agent_message: 3 }, [1]]);
      assert.equal(counts.said['agent_response'], expected.length);
    });

  test('refused handshakes, a reset, missing acks and pongs', async (t) => {
    const { url, counts } = await agentsServer(t, {
      faults: { refuse: 2, reset: 1, mutePing: 1, muteSubscribe: 1, muteDisconnect: 1 },
    });
    const client = await openAgents(url);
    assert.equal(await agentsUpgrade(url), 401);
    client.say('{"type":"ping"}', '{"type":"subscribe","channel":"a"}', '{"type":"disconnect"}', 'nonsense');
    await client.settle();
    client.say(messageText('1'));
    assert.equal(await client.closeCode(), 1006);
    assert.deepEqual(client.frames, []);
    assert.deepEqual(counts.broken, {
      refuse: 1,
      reset: 1,
      mutePing: 1,
      muteSubscribe: 1,
      muteDisconnect: 1,
    });
    assert.deepEqual([counts.handshakes, counts.sockets, counts.nonsense], [2, 1, 1]);
  });

  test('broadcasts reach subscribers; responses come later and later', async (t) => {
    const platform = await agentsServer(t, { delayMs: 20, tiresMs: 200 });
    const began = performance.now();
    const client = await openAgents(platform.url);
    client.say('{"type":"subscribe","channel":"a"}', messageText('1'), messageText('2'), '{"type":"ping"}');
    await client.heard(2);
    assert.deepEqual([platform.broadcast('a', 5), platform.broadcast('b', 5)], [1, 0]);
    const others = [responseText('1'), responseText('2'), '{"type":"broadcast","channel":"a","payload":5}'];
    assert.deepEqual((await client.heard(5)).slice(2).sort(), others);
    assert.ok(performance.now() - began > 210, 'the second response took 220 ms');
  });
});
