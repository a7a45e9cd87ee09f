// How long do answers take while nobody else asks, and how much longer under load?
import { chatSystem } from '../systems/chatbot/chatSystem.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { testScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/response.json?text';

const script = await testScript({
  name: 'response',
  load: 'levels',
  defaults: {
    SESSION_LEVELS: '1,10,25,50',
    LEVEL_SECONDS: '60',
  },
  thresholds,
  system: chatSystem(chatbot),
});

export const { options, setup, handleSummary } = script;
export default script.run;
