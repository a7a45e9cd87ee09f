// Does the platform's API stay as fast as it was, with twice the users for a quarter of an hour?
import { testScript } from '../lib/testScript.ts';
import { messagingApi } from '../systems/messaging/api/messagesSystem.ts';
import thresholds from '../thresholds/sustained.json?text';

const script = await testScript({
  name: 'sustained',
  load: 'hold',
  defaults: {
    NUM_USERS: '2000',
    HOLD_SECONDS: '900',
    HOLD_STAGES: '5',
  },
  thresholds,
  system: messagingApi,
});

export const { options, setup, handleSummary } = script;
export default script.run;
