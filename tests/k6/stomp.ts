// A chat over STOMP; ANSWERS: `whole`, in `parts`, or in a `topic` that everybody hears.
import { testScript } from '../../lib/testScript.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { stomp } from '../../systems/chatbot/dialects/stomp.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  stomp({
    connect: ({ user }) => ({ login: user, passcode: __ENV['CHAT_SECRET'] ?? '' }),
    subscribe: () => ['/user/queue/answers'],
    destination: '/app/ask',
    heartbeatSeconds: 0.1,
  });

const parts = () =>
  stomp({
    connect: ({ user }) => ({ login: user, passcode: __ENV['CHAT_SECRET'] ?? '' }),
    subscribe: () => ['/user/queue/news', '/user/queue/answers'],
    destination: '/app/ask',
    send: (id, course, text) => ({
      headers: { question: id, receipt: id },
      body: JSON.stringify({ course, text }),
    }),
    heard: ({ headers, body }) => {
      const { question, last } = headers;
      if (question === undefined) return { type: 'push' };
      return { type: 'chunk', id: question, seq: null, text: body, complete: last === 'yes' };
    },
  });

const topic = () =>
  stomp({
    connect: ({ user }) => ({ login: user, passcode: __ENV['CHAT_SECRET'] ?? '' }),
    subscribe: () => ['/topic/room'],
    destination: '/topic/room',
    heard: ({ headers, body }, isAsked) => {
      const { 'correlation-id': asked = '', 'in-reply-to': answered = '', timestamp } = headers;
      if (isAsked(answered)) return { type: 'chunk', id: answered, seq: null, text: body, complete: true };
      return isAsked(asked) ? { type: 'ignored' } : { type: 'push', sentAt: Number(timestamp) };
    },
    withoutReceipts: true,
    heartbeatSeconds: 0.1,
  });

const PROTOCOLS: Record<string, typeof protocol> = { parts, topic };

const script = await testScript({
  name: 'stomp',
  load: 'ramp',
  thresholds,
  system: chatSystem(PROTOCOLS[__ENV['ANSWERS'] ?? ''] ?? protocol, ['pushes', 'batches']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
