// The back end fails for some seconds: how long until errors stop, until answers are in time again, and what was lost?
import { watchOutage } from '../lib/vu/outageWatch.ts';
import { chatSystem } from '../systems/chatbot/chatSystem.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import { testScript } from '../lib/testScript.ts';
import thresholds from '../thresholds/recovery.json?text';

const script = await testScript({
  name: 'recovery',
  load: 'recovery',
  defaults: {
    NUM_SESSIONS: '20',
    OUTAGE_BEFORE_SECONDS: '60',
    OUTAGE_SECONDS: '10',
    OUTAGE_RECOVERY_SECONDS: '10',
    OUTAGE_AFTER_SECONDS: '60',
  },
  thresholds,
  system: chatSystem(chatbot),
});

export const { options, setup, handleSummary } = script;
export const { probe, startOutage } = watchOutage(script);
export default script.run;
