// How many chat sessions at the same time does the back end carry, and at which stage does it break?
import { chatSystem } from '../systems/chatbot/chatSystem.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { testScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/ramp.json?text';

const script = await testScript({ name: 'ramp', load: 'ramp', thresholds, system: chatSystem(chatbot) });

export const { options, setup, handleSummary } = script;
export default script.run;
