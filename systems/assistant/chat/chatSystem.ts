/** Chats over HTTP as the system of a script: many clients say something at the same moment. */
import type { System } from '../../../lib/system.ts';
import before from './chatBefore.ts?text';
import type { ChatVuConfig } from './chatSettings.ts';
import { chatUser } from './chatUser.ts';

export const assistantChat: System<null, ChatVuConfig> = {
  before,
  inVu: ({ config, words }) => ({
    uses: () => ({ calls: true }),
    visits: () => chatUser(config, words),
    probes: () => chatUser(config, words),
  }),
};
