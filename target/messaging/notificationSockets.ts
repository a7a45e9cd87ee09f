/** The socket path of the notifications, and whom it lets in. */
import { refusesSocket } from '../capacity.ts';
import { tally } from '../counts.ts';
import { codeOf } from '../faultName.ts';
import { allowsOrigin } from '../origins.ts';
import type { ServerSocket } from '../serverSocket.ts';
import { addSockets } from '../sockets.ts';
import type { Refusal, Upgrade, Upgrades } from '../upgrades.ts';
import { hasTokenInUrl, type TokenProblem } from './jwts.ts';
import type { MessagingContext } from './messagingContext.ts';
import { listen } from './subscriber.ts';

/** Adds `/ws/notifications`. Returns its sockets, a set that follows them as they open and close. */
export function addNotificationSockets(
  upgrades: Upgrades,
  context: MessagingContext,
): ReadonlySet<ServerSocket> {
  const { sockets } = context.counters;
  return addSockets(upgrades, {
    path: '/ws/notifications',
    book: {
      came: () => (sockets.attempts += 1),
      refused: (status) => tally(sockets.refused, status),
    },
    refusal: (upgrade) => refusal(context, upgrade),
    open: (socket) => listen(socket, context),
  });
}

/** Refuses an upgrade by outage, by fault, for its token or for a reason of its own; they come in this order. */
function refusal(context: MessagingContext, upgrade: Upgrade): number | Refusal | 'silent' | undefined {
  const { outages, arrivals, counters } = context;
  if (outages.isDown()) {
    arrivals.count('socket');
    counters.outages.upgradesRefused += 1;
    return 503;
  }
  const fault = arrivals.meet('socket');
  if (fault === 'socket-silent') return 'silent';
  if (fault !== undefined) return codeOf(fault);
  const error = tokenProblem(context, upgrade);
  if (error === undefined) return ownRefusal(context, upgrade);
  tally(counters.tokens.refused, error);
  return { status: 401, error };
}

function tokenProblem({ jwts }: MessagingContext, { request }: Upgrade): TokenProblem | undefined {
  if (hasTokenInUrl(request.url ?? '')) return 'token_in_url';
  const who = jwts.userOf(request.headers.authorization);
  return 'problem' in who ? who.problem : undefined;
}

function ownRefusal({ settings, counters }: MessagingContext, { request }: Upgrade): number | undefined {
  const { origins, capacity } = settings;
  if (origins.length > 0 && !allowsOrigin(origins, request.headers.origin)) return 403;
  return refusesSocket(counters.sockets.open, capacity) ? 502 : undefined;
}
