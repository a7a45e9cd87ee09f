// How many sessions at the same time does the support desk carry, and at which stage does it break?
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { testScript } from '../../lib/testScript.ts';
import thresholds from '../../thresholds/ramp.json?text';
import { supportDesk } from './protocol.ts';

const script = await testScript({
  name: 'support-desk',
  load: 'ramp',
  thresholds,
  system: chatSystem(supportDesk),
});

export const { options, setup, handleSummary } = script;
export default script.run;
