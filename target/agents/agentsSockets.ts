/** The socket path of the agents, and whom it lets in. */
import { refusesSocket } from '../capacity.ts';
import { tally } from '../counts.ts';
import { codeOf } from '../faultName.ts';
import { allowsOrigin } from '../origins.ts';
import type { ServerSocket } from '../serverSocket.ts';
import { addSockets } from '../sockets.ts';
import type { Upgrade, Upgrades } from '../upgrades.ts';
import type { AgentsContext } from './agentsContext.ts';
import { listen } from './connection.ts';

/** Adds `/ws`. Returns its sockets, a set that follows them as they open and close. */
export function addAgentsSockets(upgrades: Upgrades, context: AgentsContext): ReadonlySet<ServerSocket> {
  const { counters } = context;
  return addSockets(upgrades, {
    path: '/ws',
    book: {
      came: () => (counters.attempts += 1),
      refused: (status) => tally(counters.refused, status),
    },
    refusal: (upgrade) => refusal(context, upgrade),
    open: (socket) => listen(socket, context),
  });
}

/** Refuses an upgrade by outage, by the broadcaster, by fault or for a reason of its own; they come in this order. */
function refusal(context: AgentsContext, upgrade: Upgrade): number | 'silent' | undefined {
  if (context.outages.isDown()) {
    context.arrivals.count('connection');
    context.counters.outages.upgradesRefused += 1;
    return 503;
  }
  const barred = context.broadcaster.refusal();
  if (barred !== undefined) {
    context.arrivals.count('connection');
    return barred;
  }
  const fault = context.arrivals.meet('connection');
  if (fault === 'connection-silent') return 'silent';
  return fault === undefined ? ownRefusal(context, upgrade) : codeOf(fault);
}

function ownRefusal({ settings, counters }: AgentsContext, { request }: Upgrade): number | undefined {
  const { origins, capacity, agentLimit, agentLimitStatus } = settings;
  if (origins.length > 0 && !allowsOrigin(origins, request.headers.origin)) return 403;
  if (agentLimit > 0 && counters.open >= agentLimit) return agentLimitStatus;
  if (refusesSocket(counters.open, capacity)) return 502;
  return undefined;
}
