// A chat over XMPP; CHAT: with the bot alone, by an account or `anonymous`, or in a `room`; PARTS: of an answer.
import { testScript } from '../../lib/testScript.ts';
import { childOf } from '../../lib/words/xml.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { xmpp } from '../../systems/chatbot/dialects/xmpp.ts';
import thresholds from '../../thresholds/ramp.json?text';

const password = __ENV['CHAT_SECRET'] ?? '';

const protocol = () =>
  xmpp({
    domain: 'localhost',
    account: ({ user }) => ({ name: user, password: __ENV['CHAT_SECRET'] ?? '' }),
    bot: 'bot@bots.localhost',
    isLast: (message) => childOf(message, 'active') !== undefined, // chat states: `<composing/>` in the parts before
  });

const anonymous = () => xmpp({ domain: 'anonymous.localhost', bot: 'bot@bots.localhost' });

const room = () =>
  xmpp({
    domain: 'localhost',
    account: ({ user }) => ({ name: user, password }),
    bot: 'lobby@rooms.localhost/bot',
    nickname: ({ user }) => user,
    sentAt: (message) => Number(childOf(message, 'sent')?.attributes['at']),
  });

const PROTOCOLS: Record<string, typeof protocol> = { anonymous, room };

const script = await testScript({
  name: 'xmpp',
  load: 'ramp',
  thresholds,
  system: chatSystem(PROTOCOLS[__ENV['CHAT'] ?? ''] ?? protocol, ['pushes']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
