/** Health checks of several hosts as the system of a script: all are asked at the same moment. */
import type { System } from '../../../lib/system.ts';
import before from './hostsBefore.ts?text';
import type { HostsVuConfig } from './hostsSettings.ts';
import { hostsUser } from './hostsUser.ts';

export const assistantHosts: System<null, HostsVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: false }),
    visits: () => hostsUser(config, words),
    probes: () => hostsUser(config, words),
  }),
};
