// Does the platform hold this many sockets, and does each user hear in time of every message in the user's conversation?
import { testScript } from '../lib/testScript.ts';
import { notifications } from '../systems/messaging/notifications/notificationsSystem.ts';
import thresholds from '../thresholds/notifications.json?text';

const script = await testScript({
  name: 'notifications',
  load: 'hold',
  defaults: {
    HOLD_SECONDS: '600',
    HOLD_STAGES: '1',
  },
  presets: {
    small: { defaults: { CONNECTIONS: '100', SPAWN_RATE: '10', CONVERSATIONS: '10' } },
    'five-thousand': { defaults: { CONNECTIONS: '5000', SPAWN_RATE: '500' } },
  },
  thresholds,
  system: notifications,
});

export const { options, setup, handleSummary } = script;
export default script.run;
