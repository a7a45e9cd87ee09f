// How many chat sessions at the same time does the back end carry, and at which stage does it break?
import { chatbot } from '../systems/chatbot/protocol.ts';
import { chatScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/ramp.json?text';

const script = await chatScript({ name: 'ramp', load: 'ramp', thresholds, protocol: chatbot });

export const { options, setup, handleSummary } = script;
export default script.run;
