/** Connections to a graph service as the system of a script: clients open one at each level, hold it and close it. */
import type { System } from '../../../lib/system.ts';
import before from './connectionsBefore.ts?text';
import type { ConnectionsVuConfig } from './connectionsSettings.ts';
import { connectionsUser } from './connectionsUser.ts';

export const graphConnections: System<null, ConnectionsVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: false, socketPath: '', socketSetting: 'WS_URL', memoryUrl: config.memoryUrl }),
    visits: () => connectionsUser(config, words),
    probes: () => connectionsUser(config, words),
  }),
};
