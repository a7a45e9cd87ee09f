// How many messages does the platform's API take, from users who log in and then send and read, and how fast does it answer?
import { testScript } from '../lib/testScript.ts';
import { messagingApi } from '../systems/messaging/api/messagesSystem.ts';
import thresholds from '../thresholds/messages-api.json?text';

const script = await testScript({
  name: 'messages-api',
  load: 'hold',
  defaults: {
    HOLD_SECONDS: '300',
    HOLD_STAGES: '1',
  },
  thresholds,
  system: messagingApi,
});

export const { options, setup, handleSummary } = script;
export default script.run;
