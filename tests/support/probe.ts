/** Servers for `crescendo probe`, and the command with something on its stdin. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer as createHttpServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { fileURLToPath } from 'node:url';
import { WebSocketServer, type ServerOptions, type WebSocket } from 'ws';
import { loopbackCertificate } from './certificate.ts';
import { testEnvironment, type CommandEnd } from './command.ts';
import { folder } from './files.ts';
import { listen, listenFor } from './listen.ts';

const command = fileURLToPath(new URL('../../dist/cli/crescendo.js', import.meta.url));
const MOST_MS = 60_000;

/** A server of sockets on a free port. */
export interface SocketServer {
  /** `127.0.0.1:<port>`. */
  host: string;
  /** What it got, in order; binary frames as hexadecimal digits. */
  received: string[];
  /** The handshakes that it saw. */
  handshakes: IncomingMessage[];
  /** The codes with which sockets were closed. */
  closeCodes: number[];
}

/** Starts one that treats each socket so; it ends with the test. */
export function socketServer(
  t: TestContext,
  treat: (socket: WebSocket) => void,
  options: Pick<ServerOptions, 'handleProtocols'> = {},
): Promise<SocketServer> {
  return serve(t, createHttpServer(), treat, options);
}

/** The same with TLS, and a certificate that nobody has signed. */
export function tlsServer(t: TestContext, treat: (socket: WebSocket) => void): Promise<SocketServer> {
  return serve(t, createHttpsServer(loopbackCertificate(t)), treat, {});
}

async function serve(
  t: TestContext,
  server: Server,
  treat: (socket: WebSocket) => void,
  options: Pick<ServerOptions, 'handleProtocols'>,
): Promise<SocketServer> {
  const [received, handshakes, closeCodes]: [string[], IncomingMessage[], number[]] = [[], [], []];
  const sockets = new WebSocketServer({ server, ...options });
  sockets.on('connection', (socket, handshake) => {
    handshakes.push(handshake);
    socket.on('message', (data: Buffer, isBinary) => received.push(data.toString(isBinary ? 'hex' : 'utf8')));
    socket.on('close', (code) => closeCodes.push(code));
    socket.on('error', () => undefined);
    treat(socket);
  });
  return { host: `127.0.0.1:${await listenFor(t, server, sockets)}`, received, handshakes, closeCodes };
}

/** A server that refuses each handshake with this status, these headers and this body. */
export async function refusingServer(
  t: TestContext,
  status: number,
  headers: Record<string, string>,
  body: string,
): Promise<string> {
  const server = createHttpServer((_, response) => {
    response.writeHead(status, headers).end(body);
  });
  return `127.0.0.1:${await listenFor(t, server)}`;
}

/** A server that takes connections and says nothing. */
export async function silentServer(t: TestContext): Promise<string> {
  const connections: Socket[] = [];
  const server = createTcpServer((connection) => {
    connection.on('error', () => undefined);
    connections.push(connection);
  });
  t.after(() => {
    for (const connection of connections) connection.destroy();
    server.close();
  });
  return `127.0.0.1:${await listen(server)}`;
}

/** Runs `crescendo probe` with `lines` on its stdin, which stays open. Rejects when it takes over a minute. */
export async function probeWithInput(
  t: TestContext,
  args: readonly string[],
  lines: string,
): Promise<CommandEnd> {
  const child = spawn(process.execPath, [command, 'probe', ...args], {
    cwd: folder(t),
    env: testEnvironment(process.env),
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: MOST_MS,
  });
  child.stdin.on('error', () => undefined);
  child.stdin.write(lines);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return { exitCode, stdout, stderr };
}
