// Does the back end carry these chat sessions for long, or does it get slower and fail more as time goes by?
import { chatSystem } from '../systems/chatbot/chatSystem.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { testScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/sustain.json?text';

const script = await testScript({
  name: 'sustain',
  load: 'hold',
  defaults: {
    NUM_SESSIONS: '50',
    HOLD_SECONDS: '600',
    HOLD_STAGES: '10',
  },
  thresholds,
  system: chatSystem(chatbot),
});

export const { options, setup, handleSummary } = script;
export default script.run;
