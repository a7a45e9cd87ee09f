/** The chatbot: what this part gives the target. */
import type { CommonSettings } from '../commonSettings.ts';
import type { House, RunningPart } from '../part.ts';
import { CHATBOT_FAULTS } from './chatbotFaults.ts';
import { CHATBOT_DEFAULTS, CHATBOT_FIELDS, checkChatbot, type ChatbotSettings } from './chatbotSettings.ts';
import { chatbotStats, type ChatbotStats } from './chatbotStats.ts';
import { addChatRoutes } from './chatHttp.ts';
import { addChatSockets } from './chatSockets.ts';
import { createContext } from './context.ts';

/** The chatbot of the university. */
export const chatbot = {
  faults: CHATBOT_FAULTS,
  fields: CHATBOT_FIELDS,
  defaults: CHATBOT_DEFAULTS,
  check: checkChatbot,
  /** Adds routes and sockets to a target that is about to listen. */
  start(house: House, settings: CommonSettings & ChatbotSettings): RunningPart<ChatbotStats> {
    const context = createContext(settings, house.outages);
    addChatRoutes(house.app, context);
    const sockets = addChatSockets(house.upgrades, context);
    return {
      sockets: () => [...sockets],
      stats: () => chatbotStats(context.counters, house.outages.begun()),
    };
  },
};
