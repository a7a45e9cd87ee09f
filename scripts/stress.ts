// Does the agent platform carry this many connections that all send messages, and how fast does it respond?
import { agents } from '../systems/agents/agentsSystem.ts';
import { testScript } from '../lib/testScript.ts';
import { FIVE_PHASES } from '../systems/agents/fivePhases.ts';
import thresholds from '../thresholds/stress.json?text';

const script = await testScript({
  name: 'stress',
  load: 'burst',
  defaults: { CONNECTIONS: '100', MESSAGES: '10', MESSAGE_SECONDS: '0.05' },
  presets: {
    quick: { defaults: { CONNECTIONS: '100', MESSAGES: '10', MESSAGE_SECONDS: '0.05' } },
    medium: { defaults: { CONNECTIONS: '500', MESSAGES: '20', MESSAGE_SECONDS: '0.2' } },
    heavy: { defaults: { CONNECTIONS: '1000', MESSAGES: '50', MESSAGE_SECONDS: '0.5' } },
    staging: { load: 'phases', defaults: FIVE_PHASES },
  },
  thresholds,
  system: agents,
});

export const { options, setup, handleSummary } = script;
export default script.run;
