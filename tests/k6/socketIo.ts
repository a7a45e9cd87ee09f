// A chat over Socket.IO; ANSWERS: by acknowledgements, or by events of parts.
import { testScript } from '../../lib/testScript.ts';
import { textField, valueAt } from '../../lib/words/jsonFields.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import { socketIo } from '../../systems/chatbot/dialects/socketIo.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  socketIo({
    namespace: '/chat',
    auth: ({ user }) => ({ user, password: __ENV['CHAT_SECRET'] ?? '' }),
    event: 'ask',
    data: (id, course, text) => ({ id, course, text }),
    answer: (data) => textField(data, 'text'),
    heard: (event) => ({ type: event === 'room' ? 'push' : 'unknown' }),
  });

const inParts = () =>
  socketIo({
    path: '/socket.io/?v=1',
    namespace: '/chat',
    auth: () => ({ password: __ENV['CHAT_SECRET'] ?? '' }),
    event: 'ask',
    data: (id, _course, text) => ({ id, text }),
    heard: (event, data) =>
      event === 'room' ? { type: 'push', sentAt: Number(valueAt(data, 'at')) } : partOf(data),
  });

const script = await testScript({
  name: 'socket-io',
  load: 'ramp',
  thresholds,
  system: chatSystem(__ENV['ANSWERS'] === 'events' ? inParts : protocol, ['pushes']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
