import { WebSocketServer, type Server } from 'ws';
import { refusesSocket } from '../capacity.ts';
import { ServerSocket } from '../serverSocket.ts';
import type { Context } from './context.ts';
import { converse } from './conversation.ts';
import { codeOf } from '../faults.ts';
import { allowsOrigin } from '../origins.ts';
import type { Upgrade, Upgrades } from '../upgrades.ts';

const MAX_FRAME_BYTES = 1024 * 1024;

/** The socket part of the chatbot protocol. Returns its sockets, a set that follows them as they open and close. */
export function addChatSockets(upgrades: Upgrades, context: Context): ReadonlySet<ServerSocket> {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: true,
    perMessageDeflate: false,
    autoPong: false,
    maxPayload: MAX_FRAME_BYTES,
    WebSocket: ServerSocket,
  });
  server.on('wsClientError', (_error, connection) => upgrades.refuse(connection, 400));
  upgrades.route('/ws/chat', (upgrade) => {
    if (admits(upgrades, context, upgrade)) accept(server, context, upgrade);
  });
  return server.clients;
}

/** Refuses an upgrade by outage, by fault or for a reason of its own; they come in this order. */
function admits(upgrades: Upgrades, context: Context, upgrade: Upgrade): boolean {
  if (context.outages.isDown()) {
    context.arrivals.count('upgrade');
    context.counters.outages.upgradesRefused += 1;
    upgrades.refuse(upgrade.connection, 503);
    return false;
  }
  const fault = context.arrivals.meet('upgrade');
  if (fault === 'upgrade-silent') {
    upgrades.ignore(upgrade.connection);
    return false;
  }
  const status = fault === undefined ? refusal(context, upgrade) : codeOf(fault);
  if (status !== undefined) upgrades.refuse(upgrade.connection, status);
  return status === undefined;
}

function refusal({ settings, counters, tokens, sessions }: Context, upgrade: Upgrade): number | undefined {
  const { origin, authorization } = upgrade.request.headers;
  const query = upgrade.url.searchParams;
  if (!allowsOrigin(settings.origins, origin)) return 403;
  if (!tokens.accepts(authorization)) return 401;
  if (!sessions.knows(query.get('session_id'), query.get('connection_id'))) return 404;
  if (refusesSocket(counters.open, settings.capacity)) return 502;
  return undefined;
}

function accept(server: Server<typeof ServerSocket>, context: Context, upgrade: Upgrade): void {
  const { request, connection, head } = upgrade;
  server.handleUpgrade(request, connection, head, (socket) => {
    socket.connection = connection;
    converse(socket, context);
  });
}
