// Does the back end carry this many chat sessions that all start together?
import { chatSystem } from '../systems/chatbot/chatSystem.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { testScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/burst.json?text';

const script = await testScript({ name: 'burst', load: 'burst', thresholds, system: chatSystem(chatbot) });

export const { options, setup, handleSummary } = script;
export default script.run;
