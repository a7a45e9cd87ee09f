// What do VUs take that only wait? Evaluates all that a real script evaluates, and makes no load.
import { sleep } from 'k6';
import { chatSystem } from '../systems/chatbot/chatSystem.ts';
import { testScript } from '../lib/testScript.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import thresholds from '../thresholds/ramp.json?text';

const { handleSummary } = await testScript({
  name: 'waiting',
  load: 'ramp',
  thresholds,
  system: chatSystem(chatbot),
});

export const options = { vus: Number(__ENV['WAITING_VUS']), iterations: Number(__ENV['WAITING_VUS']) };
export { handleSummary };
export default (): void => sleep(4);
