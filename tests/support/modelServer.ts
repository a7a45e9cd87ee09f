/**
 * A server of chat completions that the tests write from the specification, with Node's http alone: it answers in each of
 * these manners in turn, and says when it did what.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { listenFor } from './listen.ts';

const part = (content: string, finish: string | null = null, index = 0): string =>
  `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index, delta: { content }, finish_reason: finish }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';
const ANSWER = part('The ') + part('heart — ') + part('beats.', 'stop') + DONE;
const ERROR = '{"error":{"message":"The model is overloaded.","type":"server_error"}}';

type Manner = (response: ServerResponse) => void;

const whole =
  (status: number, type: string, body: string): Manner =>
  (response) =>
    response.writeHead(status, { 'content-type': type }).end(body);
const stream = (body: string): Manner => whole(200, 'text/event-stream', body);

/** What it can do. */
export const MANNERS = {
  well: stream(ANSWER),
  'as plain text': whole(200, 'text/plain', ANSWER),
  'with other lines': stream(
    `\uFEFF: ping\r\n\r\nid: 7\r\nevent: chunk\r\n${part('One\r').replace(/\n/g, '\r\n')}${part('two', 'length').replace(/\n/g, '\r')}${DONE}`,
  ),
  'in odd pieces': (response) => void inPieces(response, Buffer.from(ANSWER), 7),
  'with a usage': stream(
    part('x') + part('', 'stop') + 'data: {"choices":[],"usage":{"total_tokens":3}}\n\n' + DONE,
  ),
  'in two choices': stream(part('x') + part('other', 'stop', 1) + part('y', 'stop') + DONE),
  whole: whole(
    200,
    'application/json',
    '{"choices":[{"index":0,"message":{"role":"assistant","content":"It beats."},"finish_reason":"stop"}]}',
  ),
  'too many requests': whole(429, 'application/json', ERROR),
  'server error': whole(500, 'text/html', '<h1>Internal Server Error</h1>'),
  unauthorised: whole(401, 'application/json', ERROR),
  redirected: (response) => response.writeHead(307, { location: '/v2/elsewhere' }).end(),
  page: whole(200, 'text/html', '<!doctype html>\n\n<p>Welcome</p>\n\n'),
  nothing: whole(204, 'text/event-stream', ''),
  'without an end': stream(part('The ') + part('heart', 'stop')),
  'broken off above': stream(part('The ') + DONE),
  'error event': stream(`${part('The ')}data: ${ERROR}\n\n`),
  'error in a reply': whole(200, 'application/json', ERROR),
  empty: stream(part('', 'stop') + DONE),
  'no JSON': stream('data: {"choices":\n\n' + DONE),
  cut: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(part('The '), () => setImmediate(() => response.socket?.end()));
  },
  reset: (response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(part('The '), () => response.socket?.resetAndDestroy());
  },
  silent: () => undefined,
} satisfies Record<string, Manner>;

export type MannerName = keyof typeof MANNERS;

/** When it did what with a question, by its own clock (ms since the question had come). */
interface Timed {
  firstByte: number;
  end: number;
}

export interface ModelServer {
  url: string;
  /** Questions by how they were answered. */
  counts: Partial<Record<MannerName, number>>;
  /** Requests of every kind. */
  requests: number;
  asked: { messages: { role: string; content: string }[] }[];
  times: Timed[];
}

/** Answers in these manners, in turn. */
export function modelServer(t: TestContext, manners: readonly MannerName[]): Promise<ModelServer> {
  return serve(t, (server, response) => {
    const manner = manners[(server.asked.length - 1) % manners.length] ?? 'well';
    server.counts[manner] = (server.counts[manner] ?? 0) + 1;
    MANNERS[manner](response);
  });
}

/** Answers well: the headers and the first part after so many milliseconds, the rest so many later. */
export function slowModelServer(t: TestContext, firstMs: number, restMs: number): Promise<ModelServer> {
  return serve(t, (server, response) => {
    const came = performance.now();
    setTimeout(() => {
      const firstByte = performance.now() - came;
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(part('The '));
      setTimeout(() => {
        server.times.push({ firstByte, end: performance.now() - came });
        response.end(part('heart', 'stop') + DONE);
      }, restMs);
    }, firstMs);
  });
}

async function serve(
  t: TestContext,
  answer: (server: ModelServer, response: ServerResponse) => void,
): Promise<ModelServer> {
  const server: ModelServer = { url: '', counts: {}, requests: 0, asked: [], times: [] };
  const http = createServer((request, response) => {
    server.requests++;
    void bodyOf(request).then((body) => {
      if (request.method !== 'POST') return void response.end('{}');
      server.asked.push(JSON.parse(body) as ModelServer['asked'][number]);
      answer(server, response);
    });
  });
  server.url = `http://127.0.0.1:${await listenFor(t, http)}`;
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += String(piece);
  return text;
}

/** Each piece in a packet of its own, whatever it cuts apart. */
async function inPieces(response: ServerResponse, bytes: Buffer, size: number): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (let at = 0; at < bytes.length; at += size) {
    await new Promise((resolve) => response.write(bytes.subarray(at, at + size), resolve));
    await new Promise(setImmediate);
  }
  response.end();
}
