// A chat in one burst by DIALECT, whose server was written from the specification.
import { testScript } from '../../lib/testScript.ts';
import { textField } from '../../lib/words/jsonFields.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { jsonRpc } from '../../systems/chatbot/dialects/jsonRpc.ts';
import { phoenix } from '../../systems/chatbot/dialects/phoenix.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import thresholds from '../../thresholds/burst.json?text';

const secret = __ENV['CHAT_SECRET'] ?? '';

const PROTOCOLS = {
  jsonRpc: () =>
    jsonRpc({
      path: '/rpc',
      login: { method: 'login', params: ({ user }) => ({ user, password: secret }) },
      method: 'ask',
      params: (id, course, text) => ({ id, course, text }),
      heard: (_method, params) => partOf(params),
    }),
  phoenix: () =>
    phoenix({
      topic: ({ user }) => `chat:${user}`,
      join: () => ({ password: secret }),
      event: 'ask',
      data: (_id, course, text) => ({ course, text }),
      answer: (response) => textField(response, 'text'),
      heard: () => ({ type: 'push' }),
      heartbeatSeconds: 0.2,
    }),
};

const protocol = __ENV['DIALECT'] === 'phoenix' ? PROTOCOLS.phoenix : PROTOCOLS.jsonRpc;

const script = await testScript({
  name: 'spec-dialects',
  load: 'burst',
  thresholds,
  system: chatSystem(protocol, ['pushes', 'batches']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
