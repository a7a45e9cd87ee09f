// A chat over Socket.IO; ANSWERS: by acknowledgements, or by events of parts.
import { testScript } from '../../lib/testScript.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import { socketIo } from '../../systems/chatbot/dialects/socketIo.ts';
import thresholds from '../../thresholds/ramp.json?text';

const byAck = __ENV['ANSWERS'] !== 'events';

const protocol = () =>
  socketIo({
    path: '/socket.io/?v=1',
    namespace: '/chat',
    auth: ({ user }) => ({ user, password: __ENV['CHAT_SECRET'] ?? '' }),
    event: 'ask',
    data: (id, course, text) => ({ id, course, text }),
    heard: (event, data) => {
      if (event === 'part') return partOf(data);
      if (event === 'room') return { type: 'push', sentAt: (data as { at: number }).at };
      return { type: 'unknown' };
    },
    ...(byAck && {
      answer: (data: unknown) => (data as { text?: string } | null)?.text,
    }),
  });

const script = await testScript({
  name: 'socket-io',
  load: 'ramp',
  thresholds,
  system: chatSystem(protocol, ['pushes']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
