/** A chat over JSON-RPC 2.0, written from its specification. */
import type { TestContext } from 'node:test';
import { isPlainObject } from '../../../lib/words/jsonFields.ts';
import type { DialectServer } from './contract.ts';
import { jsonServer } from './jsonServer.ts';

interface Request {
  id: number;
  method: string;
  params: { id: string; text: string; password?: string };
}

const METHODS = ['login', 'ask', 'askInParts'];

/** What the specification has for what is no request. */
const refusal = (code: number, message: string) =>
  JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message } });

/**
 * The password is "open". `ask` is answered by its result, behind a notification of the room, `askInParts` by
 * notifications around its result; each in one batch.
 */
export function jsonRpcServer(t: TestContext): Promise<DialectServer> {
  const counts = { sockets: 0, questions: 0, answers: 0, pushes: 0, batched: 0 };

  function answersTo({ id, method, params }: Request): object[] {
    const result = (what: object) => ({ jsonrpc: '2.0', id, result: what });
    const told = (name: string, what: object) => ({ jsonrpc: '2.0', method: name, params: what });
    if (method === 'ask')
      return [told('said', { at: Date.now() }), result({ text: `You said: ${params.text}` })];
    const part = (text: string, done: boolean) => told('part', { id: params.id, text, done });
    return [part('You said: ', false), result({}), part(params.text, true)];
  }

  return jsonServer(t, counts, (socket, message) => {
    if (message === undefined) return socket.send(refusal(-32700, 'Parse error'));
    if (!isPlainObject(message) || !METHODS.includes(String(message['method'])))
      return socket.send(refusal(-32600, 'Invalid Request'));
    const request = message as unknown as Request;
    if (request.method === 'login') return socket.send(JSON.stringify(welcome(request)));
    const answers = answersTo(request);
    counts.questions++;
    counts.answers++;
    if (request.method === 'ask') counts.pushes++;
    counts.batched += answers.length - 1;
    socket.send(JSON.stringify(answers));
  });
}

function welcome({ id, params }: Request): object {
  const error = { code: -32000, message: 'wrong password' };
  return { jsonrpc: '2.0', id, ...(params.password === 'open' ? { result: 'welcome' } : { error }) };
}
