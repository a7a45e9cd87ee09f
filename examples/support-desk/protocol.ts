// A support desk: log-in at /v2/login, the token in the first frame, an answer in parts that another event ends.
import { isRecord, textField } from '../../lib/words/jsonFields.ts';
import type { ChatProtocol } from '../../systems/chatbot/dialect.ts';

export const supportDesk = (): ChatProtocol => ({
  requestToken: (user) => ({
    name: 'POST /v2/login',
    method: 'POST',
    path: '/v2/login',
    body: JSON.stringify({ name: user }),
    headers: { 'Content-Type': 'application/json' },
  }),
  readToken: (reply) => textField(reply, 'data.access_token'),

  socket: () => ({ path: '/v2/live', headers: {} }),
  hello: ({ token }) => JSON.stringify({ action: 'auth', token }),
  awaitsReady: true,

  question: (id, course, text) => JSON.stringify({ action: 'ask', ref: id, topic: course, message: text }),
  read: (message) => {
    if (!isRecord(message)) return { type: 'bad' };
    const id = textField(message, 'ref') ?? null;
    switch (message['event']) {
      case 'part':
        return { type: 'chunk', id, seq: null, text: textField(message, 'content') ?? '', complete: false };
      case 'end':
        return { type: 'chunk', id, seq: null, text: '', complete: true };
      case 'failed':
        return { type: 'error', id };
      case 'welcome':
        return { type: 'ready' };
      case 'ping':
        return { type: 'reply', text: '{"action":"pong"}' };
      case 'typing':
        return { type: 'ignored' };
      default:
        return { type: 'unknown' };
    }
  },
});
