// Do connections last: how many break per hour, in long sessions with pauses and heartbeats?
import { chatbot } from '../systems/chatbot/protocol.ts';
import { chatScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/stability.json?text';

const script = await chatScript({
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
  protocol: chatbot,
});

export const { options, setup, handleSummary } = script;
export default script.run;
