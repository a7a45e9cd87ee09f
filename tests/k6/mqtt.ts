// A chat over MQTT, whose bot answers in parts; QOS: 0, or 1.
import { testScript } from '../../lib/testScript.ts';
import { jsonIn, valueAt } from '../../lib/words/jsonFields.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { mqtt } from '../../systems/chatbot/dialects/mqtt.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  mqtt({
    login: () => ({ username: 'chat', password: __ENV['CHAT_SECRET'] ?? '' }),
    topic: () => 'chat/questions',
    payload: (id, course, text, { user }) => JSON.stringify({ id, user, course, text }),
    answers: ({ user }) => `chat/answers/${user}`,
    heard: (_topic, text) => {
      const data = jsonIn(text);
      const at = valueAt(data, 'at');
      return typeof at === 'number' ? { type: 'push', sentAt: at } : partOf(data);
    },
    qos: __ENV['QOS'] === '1' ? 1 : 0,
    keepAliveSeconds: Number(__ENV['KEEP_ALIVE'] ?? 30),
  });

const script = await testScript({
  name: 'mqtt',
  load: 'ramp',
  thresholds,
  system: chatSystem(protocol, ['pushes']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
