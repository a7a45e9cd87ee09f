// How long do answers take while nobody else asks, and how much longer under load?
import { chatbot } from '../systems/chatbot/protocol.ts';
import { chatScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/response.json?text';

const script = await chatScript({
  name: 'response',
  load: 'levels',
  defaults: {
    SESSION_LEVELS: '1,10,25,50',
    LEVEL_SECONDS: '60',
  },
  thresholds,
  protocol: chatbot,
});

export const { options, setup, handleSummary } = script;
export default script.run;
