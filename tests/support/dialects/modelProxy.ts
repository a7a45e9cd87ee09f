/**
 * What stands before a server of models in tests: it checks the key and counts, which the server does not, and does to an
 * answer what networks do.
 */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { closeAll, listenFor } from '../listen.ts';

/** What it does to the answers of questions; each is that of the question's number, from 1. */
export interface Manners {
  /** Answers itself, with this status and body. */
  instead?: (question: number) => { status: number; type?: string; body: string } | undefined;
  /** Breaks off after so many bytes of the body: `cut` closes, `reset` resets the connection. */
  breaksOff?: (question: number) => { after: number; by: 'cut' | 'reset' } | undefined;
}

/** The proxy at work. */
export interface ModelProxy {
  url: string;
  /** There is none. */
  websocketUrl: '';
  /** `requests`: of questions, refused ones among them. */
  counts: { requests: number; refused: number; questions: number; answers: number };
  /** The bodies of the questions, as JSON. */
  asked: unknown[];
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
  { instead, breaksOff }: Manners = {},
): Promise<ModelProxy> {
  const counts = { requests: 0, refused: 0, questions: 0, answers: 0 };
  const asked: unknown[] = [];
  const server = createServer((incoming, response) => void serve(incoming, response));
  const address = await listenFor(t, server);

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(incoming);
    if (incoming.method === 'POST') ask(incoming, response, body);
    else passOn(incoming, response, body);
  }

  function ask(incoming: IncomingMessage, response: ServerResponse, body: string): void {
    counts.requests++;
    if (incoming.headers.authorization !== `Bearer ${key}`) {
      counts.refused++;
      return reply(response, 401, JSON.stringify(REFUSED));
    }
    asked.push(JSON.parse(body));
    const question = ++counts.questions;
    const own = instead?.(question);
    if (own === undefined) passOn(incoming, response, body, question);
    else reply(response, own.status, own.body, own.type);
  }

  function passOn(
    incoming: IncomingMessage,
    response: ServerResponse,
    body: string,
    question?: number,
  ): void {
    const { method = 'GET', url = '/', headers } = incoming;
    const end = question === undefined ? undefined : breaksOff?.(question);
    const upstream = request(
      { host: '127.0.0.1', port, method, path: url, headers, agent: false },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        if (end !== undefined) return breakOff(answer, response, end);
        answer.pipe(response);
        answer.on('end', () => {
          if (question !== undefined && answer.statusCode === 200) counts.answers++;
        });
      },
    );
    upstream.on('error', () => response.destroy());
    response.on('close', () => upstream.destroy());
    upstream.end(body);
  }

  return {
    url: `http://127.0.0.1:${address}`,
    websocketUrl: '',
    counts,
    asked,
    stop: () => closeAll(server),
  };
}

function breakOff(
  answer: IncomingMessage,
  response: ServerResponse,
  { after, by }: { after: number; by: 'cut' | 'reset' },
): void {
  let left = after;
  answer.on('data', (part: Buffer) => {
    if (left <= 0) return;
    const piece = part.subarray(0, left);
    left -= piece.length;
    response.write(piece, () => {
      if (left > 0) return;
      if (by === 'reset') response.socket?.resetAndDestroy();
      else response.destroy();
    });
  });
}

async function bodyOf(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of incoming.setEncoding('utf8')) text += String(part);
  return text;
}

function reply(response: ServerResponse, status: number, body: string, type = 'application/json'): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
