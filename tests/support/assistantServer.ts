/**
 * An assistant that is not the reference target: written from the wire's text with Node's http, in one file. It shares no
 * code with target/ or systems/ and counts for itself. What breaks is up to the test.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from './listen.ts';

/** How it behaves. Every time is in milliseconds. */
export interface AssistantManners {
  /** What a chat takes. */
  chatMs?: number;
  /** Every n-th chat gets 500. */
  errorEvery?: number;
  /** Chats are served one at a time. */
  serial?: boolean;
  /** Every n-th content that is read comes back changed in one character. */
  changedEvery?: number;
  /** The connection of every n-th write is cut instead of its answer. */
  cutEvery?: number;
  /** The event loop is blocked so long, every so often. */
  blockMs?: number;
  blockEveryMs?: number;
  /** Awaited inside the handling of each file operation. */
  beforeFile?: () => Promise<void>;
}

/** What it has seen: requests by endpoint, and what became of them. */
export interface AssistantCounts {
  chat: number;
  filesWrite: number;
  filesRead: number;
  filesDelete: number;
  health: number;
  /** Any other request. */
  others: number;
  /** Chats that got 500. */
  chatErrors: number;
  /** Most chats that were served at a time. */
  chatsAtOnce: number;
  /** Files written, read and removed, and the bytes of those written. */
  written: number;
  read: number;
  deleted: number;
  bytes: number;
  /** Contents that came back changed. */
  changed: number;
  /** Writes whose connection was cut. */
  cut: number;
  /** How often the event loop was blocked on purpose. */
  blocks: number;
  /** Answers by status. */
  answers: Record<number, number>;
}

/** An assistant at work. */
export interface AssistantServer {
  /** Base of its addresses. */
  url: string;
  /** What it has seen so far. */
  counts: () => AssistantCounts;
  close: () => Promise<void>;
}

type Body = Record<string, unknown>;
type Reply = [status: number, body?: Body] | 'cut';

const MOST_BYTES = 1_000_000;
const no = (status: number, error: string): Reply => [status, { error }];
const isNth = (number: number, every: number | undefined): boolean => !!every && number % every === 0;

/** The same; it is closed when the test ends. */
export async function assistantServer(
  t: TestContext,
  manners: AssistantManners = {},
): Promise<AssistantServer> {
  const server = await startAssistantServer(manners);
  t.after(() => server.close());
  return server;
}

/** Starts an assistant on a free port of the loopback interface. */
export async function startAssistantServer(manners: AssistantManners = {}): Promise<AssistantServer> {
  const counts = noCounts();
  const files = new Map<string, string>();
  const lateness = watchLoop();
  const stopBlocks = block(manners, () => counts.blocks++);
  const started = Date.now();
  let chatsNow = 0;
  let lastChat: Promise<unknown> = Promise.resolve();

  // Longer than the pauses of any test: k6 would send into a connection that is being closed.
  const http = createServer(
    { keepAliveTimeout: 120_000 },
    (request, response) => void serve(request, response),
  );
  const port = await listen(http);
  return { url: `http://127.0.0.1:${port}`, counts: () => structuredClone(counts), close };

  async function close(): Promise<void> {
    stopBlocks();
    lateness.stop();
    const closed = new Promise((resolve) => http.close(resolve));
    http.closeAllConnections();
    await closed;
  }

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const reply = await answer(request);
    if (reply === 'cut') {
      request.socket.destroy();
      return;
    }
    const [status, body] = reply;
    counts.answers[status] = (counts.answers[status] ?? 0) + 1;
    if (body === undefined) response.writeHead(status).end();
    else response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  }

  async function answer(request: IncomingMessage): Promise<Reply> {
    const path = request.url ?? '';
    const name = decodeURIComponent(path.replace(/^\/api\/files\//, ''));
    const isFile = path.startsWith('/api/files/');
    if (request.method === 'POST' && path === '/api/chat') return chat(await read(request));
    if (request.method === 'POST' && path === '/api/files') return write(await read(request));
    if (request.method === 'GET' && isFile) return show(name);
    if (request.method === 'DELETE' && isFile) return remove(name);
    if (request.method === 'GET' && path === '/api/health') return tellHealth();
    counts.others++;
    return no(404, 'There is nothing here.');
  }

  async function chat({ message }: Body): Promise<Reply> {
    const number = ++counts.chat;
    if (typeof message !== 'string') return no(400, 'A chat needs a message.');
    const served = (manners.serial ? lastChat : Promise.resolve()).then(async () => {
      counts.chatsAtOnce = Math.max(counts.chatsAtOnce, ++chatsNow);
      await sleep(manners.chatMs ?? 0);
      chatsNow--;
    });
    lastChat = served;
    await served;
    if (!isNth(number, manners.errorEvery)) return [200, { reply: `${message}, you say?` }];
    counts.chatErrors++;
    return no(500, 'This chat was asked to fail.');
  }

  async function write({ name, content }: Body): Promise<Reply> {
    const number = ++counts.filesWrite;
    await manners.beforeFile?.();
    if (isNth(number, manners.cutEvery)) {
      counts.cut++;
      return 'cut';
    }
    if (typeof name !== 'string' || typeof content !== 'string' || !isName(name))
      return no(400, 'A file needs a good name and a content.');
    const size = new TextEncoder().encode(content).length;
    if (size > MOST_BYTES) return no(413, 'The content is too long.');
    counts.written++;
    counts.bytes += size;
    files.set(name, content);
    return [201, { name, size }];
  }

  async function show(name: string): Promise<Reply> {
    counts.filesRead++;
    await manners.beforeFile?.();
    const kept = files.get(name);
    if (kept === undefined) return no(404, 'There is no such file.');
    const isChanged = isNth(++counts.read, manners.changedEvery);
    if (isChanged) counts.changed++;
    const content = isChanged ? (kept.startsWith('#') ? '%' : '#') + kept.slice(1) : kept;
    return [200, { name, content, size: new TextEncoder().encode(kept).length }];
  }

  async function remove(name: string): Promise<Reply> {
    counts.filesDelete++;
    await manners.beforeFile?.();
    if (!files.delete(name)) return no(404, 'There is no such file.');
    counts.deleted++;
    return [204];
  }

  async function tellHealth(): Promise<Reply> {
    counts.health++;
    const event_loop_delay_ms = await lateness.look();
    return [200, { status: 'ok', event_loop_delay_ms, uptime_s: (Date.now() - started) / 1000 }];
  }
}

function noCounts(): AssistantCounts {
  const requests = { chat: 0, filesWrite: 0, filesRead: 0, filesDelete: 0, health: 0, others: 0 };
  const chats = { chatErrors: 0, chatsAtOnce: 0 };
  return {
    ...requests,
    ...chats,
    written: 0,
    read: 0,
    deleted: 0,
    bytes: 0,
    changed: 0,
    cut: 0,
    blocks: 0,
    answers: {},
  };
}

function isName(name: string): boolean {
  const allowed = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_';
  const isShort = name.length >= 1 && name.length <= 100;
  return isShort && !name.startsWith('.') && Array.from(name).every((letter) => allowed.includes(letter));
}

/** What is no object of JSON is as good as empty. */
async function read(request: IncomingMessage): Promise<Body> {
  const parts: Buffer[] = [];
  for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
  try {
    return Object(JSON.parse(Buffer.concat(parts).toString())) as Body;
  } catch {
    return {};
  }
}

/** A timer of 1 ms that knows how late it was. */
function watchLoop(): { look: () => Promise<number>; stop: () => void } {
  let [worst, last] = [0, performance.now()];
  const measure = (): void => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 1);
    last = now;
  };
  const timer = setInterval(measure, 1).unref();
  const look = async (): Promise<number> => {
    // What came while the loop was blocked comes before the timers that were due.
    await sleep(1);
    const delay = worst;
    worst = 0;
    return delay;
  };
  return { look, stop: () => clearInterval(timer) };
}

function block({ blockMs = 0, blockEveryMs = 1000 }: AssistantManners, blocked: () => void): () => void {
  if (blockMs === 0) return () => undefined;
  const timer = setInterval(() => {
    const end = performance.now() + blockMs;
    while (performance.now() < end);
    blocked();
  }, blockEveryMs).unref();
  return () => clearInterval(timer);
}
