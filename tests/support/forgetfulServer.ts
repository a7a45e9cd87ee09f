/** Takes files in chunks, but forgets chunks that it has acknowledged; it answers every log-in. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { TestContext } from 'node:test';
import { listenFor } from './listen.ts';

/** What it says of itself. */
export interface ForgetfulServer {
  url: string;
  /** Merged files, requests that brought a chunk, and how many of those were not alike. */
  counts: { merged: number; chunks: number; different: number };
}

/** A file by its id: its chunks by index. */
type Files = Map<string, Map<number, Buffer>>;

/** Of each file it forgets these chunks, so many times. It is closed when the test ends. */
export async function forgetfulServer(
  t: TestContext,
  { chunkSize, forgets, times }: { chunkSize: number; forgets: readonly number[]; times: number },
): Promise<ForgetfulServer> {
  const counts = { merged: 0, chunks: 0, different: 0 };
  const sums = new Set<string>();
  const files: Files = new Map();
  const forgotten = new Map<string, number>();
  const server = createServer((request, response) => void handle(request, response));
  const port = await listenFor(t, server);
  return { url: `http://127.0.0.1:${port}`, counts };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request as AsyncIterable<Buffer>) parts.push(part);
    const [status, body] = answer(request, Buffer.concat(parts));
    response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
  }

  function answer({ url = '', headers }: IncomingMessage, body: Buffer): [number, object] {
    const [, id = '', action = ''] = /^\/v1\/files\/(\d+)\/(\w+)$/.exec(url) ?? [];
    if (url === '/v1/files/initiate') return [201, { id: begin(), chunk_size: chunkSize }];
    if (action === 'chunks') return [200, keep(id, Number(headers['x-chunk-index']), body)];
    return action === 'complete' ? merge(id) : [200, { token: 'a-token', expires_in: 60 }];
  }

  function begin(): string {
    const id = String(files.size + 1);
    files.set(id, new Map());
    return id;
  }

  function keep(id: string, index: number, bytes: Buffer): object {
    counts.chunks++;
    files.get(id)?.set(index, bytes);
    const sha256 = sum(bytes);
    counts.different = sums.add(sha256).size;
    return { index, bytes: bytes.length, sha256 };
  }

  function merge(id: string): [number, object] {
    const chunks = files.get(id) ?? new Map<number, Buffer>();
    const before = forgotten.get(id) ?? 0;
    forgotten.set(id, before + 1);
    if (before < times) {
      for (const index of forgets) chunks.delete(index);
      return [409, { missing: forgets }];
    }
    counts.merged++;
    const bytes = Buffer.concat([...chunks].sort(([a], [b]) => a - b).map(([, chunk]) => chunk));
    return [200, { id, size: bytes.length, chunks: chunks.size, sha256: sum(bytes) }];
  }
}

const sum = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
