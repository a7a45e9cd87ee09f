/** What the wire of the messaging platform says of tokens and sockets; messagingWire.ts runs it. */
import assert from 'node:assert/strict';
import type { Body, Caller, Listener } from './messagingCaller.ts';
import { agree, isPositive, isText } from './wanted.ts';

/** A token says what it must, and no two are the same. */
export async function tellsClaims(caller: Caller): Promise<void> {
  const [first, second] = [await caller.logIn(), await caller.logIn()];
  agree(first.head, { alg: 'HS256' });
  agree(first.claims, { sub: isText, iat: isPositive, exp: isPositive, jti: isText });
  const held = Number(first.claims['exp']) - Number(first.claims['iat']);
  assert.ok(
    Math.abs(held - first.seconds) <= 1,
    `exp is ${held} s after iat, expires_in is ${first.seconds}`,
  );
  assert.notEqual(first.claims['jti'], second.claims['jti']);
}

/** Each message of a conversation reaches each subscriber once, its sender too, and nobody else. */
export async function followsConversations(caller: Caller): Promise<void> {
  const [one, other] = [await caller.listen(), await caller.listen()];
  agree([one.status, other.status], [101, 101]);
  await follow(one, 'subscribe', 'conv-1', 'conv-2');
  await follow(other, 'subscribe', 'conv-1');
  const { id } = await post(caller, 'conv-1', 'to both');
  const told = { event: 'message', conversation_id: 'conv-1', message_id: (it: unknown) => it === id };
  for (const listener of [one, other])
    agree(await listener.wait('notification', 1), [
      { ...told, sender: isText, text: 'to both', sent_at: { of: 'to both' } },
    ]);
  await follow(one, 'unsubscribe', 'conv-1');
  await post(caller, 'conv-1', 'to one');
  await post(caller, 'conv-2', 'to the other');
  agree(await other.wait('notification', 2), [{ text: 'to both' }, { text: 'to one' }]);
  agree(await one.wait('notification', 2), [{ text: 'to both' }, { text: 'to the other' }]);
  for (const listener of [one, other]) await listener.close();
}

/** Each heartbeat is answered, and until then nothing comes a second time. */
export async function beats(caller: Caller): Promise<void> {
  const listener = await caller.listen();
  await follow(listener, 'subscribe', 'conv-1');
  await post(caller, 'conv-1', 'once');
  await listener.wait('notification', 1);
  listener.say({ type: 'heartbeat' });
  listener.say({ type: 'heartbeat' });
  await listener.wait('heartbeat_ack', 2);
  agree(listener.heard('notification'), [{ text: 'once' }]);
  await listener.close();
}

/** A socket whose token has expired works on. */
export async function outlives(old: Listener, caller: Caller): Promise<void> {
  await follow(old, 'subscribe', 'conv-2');
  old.say({ type: 'heartbeat' });
  await old.wait('heartbeat_ack', 1);
  await post(caller, 'conv-2', 'late');
  agree(await old.wait('notification', 1), [{ text: 'late' }]);
}

async function follow(
  listener: Listener,
  type: 'subscribe' | 'unsubscribe',
  ...conversations: string[]
): Promise<void> {
  listener.say({ type, conversations });
  const areThese = (value: unknown): boolean =>
    Array.isArray(value) && value.map(String).sort().join() === conversations.join();
  agree(await listener.wait(`${type}d`, 1), [{ conversations: areThese }]);
}

async function post(caller: Caller, conversation_id: string, text: string): Promise<Body> {
  const body = { conversation_id, text, sent_at: { of: text } };
  const answer = await caller.ask({ call: 'POST /v1/messages', body });
  agree(answer, { status: 201 });
  return answer.body;
}
