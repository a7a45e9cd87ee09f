/** Clients of a graph service whose connections are dropped, as the system of a script. */
import type { System } from '../../../lib/system.ts';
import before from './reconnectBefore.ts?text';
import type { ReconnectVuConfig } from './reconnectSettings.ts';
import { reconnectUser } from './reconnectUser.ts';

export const graphReconnect: System<null, ReconnectVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: false, socketPath: '', socketSetting: 'WS_URL' }),
    visits: () => reconnectUser(config, words),
    probes: () => reconnectUser(config, words),
  }),
};
