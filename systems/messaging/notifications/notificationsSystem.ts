/** The notifications of a messaging platform as the system of a script: users wait for what others write. */
import type { System } from '../../../lib/system.ts';
import before from './notificationsBefore.ts?text';
import { SOCKET_PATH } from './notificationsProtocol.ts';
import type { NotificationsVuConfig } from './notificationsSettings.ts';
import { notificationsUser } from './notificationsUser.ts';
import type { Messages } from './notificationTimes.ts';

export const notifications: System<Messages, NotificationsVuConfig> = {
  before,
  inVu: ({ config, words, facts }) => ({
    uses: () => ({ calls: true, socketPath: SOCKET_PATH }),
    visits: () => notificationsUser(config, words, facts),
    probes: () => notificationsUser(config, words, facts),
  }),
};
