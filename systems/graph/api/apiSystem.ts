/** The endpoints of a graph service as the system of a script: clients ask one after the other. */
import type { System } from '../../../lib/system.ts';
import before from './apiBefore.ts?text';
import type { Margin } from './apiBooks.ts';
import type { ApiVuConfig } from './apiSettings.ts';
import { apiUser } from './apiUser.ts';

export const graphApi: System<Margin | null, ApiVuConfig> = {
  before,
  inVu: ({ config, words, facts }) => ({
    uses: () => ({ calls: true }),
    visits: () => apiUser(config, words, facts),
    probes: () => apiUser(config, words, facts),
  }),
};
