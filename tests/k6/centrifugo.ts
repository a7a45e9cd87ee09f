// A chat over Centrifugo; ANSWERS: by replies to calls, or by publications.
import { textField, valueAt } from '../../lib/words/jsonFields.ts';
import { testScript } from '../../lib/testScript.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import type { ChatProtocol } from '../../systems/chatbot/dialect.ts';
import { centrifugo } from '../../systems/chatbot/dialects/centrifugo.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  centrifugo({
    path: '/connection/websocket',
    ask: (id, course, text) => ({ rpc: { method: 'ask', data: { id, course, text } } }),
    answer: (data) => textField(data, 'text'),
  });

const publications = () =>
  centrifugo({
    subscriptions: ({ user }) => [{ channel: `answers:${user}` }],
    ask: (id, course, text, { user }) => ({
      publish: { channel: `questions:${user}`, data: { id, course, text } },
    }),
    heard: (_channel, data) => {
      const at = valueAt(data, 'at');
      return typeof at === 'number' ? { type: 'push', sentAt: at } : partOf(data);
    },
  });

const byPublications = __ENV['ANSWERS'] === 'publications';

/** With a token that names the channels to which the server subscribes its user. */
const withToken = (): ChatProtocol => ({
  ...(byPublications ? publications() : protocol()),
  requestToken: (user) => ({
    name: 'POST /token',
    method: 'POST',
    path: '/token',
    body: JSON.stringify({
      user,
      secret: __ENV['CHAT_SECRET'],
      channels: byPublications ? [] : [`answers:${user}`],
    }),
    headers: { 'Content-Type': 'application/json' },
  }),
  readToken: (reply) => textField(reply, 'token'),
});

const script = await testScript({
  name: 'centrifugo',
  load: 'ramp',
  thresholds,
  system: chatSystem(withToken, ['pushes', 'batches']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
