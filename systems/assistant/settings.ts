/** The settings that several scripts of the assistant have; those of one stand in its folder. Pure data. */
import { restSection } from '../../lib/before/settings/target.ts';
import { section } from '../../lib/words/sections.ts';

/** Of scripts that call the assistant's API. */
export const API_TARGET = restSection('address of the API');

/** Of scripts that watch the event loop of the back end. */
export const HEALTH = section({
  title: 'Event loop',
  families: ['HEALTH'],
  settings: {
    healthUrl: {
      kind: 'url',
      env: 'HEALTH_URL',
      default: {
        from: API_TARGET.settings.apiBaseUrl,
        by: (address) => `${String(address)}/api/health`,
        is: '`API_BASE_URL` with `/api/health`',
      },
      schemes: ['http', 'https'],
      meaning: "address that tells the worst delay of the back end's event loop, `event_loop_delay_ms`",
      shapes: 'nothing',
      vu: true,
    },
  },
});
