/** The reference target: one HTTP server with all of its parts. */
import Fastify, { type FastifyInstance } from 'fastify';
import { Outages } from './outage.ts';
import { addOutageRoute } from './outageHttp.ts';
import { startParts } from './parts.ts';
import type { ServerSocket } from './serverSocket.ts';
import { completeSettings, type TargetSettings } from './settings.ts';
import { takeStats, type Stats } from './stats.ts';
import { Upgrades } from './upgrades.ts';

/** A reference target that listens. */
export interface Target {
  /** Base of its HTTP addresses, like `http://127.0.0.1:8000`. */
  url: string;
  /** Base of its WebSocket addresses, like `ws://127.0.0.1:8000`. */
  websocketUrl: string;
  /** The TCP port it listens on. */
  port: number;
  /** Returns what it has seen so far, also after `close`. */
  stats(): Stats;
  /** Accepts nothing more, closes the open sockets with 1001, and cuts off after 1.5 s what is left by then. */
  close(): Promise<void>;
}

/** Longer than any run is idle: a connection closed by the server just as a request arrives would look like a failure. */
const KEEP_ALIVE_MS = 600_000;

const CLOSE_MS = 1500;
const BACKLOG = 4096;

/**
 * Starts a target and resolves when it listens. What `given` leaves out has its default. Rejects with an Error in a
 * full sentence if a setting can't be used or the port is taken.
 */
export async function startTarget(given: Partial<TargetSettings> = {}): Promise<Target> {
  const settings = completeSettings(given);
  const app = createApp();
  const outages = new Outages();
  const upgrades = new Upgrades(settings.retryAfter);
  const parts = startParts({ app, upgrades, outages }, settings);
  const startedAt = performance.now();
  const stats = (): Stats => takeStats(parts, startedAt);
  app.get('/stats', stats);
  addOutageRoute(app, outages);
  upgrades.listen(app.server);
  const port = await listen(app, settings);
  const address = `${urlHost(settings.host)}:${port}`;
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => (closing ??= stop(app, upgrades, parts.sockets()));
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, port, stats, close };
}

function createApp(): FastifyInstance {
  const app = Fastify({ logger: false, keepAliveTimeout: KEEP_ALIVE_MS, http: { noDelay: true } });
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, parseBody(app));
  return app;
}

/** Fastify's own JSON parser, but an empty body is allowed: clients send the header with every request. */
function parseBody(app: FastifyInstance): ReturnType<FastifyInstance['getDefaultJsonParser']> {
  const parse = app.getDefaultJsonParser('error', 'error');
  return (request, body, done) => {
    if (body.length === 0) done(null, undefined);
    else void parse(request, body, done);
  };
}

async function listen(app: FastifyInstance, { host, port }: TargetSettings): Promise<number> {
  try {
    await app.listen({ host, port, backlog: BACKLOG });
  } catch (error) {
    await app.close();
    throw listenError(error, host, port);
  }
  const address = app.server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

function listenError(error: unknown, host: string, port: number): Error {
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return new Error(
      `Port ${port} on ${host} is in use by another program; ` +
        'stop that program, or give the target another port (0 takes any free one).',
    );
  }
  const reason = error instanceof Error ? error.message : String(error);
  return new Error(
    `The target can't listen on ${host}, port ${port} (${reason}); give another host or port.`,
  );
}

/** A wildcard address is for listening only, so the URL names the loopback host instead. */
function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1';
  return host.includes(':') ? `[${host}]` : host;
}

async function stop(app: FastifyInstance, upgrades: Upgrades, sockets: ServerSocket[]): Promise<void> {
  const gone = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
  const closed = app.close();
  upgrades.stop();
  for (const socket of sockets) socket.end(1001, 'The target stops.');
  const cut = setTimeout(() => {
    app.server.closeAllConnections();
    upgrades.destroy();
  }, CLOSE_MS);
  await Promise.all([closed, ...gone]);
  clearTimeout(cut);
}
