// Does the back end carry this many chat sessions that all start together?
import { chatbot } from '../systems/chatbot/protocol.ts';
import { chatScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/burst.json?text';

const script = await chatScript({ name: 'burst', load: 'burst', thresholds, protocol: chatbot });

export const { options, setup, handleSummary } = script;
export default script.run;
