/** The route that drops all sockets. */
import type { FastifyInstance } from 'fastify';
import { addOrderRoute } from '../orderHttp.ts';
import { readDrop, WANTED_BODY, type Drop, type Drops } from './drops.ts';

/**
 * `POST /graph/drop` ends every socket of `/ws` at once and tells how many those were. `refusals` is the setting
 * graphRefusals.
 */
export function addDropRoute(app: FastifyInstance, drops: Drops, refusals: number): void {
  addOrderRoute(app, {
    path: '/graph/drop',
    wantedBody: WANTED_BODY,
    read: (body) => readDrop(body, refusals),
    obey: (drop) => ({ ...shown(drop), sockets: drops.drop(drop) }),
  });
}

function shown({ mode, code, refusals }: Drop): Partial<Drop> {
  return mode === 'reset' ? { mode, refusals } : { mode, code, refusals };
}
