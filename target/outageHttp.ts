/** The route that begins an outage. */
import type { FastifyInstance } from 'fastify';
import { addOrderRoute } from './orderHttp.ts';
import { describeOutage, readOutage, WANTED_BODY, type Outage, type Outages } from './outage.ts';

/**
 * `POST /outage` begins an outage at once and tells what it does. A body that can't be used leaves the outage under way,
 * if any, as it is.
 */
export function addOutageRoute(app: FastifyInstance, outages: Outages): void {
  addOrderRoute(app, {
    path: '/outage',
    wantedBody: WANTED_BODY,
    read: readOutage,
    obey: (outage) => {
      outages.begin(outage);
      return shown(outage);
    },
  });
}

function shown({ mode, seconds, delayMs }: Outage): Record<string, string | number> {
  const does = describeOutage({ mode, seconds, delayMs });
  return mode === 'slow' ? { mode, seconds, delayMs, does } : { mode, seconds, does };
}
