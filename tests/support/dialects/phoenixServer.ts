/** A chat over Phoenix channels, written from the guide to writing a client of them. */
import type { TestContext } from 'node:test';
import type { DialectServer } from './contract.ts';
import { jsonServer } from './jsonServer.ts';

interface Payload {
  id: string;
  text: string;
  password?: string;
}

type Message = [joinRef: string | null, ref: string, topic: string, event: string, payload: Payload];

/**
 * The password is "open". `ask` is answered by its reply, `ask_in_parts` by events behind it; before both comes an event
 * of the room. Like Phoenix itself it breaks down on messages of another dialect.
 */
export function phoenixServer(t: TestContext): Promise<DialectServer> {
  const counts = { sockets: 0, questions: 0, answers: 0, pushes: 0, heartbeats: 0 };
  return jsonServer(t, counts, (socket, message) => {
    if (!Array.isArray(message)) return socket.close(1011);
    const [joinRef, ref, topic, event, payload] = message as Message;
    const send = (name: string, to: string | null, what: object) =>
      socket.send(JSON.stringify([joinRef, to, topic, name, what]));
    const reply = (status: string, response: object) => send('phx_reply', ref, { status, response });
    if (event === 'heartbeat') {
      counts.heartbeats++;
      return reply('ok', {});
    }
    if (event === 'phx_join')
      return payload.password === 'open' ? reply('ok', {}) : reply('error', { reason: 'wrong password' });
    counts.questions++;
    counts.pushes++;
    counts.answers++;
    send('presence_diff', null, { joins: {}, leaves: {} });
    if (event === 'ask') return reply('ok', { text: `You said: ${payload.text}` });
    reply('ok', {});
    for (const [index, text] of ['You ', 'said: ', payload.text].entries())
      send('part', null, { id: payload.id, text, done: index === 2 });
  });
}
