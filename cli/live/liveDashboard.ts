/**
 * A door to k6's own web dashboard. k6 does not end, nor write its summary, while a browser listens to the dashboard's
 * events (https://github.com/grafana/k6/issues/3619), so browsers come through here and are let go at the last event.
 */
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Of the stream of server-sent events; a blank line ends an event. */
const LAST_EVENT = /\nevent: stop\n(.+\n)*\n/;
const LONGEST = 256;

/** Passes requests on to a port of the loopback address. */
export class DashboardDoor {
  private readonly server: Server;
  private readonly port: number;

  /** `port`: where k6's dashboard listens. */
  constructor(port: number) {
    this.port = port;
    this.server = createServer((browser, reply) => this.pass(browser, reply));
  }

  /** Opens a free port; resolves to the address for a browser. */
  async open(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const address = this.server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}/`;
  }

  /** Ends all connections. */
  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private pass({ method, url, headers }: IncomingMessage, reply: ServerResponse): void {
    const toK6 = request({ host: '127.0.0.1', port: this.port, method, path: url, headers }, (answer) => {
      reply.writeHead(answer.statusCode ?? 502, answer.headers);
      reply.flushHeaders();
      passOn(answer, reply);
    });
    toK6.on('error', () => (reply.headersSent ? reply : reply.writeHead(502)).end());
    reply.on('close', () => toK6.destroy());
    toK6.end();
  }
}

/** Not a pipe: it would wait for a browser that sleeps, and k6 would wait for it. */
function passOn(answer: IncomingMessage, reply: ServerResponse): void {
  const isStream = answer.headers['content-type']?.startsWith('text/event-stream') === true;
  let last = '';
  answer.on('data', (part: Buffer) => {
    reply.write(part);
    if (!isStream) return;
    const seen = last + part.toString();
    last = seen.slice(-LONGEST);
    if (!LAST_EVENT.test(seen)) return;
    answer.destroy();
    reply.end();
  });
  answer.on('end', () => reply.end());
  answer.on('error', () => reply.end());
}
