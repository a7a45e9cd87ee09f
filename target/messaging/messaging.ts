/** The messaging platform: what this part gives the target. */
import type { CommonSettings } from '../commonSettings.ts';
import type { House, RunningPart } from '../part.ts';
import { addMessageRoutes } from './messagesHttp.ts';
import { createMessagingContext } from './messagingContext.ts';
import { MESSAGING_FAULTS } from './messagingFaults.ts';
import {
  checkMessaging,
  MESSAGING_DEFAULTS,
  MESSAGING_FIELDS,
  type MessagingSettings,
} from './messagingSettings.ts';
import { messagingStats, type MessagingStats } from './messagingStats.ts';
import { addNotificationSockets } from './notificationSockets.ts';
import { addFileRoutes } from './uploads/filesHttp.ts';

/** The messaging platform. */
export const messaging = {
  faults: MESSAGING_FAULTS,
  fields: MESSAGING_FIELDS,
  defaults: MESSAGING_DEFAULTS,
  check: checkMessaging,
  /** Adds routes and sockets to a target that is about to listen. */
  start(house: House, settings: CommonSettings & MessagingSettings): RunningPart<MessagingStats> {
    const context = createMessagingContext(settings, house.outages);
    addMessageRoutes(house.app, context);
    addFileRoutes(house.app, context);
    house.app.get('/metrics', async (_request, reply) => {
      const { type, text } = await context.metrics.show();
      return reply.type(type).send(text);
    });
    const sockets = addNotificationSockets(house.upgrades, context);
    return {
      sockets: () => [...sockets],
      stats: () => messagingStats(context.counters, house.outages.begun()),
    };
  },
};
