// A chat over NATS; ANSWERS: replies, or events of parts.
import { testScript } from '../../lib/testScript.ts';
import { jsonIn, textField, valueAt } from '../../lib/words/jsonFields.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { nats } from '../../systems/chatbot/dialects/nats.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  nats({
    login: () => ({ user: 'chat', pass: __ENV['CHAT_SECRET'] ?? '' }),
    subject: () => (__ENV['ANSWERS'] === 'events' ? 'questions.parts' : 'questions.whole'),
    payload: (id, course, text, { user }) => JSON.stringify({ id, user, course, text }),
    answer: (text) => textField(jsonIn(text), 'text'),
    subjects: ({ user }) => [`answers.${user}`],
    heard: (_subject, text) => {
      const data = jsonIn(text);
      const at = valueAt(data, 'at');
      return typeof at === 'number' ? { type: 'push', sentAt: at } : partOf(data);
    },
    pingSeconds: Number(__ENV['KEEP_ALIVE'] ?? 60),
  });

const script = await testScript({
  name: 'nats',
  load: 'ramp',
  thresholds,
  system: chatSystem(protocol, ['pushes', 'batches']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
