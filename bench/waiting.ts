// What do VUs take that only wait? Evaluates all that a real script evaluates, and makes no load.
import { sleep } from 'k6';
import { chatScript } from '../lib/testScript.ts';
import { chatbot } from '../systems/chatbot/protocol.ts';
import thresholds from '../thresholds/ramp.json?text';

const { handleSummary } = await chatScript({ name: 'waiting', load: 'ramp', thresholds, protocol: chatbot });

export const options = { vus: Number(__ENV['WAITING_VUS']), iterations: Number(__ENV['WAITING_VUS']) };
export { handleSummary };
export default (): void => sleep(4);
