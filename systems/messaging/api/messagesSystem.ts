/** The API of a messaging platform as the system of a script: users log in, send messages and look at conversations. */
import type { System } from '../../../lib/system.ts';
import before from './messagesBefore.ts?text';
import type { MessagesVuConfig } from './messagesSettings.ts';
import { messagesUser } from './messagesUser.ts';

export const messagingApi: System<null, MessagesVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: true }),
    visits: () => messagesUser(config, words),
    probes: () => messagesUser(config, words),
  }),
};
