/** A chat that gives a ticket for each question, and the answer for the ticket; written for tests, with Node's http. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { listenFor } from './listen.ts';

interface Question {
  id: string;
  text: string;
  came: number;
}

/** How a ticket, or its answer, differs from what it should be. */
export interface Tickets {
  /** Where it sends the client, in turn; `undefined`: where the answer is. */
  places?: readonly (string | undefined)[];
  /** The messages of an answer. */
  answer?: (question: Question, number: number) => string;
  /** How long each of both requests waits. */
  delayMs?: number;
}

export interface TicketServer {
  url: string;
  counts: { logins: number; questions: number; answers: number; strange: number };
  /** Requests by method, path and the header `X-Tenant`. */
  seen: Set<string>;
  /** When the answers' first bytes went out, in ms since the questions had come. */
  firstBytes: number[];
}

const event = (data: object): string => `event: part\ndata: ${JSON.stringify(data)}\n\n`;

/** What is said of a question. */
export const SAID = ({ id, text }: Question): string =>
  event({ id, text: 'You said: ', done: false }) + event({ id, text, done: true });

/** Starts one; it is closed when the test ends. */
export async function ticketServer(
  t: TestContext,
  { places = [], answer = SAID, delayMs = 0 }: Tickets = {},
): Promise<TicketServer> {
  const server: TicketServer = {
    url: '',
    counts: { logins: 0, questions: 0, answers: 0, strange: 0 },
    seen: new Set(),
    firstBytes: [],
  };
  const { counts } = server;
  const open = new Map<string, Question>();

  const http = createServer((request, response) => {
    void bodyOf(request).then((body) => setTimeout(() => reply(request, response, body), delayMs));
  });

  function reply(
    { method, url = '', headers }: IncomingMessage,
    response: ServerResponse,
    body: string,
  ): void {
    server.seen.add(`${method} ${url.replace(/\d+/, '…')} ${String(headers['x-tenant'])}`);
    const ticket = /^\/answers\/(\d+)$/.exec(url)?.[1] ?? '';
    if (url === '/health') response.end('{}');
    else if (method === 'POST' && url === '/login') response.end(JSON.stringify({ token: token() }));
    else if (headers.authorization?.startsWith('Bearer token-') !== true) refuse(response);
    else if (method === 'POST' && url === '/questions') takeQuestion(response, body);
    else if (open.has(ticket)) giveAnswer(response, ticket);
    else refuse(response);
  }

  const token = (): string => `token-${++counts.logins}`;

  function refuse(response: ServerResponse): void {
    counts.strange++;
    response.writeHead(404).end();
  }

  function takeQuestion(response: ServerResponse, body: string): void {
    const number = ++counts.questions;
    open.set(String(number), {
      ...(JSON.parse(body) as { id: string; text: string }),
      came: performance.now() - delayMs,
    });
    const place = places[(number - 1) % places.length] ?? `/answers/${number}`;
    if (number % 2 === 0) response.writeHead(202, { location: place }).end();
    else response.writeHead(202).end(JSON.stringify({ answer: place }));
  }

  function giveAnswer(response: ServerResponse, ticket: string): void {
    const question = open.get(ticket);
    open.delete(ticket);
    if (question === undefined) return refuse(response);
    counts.answers++;
    server.firstBytes.push(performance.now() - question.came);
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end(answer(question, Number(ticket)));
  }

  server.url = `http://127.0.0.1:${await listenFor(t, http)}`;
  return server;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const piece of request.setEncoding('utf8')) text += String(piece);
  return text;
}
