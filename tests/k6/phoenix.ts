// A chat over Phoenix channels, with heartbeats four times a second; ANSWERS: by replies, or by events of parts.
import { testScript } from '../../lib/testScript.ts';
import { textField } from '../../lib/words/jsonFields.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import type { ChatProtocol } from '../../systems/chatbot/dialect.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import { phoenix } from '../../systems/chatbot/dialects/phoenix.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  phoenix({
    path: '/socket/websocket',
    topic: ({ user }) => `chat:${user}`,
    join: () => ({ password: __ENV['CHAT_SECRET'] ?? '' }),
    event: 'ask',
    data: (id, course, text) => ({ id, course, text }),
    answer: (response) => textField(response, 'text'),
    heard: (event) => ({ type: event === 'presence_diff' ? 'push' : 'unknown' }),
  });

const inParts = () =>
  phoenix({
    path: '/socket/websocket?locale=en',
    topic: () => 'chat:all',
    join: () => ({ password: __ENV['CHAT_SECRET'] ?? '' }),
    event: 'ask_in_parts',
    data: (id, _course, text) => ({ id, text }),
    heard: (event, payload) => (event === 'part' ? partOf(payload) : { type: 'push' }),
  });

/** Sessions of tests are over in less than the usual half a minute. */
const hasty = (make: () => ChatProtocol) => (): ChatProtocol => {
  const made = make();
  return { ...made, heartbeat: made.heartbeat && { ...made.heartbeat, seconds: 0.25 } };
};

const script = await testScript({
  name: 'phoenix',
  load: 'ramp',
  thresholds,
  system: chatSystem(hasty(__ENV['ANSWERS'] === 'events' ? inParts : protocol), ['pushes']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
