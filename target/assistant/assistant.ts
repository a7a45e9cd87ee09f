/** The assistant: what this part gives the target. */
import type { CommonSettings } from '../commonSettings.ts';
import type { House, RunningPart } from '../part.ts';
import { createAssistantContext } from './assistantContext.ts';
import { ASSISTANT_FAULTS } from './assistantFaults.ts';
import { addAssistantRoutes } from './assistantHttp.ts';
import {
  ASSISTANT_DEFAULTS,
  ASSISTANT_FIELDS,
  checkAssistant,
  type AssistantSettings,
} from './assistantSettings.ts';
import { assistantStats, type AssistantStats } from './assistantStats.ts';
import { blockLoop } from './blocks.ts';

/** The assistant. */
export const assistant = {
  faults: ASSISTANT_FAULTS,
  fields: ASSISTANT_FIELDS,
  defaults: ASSISTANT_DEFAULTS,
  check: checkAssistant,
  /** Adds routes to a target that is about to listen; it has no sockets. */
  start({ app, outages }: House, settings: CommonSettings & AssistantSettings): RunningPart<AssistantStats> {
    const context = createAssistantContext(settings, outages);
    const { counters } = context;
    addAssistantRoutes(app, context);
    const stopBlocks = blockLoop(settings, () => (counters.blocks += 1));
    app.addHook('onClose', (_app, done) => {
      stopBlocks();
      done();
    });
    return { sockets: () => [], stats: () => assistantStats(counters, outages.begun()) };
  },
};
