// Do connections last: how many break per hour, in long sessions with pauses and heartbeats?
import { chatSystem } from '../systems/chatbot/chatSystem.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { testScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/stability.json?text';

const script = await testScript({
  name: 'stability',
  load: 'hold',
  defaults: {
    NUM_SESSIONS: '50',
    HOLD_SECONDS: '1800',
    HOLD_STAGES: '3',
    THINK_SECONDS: '10-30',
    HEARTBEAT_SECONDS: '15',
  },
  thresholds,
  system: chatSystem(chatbot),
});

export const { options, setup, handleSummary } = script;
export default script.run;
