// A chat by GraphQL subscriptions.
import { testScript } from '../../lib/testScript.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { graphqlWs } from '../../systems/chatbot/dialects/graphqlWs.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  graphqlWs({
    path: '/graphql',
    init: () => ({ password: __ENV['CHAT_SECRET'] ?? '' }),
    query: 'subscription Answer($text: String!) { answer(text: $text) { text } }',
    variables: (_id, _course, text) => ({ text }),
    text: 'answer.text',
  });

const script = await testScript({
  name: 'graphql-ws',
  load: 'ramp',
  thresholds,
  system: chatSystem(protocol),
});

export const { options, setup, handleSummary } = script;
export default script.run;
