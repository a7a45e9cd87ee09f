// Does the back end carry this many chat sessions that all start together?
import { chatbot } from '../lib/protocols/chatbot.ts';
import { burst, perVuIterations } from '../lib/load.ts';
import { chatScript, longestSession } from '../lib/testScript.ts';
import thresholds from '../thresholds/burst.json?text';

const script = await chatScript({
  name: 'burst',
  thresholds,
  protocol: chatbot,
  plan: (config) => burst(config.numSessions),
  scenario: (plan, config, questions) => perVuIterations(plan, longestSession(config, questions)),
});

export const { options, setup, handleSummary } = script;
export default script.run;
