/** The channels of a graph service as the system of a script: clients subscribe one, and publish to all its subscribers. */
import type { System } from '../../../lib/system.ts';
import before from './broadcastBefore.ts?text';
import type { BroadcastVuConfig } from './broadcastSettings.ts';
import { broadcastUser } from './broadcastUser.ts';

export const graphBroadcast: System<null, BroadcastVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: false, socketPath: '', socketSetting: 'WS_URL' }),
    visits: () => broadcastUser(config, words),
    probes: () => broadcastUser(config, words),
  }),
};
