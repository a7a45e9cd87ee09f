// Does the agent platform carry users who arrive at a rate, from a warm-up over a peak to the end of the day?
import { agents } from '../systems/agents/agentsSystem.ts';
import { testScript } from '../lib/testScript.ts';
import { FIVE_PHASES } from '../systems/agents/fivePhases.ts';
import thresholds from '../thresholds/phases.json?text';

const script = await testScript({
  name: 'phases',
  load: 'phases',
  defaults: FIVE_PHASES,
  thresholds,
  system: agents,
});

export const { options, setup, handleSummary } = script;
export default script.run;
