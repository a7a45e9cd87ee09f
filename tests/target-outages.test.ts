// Do outages of the reference target do what they say, and does each end by itself?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Target } from '../target/server.ts';
import { gcm } from './support/chatCodecs.ts';
import {
  NO_OUTAGE,
  start,
  call,
  login,
  Client,
  dial,
  open,
  tcpErrors,
  upgradeStatus,
  upgrade,
  firstChunkMs,
  parseReply,
  parseMessage,
  type Reply,
  type UpgradeReply,
} from './support/chatClient.ts';
import { until } from './support/until.ts';

describe('outages', () => {
  async function begin(target: Target, outage: Record<string, unknown>): Promise<Reply> {
    const reply = await call(target, 'POST', '/outage', '', JSON.stringify(outage));
    assert.equal(reply.status, 202, JSON.stringify(reply.body));
    return reply;
  }

  async function untilServed(target: Target): Promise<void> {
    const deadline = Date.now() + 5000;
    while ((await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).status === 503) {
      assert.ok(Date.now() < deadline, 'the outage does not end');
      await sleep(10);
    }
  }

  test('down resets the sockets, refuses all of the chat, and ends by itself', async (t) => {
    const target = await start(t, { firstChunkMs: 100, retryAfter: 3 });
    const to = await login(target);
    const clients = [await open(target), await open(target)];
    clients[0]?.ask();
    await until(() => target.stats().questions === 1);
    const errors = clients.map(tcpErrors);
    const asked = performance.now();
    const reply = await begin(target, { seconds: 1, mode: 'down' });
    assert.deepEqual(reply.body, {
      mode: 'down',
      seconds: 1,
      does: 'Every open socket was reset; for 1 s the requests and upgrades of all systems get 503.',
    });
    for (const client of clients) assert.equal(await client.closeCode(), 1006);
    for (const error of errors) assert.match(error.join(), /ECONNRESET/);
    const path = `/chat/sessions/${to.sessionId}`;
    const refusals: UpgradeReply[] = [
      await call(target, 'POST', '/auth/token', '', '{"user":"ada"}'),
      await call(target, 'POST', '/chat/sessions', to.token),
      await call(target, 'DELETE', path, to.token),
      await upgrade(target, to),
    ];
    for (const { status, retryAfter } of refusals) assert.deepEqual([status, retryAfter], [503, '3']);
    for (const works of ['/health', '/stats']) assert.equal((await call(target, 'GET', works)).status, 200);
    await until(() => target.stats().open === 0);
    const { answers, closes, upgradesRefused, attempts, outages } = target.stats();
    assert.deepEqual([answers, closes, upgradesRefused], [0, { 1006: 2 }, { 503: 1 }]);
    assert.deepEqual(attempts, { token: 4, session: 4, delete: 1, upgrade: 3 });
    assert.deepEqual(outages, {
      ...NO_OUTAGE,
      count: 1,
      requestsRefused: 3,
      upgradesRefused: 1,
      socketsReset: 2,
      questionsLost: 1,
    });
    await untilServed(target);
    assert.ok(performance.now() - asked > 995, 'ended too early');
    assert.equal(await upgradeStatus(target, to), 101);
    assert.equal((await call(target, 'DELETE', path, to.token)).status, 204);
    assert.deepEqual([target.stats().answers, target.stats().chunks], [0, 0]);
  });

  test('down is the mode of a request that names none', async (t) => {
    const target = await start(t);
    assert.equal((await begin(target, { seconds: 0.05 })).body.mode, 'down');
    await untilServed(target);
  });

  test('down among many answers: each is in answers or lost, as its client saw it', async (t) => {
    const target = await start(t, { delays: [1, 8, 15, 22, 29, 36, 43, 10_000], chunks: 3, gapMs: 5 });
    const clients = await Promise.all(Array.from({ length: 16 }, () => open(target)));
    for (const client of clients) for (let asked = 0; asked < 3; asked++) client.ask();
    await until(() => target.stats().answers >= 12);
    await begin(target, { seconds: 0.1 });
    for (const client of clients) await client.closeCode();
    await until(() => target.stats().open === 0);
    const frames = clients.flatMap((client) => client.frames.map((frame) => parseMessage(gcm.open(frame))));
    const whole = frames.filter((message) => message.complete_response).length;
    const { questions, answers, chunks, outages } = target.stats();
    assert.deepEqual([questions, answers, chunks], [48, whole, frames.length]);
    assert.ok(outages.questionsLost >= 6);
    assert.equal(answers + outages.questionsLost, questions);
  });

  test('error refuses every question; what is under way and all else goes on', async (t) => {
    const target = await start(t, { delays: [60, 0], chunks: 2 });
    const client = await open(target);
    const before = client.ask();
    await until(() => target.stats().questions === 1);
    const { does } = (await begin(target, { seconds: 60, mode: 'error' })).body;
    assert.equal(does, "For 60 s every question or message gets its system's own refusal.");
    const refused = client.ask();
    const { type, id, code } = await client.message();
    assert.deepEqual([type, id, code], ['error', refused, 'overloaded']);
    client.socket.send(gcm.seal('{}'));
    assert.equal((await client.message()).code, 'bad_question');
    const messages = await client.answer();
    assert.deepEqual([messages.length, messages[0]?.id], [2, before]);
    assert.equal(await upgradeStatus(target, await login(target)), 101);
    const { answers, badQuestions, outages } = target.stats();
    assert.deepEqual(
      [answers, badQuestions, outages],
      [1, 1, { ...NO_OUTAGE, count: 1, questionsRefused: 1 }],
    );
  });

  test('silent stops what is under way and answers nothing, not even afterwards', async (t) => {
    const target = await start(t, { chunks: 4, gapMs: 30 });
    const client = await open(target);
    client.ask();
    await client.frame();
    const { does } = (await begin(target, { seconds: 0.5, mode: 'silent' })).body;
    assert.equal(does, 'The answers under way were stopped; for 0.5 s nothing gets an answer.');
    client.ask();
    await until(() => target.stats().questions === 2);
    assert.equal(await upgradeStatus(target, await login(target)), 101);
    await sleep(600);
    assert.ok(client.frames.length <= 1, 'at most the chunk that was on its way');
    const { chunks } = target.stats();
    assert.equal(chunks, client.frames.splice(0).length + 1);
    const id = client.ask();
    const messages = await client.answer();
    assert.deepEqual(
      messages.map((message) => [message.id, message.seq]),
      [0, 1, 2, 3].map((seq) => [id, seq]),
    );
    const { questions, answers, outages } = target.stats();
    assert.deepEqual([questions, answers], [3, 1]);
    assert.deepEqual(outages, { ...NO_OUTAGE, count: 1, questionsLost: 2 });
  });

  test('slow delays the answers to the questions that come, no others', async (t) => {
    const target = await start(t, { firstChunkMs: 50 });
    const client = await open(target);
    const before = firstChunkMs(client);
    await until(() => target.stats().questions === 1);
    const { body } = await begin(target, { seconds: 0.5, mode: 'slow', delayMs: 900 });
    assert.ok((await before) < 900, 'this question came earlier');
    const does = `For 0.5 s every answer starts 900 ms later.`;
    assert.deepEqual(body, { mode: 'slow', seconds: 0.5, delayMs: 900, does });
    const [slow, status] = await Promise.all([
      firstChunkMs(client),
      login(target).then((to) => upgradeStatus(target, to)),
    ]);
    assert.ok(slow >= 895 && slow < 2000, `${slow} ms instead of 900`);
    assert.equal(status, 101);
    const afterwards = await firstChunkMs(client);
    assert.ok(afterwards < 900, `${afterwards} ms after the outage`);
    const { answers, outages } = target.stats();
    assert.deepEqual([answers, outages], [3, { ...NO_OUTAGE, count: 1, questionsDelayed: 1 }]);
  });

  test('slow waits 5 s when no delay is given', async (t) => {
    const target = await start(t);
    assert.equal((await begin(target, { seconds: 60, mode: 'slow' })).body.delayMs, 5000);
  });

  test('a new one takes the place of the one under way', async (t) => {
    const target = await start(t, { chunks: 1 });
    await begin(target, { seconds: 60, mode: 'down' });
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).status, 503);
    await begin(target, { seconds: 0.6, mode: 'error' });
    const client = await open(target);
    client.ask();
    assert.equal((await client.message()).type, 'error');
    await sleep(600);
    client.ask();
    assert.equal((await client.message()).type, 'chunk');
    assert.equal(target.stats().outages.count, 2);
  });

  test('faults number what an outage takes, but do not fire for it', async (t) => {
    const target = await start(t, { faults: { 'answer-silent': 2, 'token-401': 3, 'upgrade-403': 3 } });
    const to = await login(target);
    const client = new Client(dial(target, to), gcm);
    await once(client.socket, 'open');
    await begin(target, { seconds: 60, mode: 'error' });
    for (let asked = 1; asked <= 3; asked++) {
      client.ask();
      assert.equal((await client.message()).code, 'overloaded');
    }
    await begin(target, { seconds: 0.05, mode: 'slow', delayMs: 0 });
    client.ask();
    await until(() => target.stats().questions === 4);
    assert.deepEqual(target.stats().faults, { 'answer-silent': 1 });
    await begin(target, { seconds: 60, mode: 'down' });
    for (let asked = 2; asked <= 5; asked++) {
      await call(target, 'POST', '/auth/token');
      assert.equal(await upgradeStatus(target, to), 503);
    }
    await begin(target, { seconds: 0.01, mode: 'slow' });
    assert.equal((await call(target, 'POST', '/auth/token', '', '{"user":"ada"}')).status, 401);
    assert.equal(await upgradeStatus(target, to), 403);
    assert.deepEqual(target.stats().faults, { 'answer-silent': 1, 'token-401': 1, 'upgrade-403': 1 });
    assert.equal(target.stats().outages.questionsLost, 0, 'the fault took that answer');
  });

  test('an answer that a fault spoils is not lost a second time', async (t) => {
    const target = await start(t, { firstChunkMs: 5000, faults: { 'answer-gap': 2 } });
    const client = await open(target);
    for (let asked = 0; asked < 2; asked++) client.ask();
    await until(() => target.stats().questions === 2);
    await begin(target, { seconds: 0.01, mode: 'silent' });
    assert.equal(target.stats().outages.questionsLost, 1);
  });

  const example = /^The body must be a JSON object like \{"seconds": 8, "mode": "down"\}, with .*\.$/;
  const wrong: [string, RegExp][] = [
    ['', example],
    ['{"seconds":', example],
    ['[8]', example],
    ['null', example],
    ['{}', /^The outage's seconds are missing; give a number above 0, at most 3600\.$/],
    ['{"seconds":0}', /^The outage's seconds are 0;/],
    ['{"seconds":3601}', /^The outage's seconds are 3601;/],
    ['{"seconds":"8"}', /^The outage's seconds are "8";/],
    ['{"seconds":8,"mode":"off"}', /^The outage's mode is "off"; give one of down, error, silent, slow\.$/],
    ['{"seconds":8,"mode":null}', /^The outage's mode is null;/],
    ['{"seconds":8,"delayMs":-1}', /^The outage's delayMs is -1; give a number from 0 to 3600000\.$/],
    ['{"seconds":8,"delay":1}', /^An outage has no "delay"; give only seconds, mode, delayMs\.$/],
  ];
  test('a bad body is refused in a full sentence, and nothing happens', async (t) => {
    const target = await start(t);
    for (const [body, pattern] of wrong) {
      const reply = await call(target, 'POST', '/outage', '', body);
      assert.equal(reply.status, 400, body);
      assert.match(reply.body.error ?? '', pattern);
    }
    const form = await fetch(`${target.url}/outage`, { method: 'POST', body: 'seconds=8' });
    assert.deepEqual([form.status, example.test(parseReply(await form.text()).error ?? '')], [400, true]);
    assert.deepEqual(target.stats().outages, NO_OUTAGE);
    await login(target);
  });

  test('one under way does not keep the target from stopping', async (t) => {
    const target = await start(t);
    const client = await open(target);
    await begin(target, { seconds: 3600, mode: 'slow', delayMs: 3_600_000 });
    client.ask();
    await until(() => target.stats().questions === 1);
    await target.close();
    assert.equal(await client.closeCode(), 1001);
  });
});
