// How many chat sessions at the same time does the back end carry, and at which stage does it break?
import { chatbot } from '../lib/protocols/chatbot.ts';
import { ramp, rampingVus } from '../lib/load.ts';
import { chatScript, sessionTail } from '../lib/testScript.ts';
import thresholds from '../thresholds/ramp.json?text';

const script = await chatScript({
  name: 'ramp',
  thresholds,
  protocol: chatbot,
  plan: (config) => ramp(config.ramp),
  scenario: (plan, config) => rampingVus(plan, config.ramp.transitionSeconds, sessionTail(config)),
});

export const { options, setup, handleSummary } = script;
export default script.run;
