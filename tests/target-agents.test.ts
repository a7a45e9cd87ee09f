// Does the agents' part of the reference target keep the protocol, digit for digit, and count every message?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { AgentsStats } from '../target/agents/agentsStats.ts';
import { delayOf, type DelaySettings } from '../target/agents/delays.ts';
import type { Target } from '../target/server.ts';
import type { TargetSettings } from '../target/settings.ts';
import {
  agentsUpgrade,
  assertAgentsBalance,
  messageText,
  openAgents,
  responseText,
  type AgentsClient,
} from './support/agentsClient.ts';
import { agentsServer } from './support/agentsServer.ts';
import { call, NO_OUTAGE, start } from './support/chatClient.ts';
import { until } from './support/until.ts';

/** A target whose agents answer at once, and its socket address; the balance of its counts is checked at the end. */
async function agentsTarget(t: TestContext, settings: Partial<TargetSettings> = {}) {
  const target = await start(t, { agentDelayMs: 0, ...settings });
  t.after(() => assertAgentsBalance(target.stats().agents));
  return { target, url: `${target.websocketUrl}/ws`, stats: () => target.stats().agents };
}

/** Those that are not zero or empty, without bytes. */
function happened({ bytesReceived, bytesSent, outages, ...counts }: AgentsStats): Record<string, unknown> {
  assert.equal(bytesReceived > 0, counts.received > 0, 'bytes come with frames');
  assert.ok(bytesSent >= 0, 'bytes are counted');
  const entries = Object.entries({ ...counts, outages: onlyAbove0({ ...outages }) });
  return Object.fromEntries(
    entries.filter(
      ([, value]) => value !== 0 && Object.keys(value).length + Number(typeof value === 'number') > 0,
    ),
  );
}

const onlyAbove0 = (counts: Record<string, number>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));

/** The same contract holds for the reference target and for a server that was written apart from it. */
const PLATFORMS: [name: string, open: (t: TestContext) => Promise<AgentsClient>][] = [
  ['the reference target', async (t) => openAgents((await agentsTarget(t)).url)],
  ['another server', async (t) => openAgents((await agentsServer(t)).url)],
];

const EXCHANGES: [name: string, says: string, hears: string][] = [
  ['ping', '{"type":"ping"}', '{"type":"pong"}'],
  ['subscribe', '{"type":"subscribe","channel":"agents"}', '{"type":"subscribed","channel":"agents"}'],
  [
    'a strange channel',
    '{"type":"subscribe","channel":"__proto__ \\"ü\\""}',
    '{"type":"subscribed","channel":"__proto__ \\"ü\\""}',
  ],
  ['an idle unsubscribe', '{"type":"unsubscribe","channel":"x"}', '{"type":"unsubscribed","channel":"x"}'],
  ['disconnect', '{"type":"disconnect"}', '{"type":"disconnect_ack"}'],
  ['execute', messageText('1234567890'), responseText('1234567890')],
  ['status', messageText('1', { action: 'status' }), responseText('1').replace('execute', 'status')],
  ...[
    '1234567890.10',
    '1e3',
    '1E+2',
    '12345678901234567890',
    '-0',
    '0.10',
    '1.0',
    '123456789012345678901234567890.5e-7',
  ].map((number): [string, string, string] => [
    `timestamp ${number}`,
    messageText(number),
    responseText(number),
  ]),
  ...[
    'null',
    '[1.0,{"timestamp":2.50}]',
    '"{\\"timestamp\\":7}"',
    '{"a":{"payload":{"timestamp":1e2}},"b":"}],"}',
    '20',
  ].map((data): [string, string, string] => [
    `data ${data}`,
    messageText('5.0', { data }),
    responseText('5.0').replace('{}', data),
  ]),
  [
    'members in another order, and more of them',
    '{"timestamp":9,"payload":{"data":{},"x":[{"timestamp":8}],"timestamp":7.0,"action":"execute"},"to":"agent_1","from":"user_1","type":"agent_message"}',
    responseText('7.0'),
  ],
  [
    'names in escapes',
    messageText('7.0').replace('timestamp', '\\u0074imestamp').replace('payload', 'p\\u0061yload'),
    responseText('7.0'),
  ],
  [
    'the last of two members',
    messageText('7.0').replace('"timestamp"', '"timestamp":8,"timestamp"'),
    responseText('7.0'),
  ],
];

const MALFORMED = [
  '',
  'x',
  '{',
  'null',
  '5',
  '[]',
  '{}',
  '{"type":"pong"}',
  '{"type":"Ping"}',
  '{"type":"subscribe"}',
  '{"type":"subscribe","channel":1}',
  '{"type":"unsubscribe","channel":null}',
  '{"type":"agent_message"}',
  messageText('1', { from: '' }),
  messageText('1', { to: '' }),
  messageText('1', { action: 'other' }),
  messageText('"1"'),
  messageText('null'),
  messageText('01'),
  messageText('1').replace('"user_1"', '1'),
  messageText('1').replace('"payload":', '"load":'),
  `${messageText('1')}]`,
];

for (const [name, openAt] of PLATFORMS)
  describe(`the protocol, kept by ${name}`, () => {
    for (const [what, says, hears] of EXCHANGES)
      test(what, async (t) => {
        const client = await openAt(t);
        client.say(says);
        assert.deepEqual(await client.heard(1), [hears]);
      });

    test('what is malformed gets no answer, and the socket stays', async (t) => {
      const client = await openAt(t);
      client.say(...MALFORMED);
      client.socket.send(Buffer.from('{"type":"ping"}'));
      client.say('{"type":"ping"}');
      await client.heard(1);
      await client.settle();
      assert.deepEqual(client.frames, ['{"type":"pong"}']);
    });

    test('a repeated subscribe is acknowledged again', async (t) => {
      const client = await openAt(t);
      const subscribe = '{"type":"subscribe","channel":"agents"}';
      client.say(subscribe, subscribe);
      const ack = subscribe.replace('subscribe', 'subscribed');
      assert.deepEqual(await client.heard(2), [ack, ack]);
    });

    test('many messages in flight: each comes back once', async (t) => {
      const client = await openAt(t);
      const numbers = Array.from(
        { length: 500 },
        (_, index) => `1700000000.${String(index).padStart(6, '0')}`,
      );
      client.say(...numbers.map((number) => messageText(number)));
      await client.heard(500);
      await client.settle();
      assert.deepEqual(client.timestamps().sort(), numbers);
    });
  });

describe('the counts of the agents', () => {
  test("hold a whole visit, and nothing of it is the chatbot's", async (t) => {
    const { target, url, stats } = await agentsTarget(t);
    const client = await openAgents(url);
    const says = [
      '{"type":"subscribe","channel":"agents"}',
      '{"type":"subscribe","channel":"metrics"}',
      '{"type":"ping"}',
      messageText('1', { data: '"é"' }),
      messageText('2'),
      '{"type":"unsubscribe","channel":"agents"}',
      'malformed',
      '{"type":"disconnect"}',
    ];
    client.say(...says);
    await client.heard(7);
    assert.equal(stats().bytesReceived, Buffer.byteLength(says.join('')));
    assert.equal(stats().bytesSent, Buffer.byteLength(client.frames.join('')));
    await client.settle();
    await client.close();
    await until(() => stats().open === 0);
    assert.deepEqual(happened(stats()), {
      attempts: 1,
      upgrades: 1,
      peak: 1,
      received: 8,
      pings: 1,
      pongs: 1,
      subscribes: 2,
      subscribed: 2,
      unsubscribes: 1,
      unsubscribed: 1,
      messages: 2,
      answered: 2,
      responses: 2,
      disconnects: 1,
      acks: 1,
      malformed: 1,
      pingFrames: 1,
      closes: { 1000: 1 },
    });
    const { attempts, upgrades, upgradesRefused, closes, bytesReceived, outages } = target.stats();
    assert.deepEqual(
      [attempts.upgrade, upgrades, upgradesRefused, closes, bytesReceived, outages],
      [0, 0, {}, {}, 0, NO_OUTAGE],
    );
    const served = (await call(target, 'GET', '/stats')).body;
    assert.deepEqual(served['agents'], stats());
  });

  test('know each malformed frame', async (t) => {
    const { url, stats } = await agentsTarget(t);
    const client = await openAgents(url);
    client.say(...MALFORMED, `{"type":"agent_message","data":${'['.repeat(200_000)}`);
    client.socket.send(Buffer.from('{"type":"ping"}'));
    await client.settle();
    assert.deepEqual([stats().malformed, stats().received], [MALFORMED.length + 2, MALFORMED.length + 2]);
    assert.equal(client.frames.length, 0, 'none of them is answered');
  });

  test('survive data that is nested too deeply', async (t) => {
    const { url, stats } = await agentsTarget(t);
    const client = await openAgents(url);
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    client.say(messageText('1', { data: deep }), messageText('2'));
    await until(() => client.timestamps().includes('2'));
    assert.equal(stats().messages + stats().malformed, 2);
  });

  test('after a disconnect the ack comes at once, what is due follows', async (t) => {
    const { url, stats } = await agentsTarget(t, { agentDelays: [1500, 100] });
    const client = await openAgents(url);
    client.say(messageText('1'), messageText('2'), '{"type":"disconnect"}');
    assert.deepEqual(await client.heard(3), [
      '{"type":"disconnect_ack"}',
      responseText('2'),
      responseText('1'),
    ]);
    assert.deepEqual([stats().acks, stats().responses, client.closed], [1, 2, undefined]);
  });

  test('what is due when the client closes is unsent', async (t) => {
    const { url, stats } = await agentsTarget(t, { agentDelayMs: 60_000 });
    const client = await openAgents(url);
    client.say(messageText('1'), messageText('2'));
    await client.settle();
    assert.equal(stats().pending, 2);
    client.socket.terminate();
    await until(() => stats().open === 0);
    assert.deepEqual([stats().pending, stats().unsent, stats().closes], [0, 2, { 1006: 1 }]);
  });

  test('open sockets get 1001 when the target stops', async (t) => {
    const { target, url, stats } = await agentsTarget(t);
    const client = await openAgents(url);
    await target.close();
    assert.deepEqual([await client.closeCode(), stats().closes], [1001, { 1001: 1 }]);
  });
});

describe('broadcasts', () => {
  const subscribe = (channel: string): string => JSON.stringify({ type: 'subscribe', channel });

  async function send(target: Target, body: unknown): Promise<unknown> {
    return (await call(target, 'POST', '/agents/broadcast', '', JSON.stringify(body))).body;
  }

  test('reach each subscriber of the channel once', async (t) => {
    const { target, url, stats } = await agentsTarget(t);
    const [one, two, other] = [await openAgents(url), await openAgents(url), await openAgents(url)];
    one.say(subscribe('agents'), subscribe('agents'));
    two.say(subscribe('agents'), subscribe('metrics'));
    other.say(subscribe('metrics'));
    await Promise.all([one.heard(2), two.heard(2), other.heard(1)]);
    const payload = { text: 'hello', n: [1] };
    assert.deepEqual(await send(target, { channel: 'agents', payload }), {
      channel: 'agents',
      deliveries: 2,
    });
    const frame = '{"type":"broadcast","channel":"agents","payload":{"text":"hello","n":[1]}}';
    assert.deepEqual([(await one.heard(3))[2], (await two.heard(3))[2]], [frame, frame]);
    one.say('{"type":"unsubscribe","channel":"agents"}');
    await one.heard(4);
    two.socket.terminate();
    await until(() => stats().open === 2);
    assert.deepEqual(await send(target, { channel: 'agents' }), { channel: 'agents', deliveries: 0 });
    assert.deepEqual(await send(target, { channel: 'nobody' }), { channel: 'nobody', deliveries: 0 });
    await Promise.all([one.settle(), other.settle()]);
    assert.deepEqual([one.frames.length, other.frames.length], [4, 1]);
    assert.deepEqual([stats().broadcasts, stats().deliveries], [3, 2]);
  });

  test("with a body that can't be used are refused in a sentence", async (t) => {
    const { target, stats } = await agentsTarget(t);
    for (const body of [undefined, null, 5, [], {}, { channel: 1 }]) {
      const reply = await call(
        target,
        'POST',
        '/agents/broadcast',
        '',
        body === undefined ? '' : JSON.stringify(body),
      );
      assert.equal(reply.status, 400, JSON.stringify(body));
      assert.match(reply.body.error ?? '', /^The body must be a JSON object like .*\.$/);
    }
    assert.equal(stats().broadcasts, 0);
  });
});

describe('the settings of the agents', () => {
  const settings: DelaySettings = {
    agentDelayMs: 5,
    agentDelays: [],
    agentSlowdownMs: 0,
    capacity: 0,
    overloadMs: 1000,
  };
  const load = { index: 4, open: 30, sinceFirstMs: 90_000 };
  const rows: [string, Partial<DelaySettings>, number][] = [
    ['alone', {}, 5],
    ['by the table, in turn', { agentDelays: [1, 2, 3] }, 2],
    ['slower with time', { agentSlowdownMs: 40 }, 65],
    ['above the capacity', { capacity: 20 }, 505],
    ['all at once', { agentDelays: [7], agentSlowdownMs: 2, capacity: 15 }, 1010],
  ];
  for (const [words, more, expected] of rows)
    test(`delays: ${words}`, () => {
      assert.equal(delayOf({ ...settings, ...more }, load), expected);
    });

  test('the table gives each message its delay, over all sockets', async (t) => {
    const { url } = await agentsTarget(t, { agentDelays: [1500, 0, 100] });
    const [one, two] = [await openAgents(url), await openAgents(url)];
    one.say(messageText('1'));
    await one.settle();
    two.say(messageText('2'));
    await two.settle();
    one.say(messageText('3'));
    await Promise.all([one.heard(2), two.heard(1)]);
    assert.deepEqual(one.timestamps(), ['3', '1']);
  });

  test('the limit refuses sockets with its status, until there is room', async (t) => {
    const { url, stats } = await agentsTarget(t, { agentLimit: 2, agentLimitStatus: 429 });
    const first = await openAgents(url);
    await openAgents(url);
    assert.deepEqual([await agentsUpgrade(url), await agentsUpgrade(url)], [429, 429]);
    await first.close();
    await until(() => stats().open === 1);
    assert.equal(await agentsUpgrade(url), 101);
    const { attempts, upgrades, refused, peak } = stats();
    assert.deepEqual([attempts, upgrades, refused, peak], [5, 3, { 429: 2 }, 2]);
  });

  test('the capacity is that of the agents alone', async (t) => {
    const { url, stats } = await agentsTarget(t, { capacity: 1 });
    for (let opened = 0; opened < 3; opened++) await openAgents(url);
    assert.equal(await agentsUpgrade(url), 502);
    assert.deepEqual([stats().open, stats().refused], [3, { 502: 1 }]);
  });

  test('origins are looked at only when there is a list', async (t) => {
    const open = await agentsTarget(t);
    for (const origin of [undefined, 'https://evil.example'])
      assert.equal(await agentsUpgrade(open.url, origin === undefined ? {} : { origin }), 101);
    const strict = await agentsTarget(t, { origins: ['https://campus.example'] });
    assert.equal(await agentsUpgrade(strict.url), 403);
    assert.equal(await agentsUpgrade(strict.url, { origin: 'https://campus.example' }), 101);
  });
});

describe('outages of the agents', () => {
  async function begin(target: Target, outage: Record<string, unknown>): Promise<void> {
    assert.equal((await call(target, 'POST', '/outage', '', JSON.stringify(outage))).status, 202);
  }

  test('down resets the sockets and refuses upgrades', async (t) => {
    const { target, url, stats } = await agentsTarget(t, { agentDelayMs: 60_000 });
    const client = await openAgents(url);
    client.say(messageText('1'));
    await client.settle();
    await begin(target, { seconds: 60 });
    assert.equal(await client.closeCode(), 1006);
    assert.equal(await agentsUpgrade(url), 503);
    await until(() => stats().open === 0);
    const { outages, closes, refused } = stats();
    assert.deepEqual(onlyAbove0({ ...outages }), {
      count: 1,
      upgradesRefused: 1,
      socketsReset: 1,
      messagesLost: 1,
    });
    assert.deepEqual([closes, refused], [{ 1006: 1 }, { 503: 1 }]);
    assert.deepEqual(target.stats().outages, { ...NO_OUTAGE, count: 1 });
  });

  test('error answers every message with "failed"', async (t) => {
    const { target, url, stats } = await agentsTarget(t);
    const client = await openAgents(url);
    await begin(target, { seconds: 60, mode: 'error' });
    client.say(messageText('1.0'), '{"type":"ping"}');
    assert.deepEqual(await client.heard(2), [responseText('1.0', { status: 'failed' }), '{"type":"pong"}']);
    assert.deepEqual([stats().outages.messagesRefused, stats().answered], [1, 1]);
  });

  test('silent drops what is due and what comes', async (t) => {
    const { target, url, stats } = await agentsTarget(t, {
      agentDelayMs: 60_000,
      faults: { 'response-malformed': 2 },
    });
    const client = await openAgents(url);
    client.say(messageText('1'), messageText('2'));
    await client.settle();
    await begin(target, { seconds: 60, mode: 'silent' });
    client.say(messageText('3'), '{"type":"ping"}');
    await client.heard(1);
    assert.deepEqual([client.frames, stats().pending], [['{"type":"pong"}'], 0]);
    assert.deepEqual([stats().outages.messagesLost, stats().faults], [2, { 'response-malformed': 1 }]);
  });

  test('what they take is numbered, but no fault falls on it', async (t) => {
    const faults = { 'response-dropped': 2, 'connection-429': 3 };
    const { target, url, stats } = await agentsTarget(t, { faults });
    const client = await openAgents(url);
    for (const mode of ['error', 'silent']) {
      await begin(target, { seconds: 60, mode });
      client.say(messageText('1'));
      await client.settle();
    }
    await begin(target, { seconds: 60, mode: 'slow', delayMs: 0 });
    client.say(messageText('3'), messageText('4'), messageText('5'));
    await client.heard(3);
    assert.deepEqual([client.timestamps(), stats().faults], [['1', '3', '5'], { 'response-dropped': 1 }]);
    await begin(target, { seconds: 60 });
    assert.deepEqual([await agentsUpgrade(url), await agentsUpgrade(url)], [503, 503]);
    await begin(target, { seconds: 60, mode: 'slow' });
    assert.deepEqual([await agentsUpgrade(url), await agentsUpgrade(url)], [101, 101]);
    assert.equal(await agentsUpgrade(url), 429);
  });

  test('slow delays the responses', async (t) => {
    const { target, url, stats } = await agentsTarget(t);
    const client = await openAgents(url);
    await begin(target, { seconds: 60, mode: 'slow', delayMs: 1500 });
    client.say(messageText('1'));
    await client.settle();
    assert.equal(stats().outages.messagesDelayed, 1);
    await begin(target, { seconds: 0.001, mode: 'slow', delayMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 2));
    client.say(messageText('2'));
    await client.heard(2);
    assert.deepEqual([client.timestamps(), stats().outages.messagesDelayed], [['2', '1'], 1]);
  });
});
