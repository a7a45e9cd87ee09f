// Does the chatbot tell the house which addresses it uses, and are its probes sessions of one question?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { VuSystem } from '../lib/system.ts';
import type * as ChatSystem from '../systems/chatbot/chatSystem.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { CHATBOT } from '../systems/chatbot/protocolSettings.ts';
import type { ChatProtocol } from '../systems/chatbot/dialect.ts';
import { CHATBOT_VU_WORDS, newWorld, withoutK6 } from './support/withoutK6.ts';

/** Resolves to what the users of a VU were made of. */
const USER = `export const chatbotUser = (config, { questions }) => async (clock, vu, iteration) => {
  world.made = { timeout: config.answerTimeoutSeconds, log: config.sessionLog, ...questions(vu, iteration) };
};`;

const CONFIG = { chatbot: CHATBOT, answerTimeoutSeconds: 60, sessionLog: 2, questionOrder: 'order', seed: 1 };
const FACTS = { slices: [{ pool: 'A', count: 2, first: 1, size: 3 }], users: { from: 4, count: 0 } };

async function inVu(protocol: ChatProtocol = chatbot(CHATBOT)) {
  const world = { ...newWorld(), made: undefined as unknown };
  const { chatSystem } = await withoutK6<typeof ChatSystem>('systems/chatbot/chatSystem.ts', world, {
    './user.ts': USER,
    './socketConversation.ts': 'export const socketConversation = () => undefined;',
    './socketDial.ts': 'export const socketDialler = () => undefined;',
  });
  const parts = {
    config: CONFIG,
    words: CHATBOT_VU_WORDS,
    facts: FACTS,
    textAt: (index: number) => `text ${index}`,
  };
  const system: VuSystem = chatSystem(() => protocol).inVu(parts as never);
  const made = async (visits: ReturnType<VuSystem['visits']>) => {
    await visits(undefined as never, 1, 0);
    return world.made;
  };
  return { system, made };
}

describe('sessions of a VU', () => {
  test('ask all their questions, with the settings as they are', async () => {
    const { system, made } = await inVu();
    const expected = { timeout: 60, log: 2, courses: ['A', 'A'], texts: ['text 1', 'text 2'] };
    assert.deepEqual(await made(system.visits()), expected);
  });
  test('that are probes ask one, wait no longer than they may, and are in no log', async () => {
    const { system, made } = await inVu();
    const expected = { timeout: 10, log: 0, courses: ['A'], texts: ['text 1'] };
    assert.deepEqual(await made(system.probes(10)), expected);
    assert.deepEqual(await made(system.probes(100)), { ...expected, timeout: 60 });
  });
});

describe('addresses', () => {
  test('of REST calls are used where the dialect has any', async () => {
    assert.deepEqual((await inVu()).system.uses().calls, true);
    const { socket, question, read } = chatbot(CHATBOT);
    assert.deepEqual((await inVu({ socket, question, read })).system.uses().calls, false);
  });
  test('of sockets have the path of one without a session', async () => {
    const socketPath = '/ws/chat?session_id=&connection_id=';
    assert.deepEqual((await inVu()).system.uses().socketPath, socketPath);
  });
});
