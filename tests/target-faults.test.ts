// Does the chatbot of the reference target break exactly what it is asked to?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { faultAt } from '../target/arrivals.ts';
import { CHATBOT_FAULTS } from '../target/chatbot/chatbotFaults.ts';
import { parseFaults, type FaultName, type Faults } from '../target/faults.ts';
import type { Target } from '../target/server.ts';
import type { TargetSettings } from '../target/settings.ts';
import { plain, gcm } from './support/chatCodecs.ts';
import {
  start,
  call,
  login,
  Client,
  dial,
  open,
  tcpErrors,
  upgradeStatus,
  upgrade,
  parseMessage,
  type Message,
  type UpgradeReply,
} from './support/chatClient.ts';
import { until } from './support/until.ts';

describe('faults', () => {
  test('are read from a text, and each falls on its numbers only', () => {
    const faults = parseFaults('answer-gap:3, answer-reset:2,token-401:1');
    assert.deepEqual(faults, { 'answer-gap': 3, 'answer-reset': 2, 'token-401': 1 });
    const fired = [1, 2, 3, 4, 5, 6].map((number) => faultAt(CHATBOT_FAULTS, faults, 'answer', number));
    const [reset, gap] = ['answer-reset', 'answer-gap'];
    assert.deepEqual(fired, [undefined, reset, gap, reset, undefined, reset]);
    assert.deepEqual(parseFaults(''), {});
  });

  const unreadable: [string, RegExp][] = [
    ['answer-gap', /hold "answer-gap".*whole number/],
    ['answer-gap:0', /hold "answer-gap:0"/],
    ['token-401:2,answer-gap:1.5', /hold "answer-gap:1.5"/],
    ['answer-gab:2', /"answer-gab" is no fault.*answer-gap, answer-duplicate/],
    ['answer-gap:2,answer-gap:3', /given twice/],
    ['answer-gap:2:3', /hold "answer-gap:2:3"/],
  ];
  for (const [text, pattern] of unreadable) {
    test(`are refused: ${text}`, () => {
      assert.throws(() => parseFaults(text), pattern);
    });
  }

  for (const name of CHATBOT_FAULTS.filter((each) => /^(token|session|delete)-/.test(each))) {
    test(`${name} fires every third time`, async (t) => {
      const target = await start(t, { faults: { [name]: 3 } });
      const statuses = [];
      for (let number = 1; number <= 7; number++) statuses.push(await httpStatus(target, name));
      assert.deepEqual(
        statuses.map((status) => status < 300),
        [true, true, false, true, true, false, true],
      );
      assert.equal(statuses[2], Number(name.slice(-3)));
      assert.deepEqual(target.stats().faults, { [name]: 2 });
      assert.equal(target.stats().sessionsOpen, name.startsWith('delete') ? 2 : target.stats().sessions);
    });
  }

  async function httpStatus(target: Target, name: FaultName): Promise<number> {
    const reply = await call(target, 'POST', '/auth/token', '', '{"user":"ada"}');
    if (name.startsWith('token')) return reply.status;
    const session = await call(target, 'POST', '/chat/sessions', reply.body.token);
    if (name.startsWith('session')) return session.status;
    const path = `/chat/sessions/${session.body.session_id ?? ''}`;
    return (await call(target, 'DELETE', path, reply.body.token)).status;
  }

  for (const name of CHATBOT_FAULTS.filter((each) => /^upgrade-\d/.test(each))) {
    test(`${name} fires every second time, refused upgrades counted too`, async (t) => {
      const target = await start(t, { faults: { [name]: 2 } });
      const to = await login(target);
      const status = Number(name.slice(-3));
      assert.equal(await upgradeStatus(target, { ...to, path: '/ws/chat' }), 404);
      assert.equal(await upgradeStatus(target, to), status);
      assert.equal(await upgradeStatus(target, to), 101);
      assert.equal(await upgradeStatus(target, to), status);
      const { faults, upgradesRefused, upgrades } = target.stats();
      assert.deepEqual([faults, upgradesRefused, upgrades], [{ [name]: 2 }, { [status]: 2, 404: 1 }, 1]);
    });
  }

  test('upgrade-silent never answers and does not keep the target from stopping', async (t) => {
    const target = await start(t, { faults: { 'upgrade-silent': 1 } });
    const socket = dial(target, await login(target), { handshakeTimeout: 150 });
    const error = String((await once(socket, 'error'))[0]);
    assert.match(error, /handshake has timed out/);
    assert.deepEqual([target.stats().faults, target.stats().upgradesRefused], [{ 'upgrade-silent': 1 }, {}]);
  });

  /** Asks once without and once with the fault; returns what came of the second question. */
  async function suffer(t: TestContext, name: FaultName, more: Partial<TargetSettings> = {}) {
    const target = await start(t, { chunks: 4, faults: { [name]: 2 }, ...more });
    const client = await open(target, more.encryption === 'none' ? plain : gcm);
    client.ask();
    assert.equal((await client.answer()).length, 4);
    const id = client.ask();
    await until(() => target.stats().faults[name] === 1);
    return { target, client, id };
  }

  function seqs(messages: Message[]): number[] {
    return messages.map(({ seq }) => seq);
  }

  async function take(client: Client, count: number): Promise<Message[]> {
    const messages = [];
    while (messages.length < count) messages.push(await client.message());
    return messages;
  }

  async function answersAgain(target: Target, client: Client, answers = 2): Promise<void> {
    const id = client.ask();
    const messages = await client.answer();
    assert.deepEqual(seqs(messages), [0, 1, 2, 3]);
    assert.ok(messages.every((message) => message.id === id));
    assert.equal(target.stats().answers, answers);
  }

  for (const code of [1001, 1011, 4401] as const) {
    test(`answer-close-${code} closes after the first chunk`, async (t) => {
      const { target, client } = await suffer(t, `answer-close-${code}`);
      assert.equal(await client.closeCode(), code);
      assert.deepEqual([client.frames.length, (await client.message()).complete_response], [1, false]);
      await until(() => target.stats().open === 0);
      assert.deepEqual([target.stats().closes, target.stats().answers], [{ [code]: 1 }, 1]);
    });
  }

  test('answer-reset resets the connection after the first chunk', async (t) => {
    const target = await start(t, { faults: { 'answer-reset': 1 } });
    const client = await open(target);
    const errors = tcpErrors(client);
    client.ask();
    assert.equal(await client.closeCode(), 1006);
    assert.match(errors.join(), /ECONNRESET/);
    assert.deepEqual(seqs([await client.message()]), [0]);
    await until(() => target.stats().open === 0);
    assert.deepEqual([target.stats().closes, target.stats().answers], [{ 1006: 1 }, 0]);
  });

  test('answer-incomplete never completes', async (t) => {
    const { target, client } = await suffer(t, 'answer-incomplete');
    const messages = await take(client, 4);
    assert.deepEqual(seqs(messages), [0, 1, 2, 3]);
    assert.ok(messages.every((message) => !message.complete_response));
    await answersAgain(target, client);
  });

  test('answer-silent sends nothing', async (t) => {
    const { target, client } = await suffer(t, 'answer-silent');
    await answersAgain(target, client);
    assert.equal(client.frames.length, 0);
  });

  test('answer-bad-tag spoils the last frame', async (t) => {
    const { target, client } = await suffer(t, 'answer-bad-tag');
    assert.deepEqual(seqs(await take(client, 3)), [0, 1, 2]);
    const frame = await client.frame();
    assert.throws(() => gcm.open(frame), /authenticate/);
    await answersAgain(target, client);
  });

  test('answer-bad-tag without encryption sends garbage', async (t) => {
    const { target, client } = await suffer(t, 'answer-bad-tag', { encryption: 'none' });
    assert.deepEqual(seqs(await take(client, 3)), [0, 1, 2]);
    const frame = await client.frame();
    assert.throws(() => parseMessage(frame), SyntaxError);
    await answersAgain(target, client);
  });

  test('answer-short-frame sends three bytes first', async (t) => {
    const { target, client } = await suffer(t, 'answer-short-frame');
    assert.equal(Buffer.from(await client.frame(), 'base64').length, 3);
    assert.equal((await client.answer()).length, 4);
    await answersAgain(target, client);
  });

  test('answer-error sends the refusal of the server', async (t) => {
    const { target, client, id } = await suffer(t, 'answer-error');
    const message = await client.message();
    assert.deepEqual([message.type, message.id, message.code], ['error', id, 'overloaded']);
    await answersAgain(target, client);
  });

  test('answer-late sends the whole answer 3 s later', async (t) => {
    const { target, client } = await suffer(t, 'answer-late');
    const asked = performance.now();
    assert.deepEqual(seqs(await client.answer()), [0, 1, 2, 3]);
    assert.ok(performance.now() - asked > 2900);
    await answersAgain(target, client, 3);
  });

  test('answer-garbage seals something that is not JSON', async (t) => {
    const { target, client } = await suffer(t, 'answer-garbage');
    assert.deepEqual(seqs(await take(client, 3)), [0, 1, 2]);
    const text = gcm.open(await client.frame());
    assert.throws(() => parseMessage(text), SyntaxError);
    await answersAgain(target, client);
  });

  const shuffles: [FaultName, number[]][] = [
    ['answer-gap', [0, 2, 3]],
    ['answer-duplicate', [0, 1, 1, 2, 3]],
  ];
  for (const [name, expected] of shuffles) {
    test(`${name} sends the chunks ${expected.join()}`, async (t) => {
      const { target, client } = await suffer(t, name);
      assert.deepEqual(seqs(await client.answer()), expected);
      await answersAgain(target, client);
    });
  }

  test('answer-wrong-id carries one other id', async (t) => {
    const { target, client, id } = await suffer(t, 'answer-wrong-id');
    const ids = new Set((await client.answer()).map((message) => message.id));
    assert.deepEqual([ids.size, ids.has(id)], [1, false]);
    await answersAgain(target, client);
  });

  test('close-ignored leaves the close frame unanswered and the connection open', async (t) => {
    const target = await start(t, { faults: { 'close-ignored': 2 } });
    const first = await open(target);
    first.socket.close(1000);
    assert.equal(await first.closeCode(), 1000);
    const second = await open(target);
    second.socket.close(1000);
    await until(() => target.stats().faults['close-ignored'] === 1);
    await sleep(100);
    assert.deepEqual([second.closed, target.stats().open], [undefined, 1]);
    second.socket.terminate();
    await until(() => target.stats().open === 0);
    assert.deepEqual(target.stats().closes, { 1000: 2 });
  });

  test('ping-ignored leaves every second ping without a pong, over all sockets', async (t) => {
    const target = await start(t, { faults: { 'ping-ignored': 2 } });
    const [one, other] = [(await open(target)).socket, (await open(target)).socket];
    const pongs: string[] = [];
    for (const socket of [one, other]) socket.on('pong', (data) => pongs.push(data.toString()));
    for (const [index, socket] of [one, one, other, other, one].entries()) {
      socket.ping(String(index + 1));
      await until(() => target.stats().pings === index + 1);
    }
    await until(() => pongs.includes('5'));
    assert.deepEqual([pongs, target.stats().faults], [['1', '3', '5'], { 'ping-ignored': 2 }]);
  });

  test('of one place are ranked by the list', async (t) => {
    const faults: Faults = { 'answer-garbage': 1, 'answer-error': 1 };
    const target = await start(t, { faults });
    const client = await open(target);
    client.ask();
    assert.equal((await client.message()).type, 'error');
    assert.deepEqual(target.stats().faults, { 'answer-error': 1 });
  });
});

describe('Retry-After', () => {
  const places: [FaultName, boolean][] = [
    ['token-429', true],
    ['token-503', true],
    ['token-400', false],
    ['token-500', false],
    ['session-429', true],
    ['session-503', true],
    ['session-408', false],
    ['delete-503', true],
    ['delete-500', false],
    ['upgrade-429', true],
    ['upgrade-503', true],
    ['upgrade-502', false],
  ];
  for (const [name, expected] of places) {
    test(`${name}: ${expected ? 'has it' : 'has none'}`, async (t) => {
      const target = await start(t, { retryAfter: 7, faults: { [name]: 2 } });
      const replies = [...(await everyReply(target)), ...(await everyReply(target))];
      const refused = replies.filter(({ status }) => status === Number(name.slice(-3)));
      assert.deepEqual(
        refused.map(({ retryAfter }) => retryAfter),
        [expected ? '7' : undefined],
      );
      for (const { status, retryAfter } of replies.filter((reply) => !refused.includes(reply)))
        assert.deepEqual([status < 300, retryAfter], [true, undefined]);
    });
  }

  test('is left out as long as the setting is 0', async (t) => {
    const target = await start(t, { faults: { 'token-429': 2, 'upgrade-503': 1 } });
    const to = await login(target);
    const token = await call(target, 'POST', '/auth/token', '', '{"user":"ada"}');
    const socket = await upgrade(target, to);
    assert.deepEqual([token.status, socket.status], [429, 503]);
    assert.deepEqual([token.retryAfter, socket.retryAfter], [undefined, undefined]);
  });

  /** One session, whose parts don't depend on the success of the earlier ones. */
  async function everyReply(target: Target): Promise<UpgradeReply[]> {
    const token = await call(target, 'POST', '/auth/token', '', '{"user":"ada"}');
    if (token.status !== 200) return [token];
    const bearer = token.body.token ?? '';
    const session = await call(target, 'POST', '/chat/sessions', bearer);
    if (session.status !== 201) return [token, session];
    const { session_id = '', connection_id = '' } = session.body;
    const path = `/ws/chat?session_id=${session_id}&connection_id=${connection_id}`;
    const socket = await upgrade(target, { token: bearer, sessionId: session_id, path });
    return [token, session, socket, await call(target, 'DELETE', `/chat/sessions/${session_id}`, bearer)];
  }
});
