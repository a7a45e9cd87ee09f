// A chat whose questions get a ticket, and whose answers are fetched with it.
import { testScript } from '../../lib/testScript.ts';
import { isRecord, jsonIn, textField } from '../../lib/words/jsonFields.ts';
import { serverSentEvents } from '../../lib/words/serverSentEvents.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import type { TurnProtocol } from '../../systems/chatbot/turns/turnDialect.ts';
import { turnSystem } from '../../systems/chatbot/turns/turnSystem.ts';
import thresholds from '../../thresholds/turns.json?text';

const JSON_BODY = { 'Content-Type': 'application/json' };

const ticketChat = (): TurnProtocol => ({
  requestToken: (user) => ({
    name: 'POST /login',
    method: 'POST',
    path: '/login',
    body: JSON.stringify({ user }),
    headers: JSON_BODY,
  }),
  readToken: (reply) => textField(reply, 'token'),
  turn: ({ token }, id, _course, text) => ({
    name: 'POST /questions',
    method: 'POST',
    path: '/questions',
    body: JSON.stringify({ id, text }),
    headers: { ...JSON_BODY, Authorization: `Bearer ${token}` },
  }),
  stream: (reply, { token }, headers) => {
    const path = headers['Location'] ?? textField(reply, 'answer');
    if (path === undefined) return { lacks: 'answer' };
    return {
      name: 'GET /answers/{ticket}',
      method: 'GET',
      path,
      headers: { Authorization: `Bearer ${token}` },
    };
  },
  readBody: (body, hear) => {
    serverSentEvents(body, ({ event, data }) => {
      if (event === 'part') hear(partOf(jsonIn(data)), data);
      else hear(isRecord(jsonIn(data)) ? { type: 'unknown' } : { type: 'bad' }, data);
    });
  },
});

const script = await testScript({
  name: 'ticket-chat',
  load: 'ramp',
  thresholds,
  system: turnSystem(ticketChat),
});

export const { options, setup, handleSummary } = script;
export default script.run;
