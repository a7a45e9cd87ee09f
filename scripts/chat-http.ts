// How long does the assistant take when many chats begin at the same moment, and does its event loop stay free?
import { testScript } from '../lib/testScript.ts';
import { loopObserver } from '../lib/vu/loopObserver.ts';
import { assistantChat } from '../systems/assistant/chat/chatSystem.ts';
import thresholds from '../thresholds/chat-http.json?text';

const script = await testScript({ name: 'chat-http', load: 'rounds', thresholds, system: assistantChat });

export const { options, setup, handleSummary } = script;
export const { observeLoops } = loopObserver(script.parts);
export default script.run;
