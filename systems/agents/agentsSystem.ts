/** The agent platform as the system of a script: users connect, subscribe, ping and send messages to agents. */
import type { System } from '../../lib/system.ts';
import before from './before.ts?text';
import type { AgentsVuConfig } from './settings.ts';
import { agentsUser } from './user.ts';

export const agents: System<null, AgentsVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: false, socketPath: '', socketSetting: 'WS_URL' }),
    visits: () => agentsUser(config, words),
    probes: (longestSeconds) => agentsUser(probeConfig(config, longestSeconds), words),
  }),
};

/** One message, at once. */
function probeConfig(config: AgentsVuConfig, longestSeconds: number): AgentsVuConfig {
  const replySeconds = Math.min(config.replySeconds, longestSeconds);
  return { ...config, replySeconds, channels: [], pings: 0, messages: 1, messageSeconds: 0, batchSeconds: 0 };
}
