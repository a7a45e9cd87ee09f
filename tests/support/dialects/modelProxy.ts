/**
 * What stands before a server of models in tests: it checks the key and counts, which the server does not, and does to an
 * answer what networks do.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { closeAll, listenFor } from '../listen.ts';

/** What it does to an answer: closes, or resets, the connection behind its first bytes, or passes it on late. */
export type Harm = 'cut' | 'reset' | 'slow';

/** What it does to the answer of which question, by its number from 1. */
export type Harms = (question: number) => Harm | undefined;

const FIRST_BYTES = 60;
const SLOW_MS = 100;

/** The proxy at work. */
export interface ModelProxy {
  url: string;
  /** There is none. */
  websocketUrl: '';
  /** The questions of those who had the key, and the answers that were passed on whole. */
  counts: { questions: number; answers: number };
  stop: () => void;
}

const REFUSED = {
  error: { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' },
};

/** Stands before `port`; lets in whoever has the key. */
export async function modelProxy(
  t: TestContext,
  port: number,
  key: string,
  harms: Harms = () => undefined,
): Promise<ModelProxy> {
  const counts = { questions: 0, answers: 0 };
  const server = createServer((incoming, response) => void serve(incoming, response));
  const address = await listenFor(t, server);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    if (incoming.method === 'POST') ask(incoming, response, body);
    else passOn(incoming, response, body);
  }

  function ask(incoming: IncomingMessage, response: ServerResponse, body: string): void {
    if (incoming.headers.authorization !== `Bearer ${key}`)
      return reply(response, 401, JSON.stringify(REFUSED));
    passOn(incoming, response, body, ++counts.questions);
  }

  function passOn(incoming: IncomingMessage, response: ServerResponse, body: string, question = 0): void {
    const { method = 'GET', url: path = '/', headers } = incoming;
    const upstream = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (answer) => {
      const harm = question > 0 ? harms(question) : undefined;
      const isWhole = harm !== 'cut' && harm !== 'reset';
      if (question > 0 && isWhole && answer.statusCode === 200) answer.on('end', () => counts.answers++);
      setTimeout(() => give(answer, response, harm), harm === 'slow' ? SLOW_MS : 0);
    });
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    upstream.end(body);
  }

  return { url: `http://127.0.0.1:${address}`, websocketUrl: '', counts, stop: () => closeAll(server) };
}

function give(answer: IncomingMessage, response: ServerResponse, harm: Harm | undefined): void {
  response.writeHead(answer.statusCode ?? 502, answer.headers);
  if (harm === 'cut' || harm === 'reset') breakOff(answer, response, harm);
  else answer.pipe(response);
}

function breakOff(answer: IncomingMessage, response: ServerResponse, harm: 'cut' | 'reset'): void {
  answer.once('data', (part: Buffer) => {
    response.write(part.subarray(0, FIRST_BYTES), () => {
      if (harm === 'reset') response.socket?.resetAndDestroy();
      else response.socket?.end();
    });
  });
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of incoming.setEncoding('utf8')) text += String(part);
  return text;
}

function reply(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}
