/** The socket path of the chatbot, and whom it lets in. */
import { refusesSocket } from '../capacity.ts';
import { tally } from '../counts.ts';
import { codeOf } from '../faultName.ts';
import { allowsOrigin } from '../origins.ts';
import type { ServerSocket } from '../serverSocket.ts';
import { addSockets } from '../sockets.ts';
import type { Upgrade, UpgradeBook, Upgrades } from '../upgrades.ts';
import type { Context } from './context.ts';
import { converse } from './conversation.ts';

/**
 * The socket part of the chatbot protocol. Returns its sockets, a set that follows them as they open and close. The
 * upgrades of paths that nobody has are counted among the chatbot's.
 */
export function addChatSockets(upgrades: Upgrades, context: Context): ReadonlySet<ServerSocket> {
  const { attempts, upgradesRefused } = context.counters;
  const book: UpgradeBook = {
    came: () => (attempts.upgrade += 1),
    refused: (status) => tally(upgradesRefused, status),
  };
  upgrades.countOthers(book);
  return addSockets(upgrades, {
    path: '/ws/chat',
    book,
    refusal: (upgrade) => refusal(context, upgrade),
    open: (socket) => converse(socket, context),
  });
}

/** Refuses an upgrade by outage, by fault or for a reason of its own; they come in this order. */
function refusal(context: Context, upgrade: Upgrade): number | 'silent' | undefined {
  if (context.outages.isDown()) {
    context.arrivals.count('upgrade');
    context.counters.outages.upgradesRefused += 1;
    return 503;
  }
  const fault = context.arrivals.meet('upgrade');
  if (fault === 'upgrade-silent') return 'silent';
  return fault === undefined ? ownRefusal(context, upgrade) : codeOf(fault);
}

function ownRefusal({ settings, counters, tokens, sessions }: Context, upgrade: Upgrade): number | undefined {
  const { origin, authorization } = upgrade.request.headers;
  const query = upgrade.url.searchParams;
  if (!allowsOrigin(settings.origins, origin)) return 403;
  if (!tokens.accepts(authorization)) return 401;
  if (!sessions.knows(query.get('session_id'), query.get('connection_id'))) return 404;
  if (refusesSocket(counters.open, settings.capacity)) return 502;
  return undefined;
}
