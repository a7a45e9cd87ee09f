// Sessions one after the other in a single VU, so that a test can foretell which request meets which fault.
import { chatbot } from '../../systems/chatbot/protocol.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { testScript } from '../../lib/testScript.ts';
import thresholds from '../../thresholds/burst.json?text';

const script = await testScript({
  name: 'one-by-one',
  load: 'burst',
  thresholds,
  system: chatSystem(chatbot),
});

const oneByOne = {
  executor: 'per-vu-iterations',
  vus: 1,
  iterations: Number(__ENV['NUM_SESSIONS']),
  maxDuration: '120s',
  gracefulStop: '0s',
};

export const { handleSummary } = script;
/** The load is that of the plan, but in other words than the plan's own. */
export const setup = (): boolean => true;
export const options = { ...script.options, scenarios: { oneByOne } };
export default script.run;
