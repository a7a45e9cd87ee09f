// A chat over JSON-RPC; ANSWERS: by results, or by notifications of parts.
import { testScript } from '../../lib/testScript.ts';
import { textField } from '../../lib/words/jsonFields.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { jsonRpc } from '../../systems/chatbot/dialects/jsonRpc.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  jsonRpc({
    path: '/rpc',
    login: { method: 'login', params: ({ user }) => ({ user, password: __ENV['CHAT_SECRET'] ?? '' }) },
    method: 'ask',
    params: (id, course, text) => ({ id, course, text }),
    answer: (result) => textField(result, 'text'),
    heard: (method) => ({ type: method === 'said' ? 'push' : 'unknown' }),
  });

const inParts = () =>
  jsonRpc({
    login: { method: 'login', params: () => ({ password: __ENV['CHAT_SECRET'] ?? '' }) },
    method: 'askInParts',
    params: (id, _course, text) => ({ id, text }),
    heard: (_method, params) => partOf(params),
  });

const script = await testScript({
  name: 'json-rpc',
  load: 'ramp',
  thresholds,
  system: chatSystem(__ENV['ANSWERS'] === 'notifications' ? inParts : protocol, ['pushes', 'batches']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
