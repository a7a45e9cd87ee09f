// Does a message reach every subscriber of its channel, once, in order, and how soon the first and the last?
import { testScript } from '../lib/testScript.ts';
import { graphBroadcast } from '../systems/graph/broadcast/broadcastSystem.ts';
import thresholds from '../thresholds/broadcast.json?text';

const script = await testScript({
  name: 'broadcast',
  load: 'burst',
  presets: {
    ten: { defaults: { CLIENTS: '10', MESSAGES: '100', MESSAGE_SECONDS: '0.1' } },
    twenty: { defaults: { CLIENTS: '20', MESSAGES: '50', MESSAGE_SECONDS: '0.2' } },
    fifty: { defaults: { CLIENTS: '50', MESSAGES: '50', MESSAGE_SECONDS: '0.5' } },
  },
  thresholds,
  system: graphBroadcast,
});

export const { options, setup, handleSummary } = script;
export default script.run;
