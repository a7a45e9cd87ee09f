/** One chunk of a file: it is read, checked and kept. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import { setTimeout as sleep } from 'node:timers/promises';
import { diskProblem, type Refused } from '../../requests/diskProblem.ts';
import type { Admitted } from '../admission.ts';
import type { ChunkCounts } from '../messagingStats.ts';
import { receive, type Received } from './bytes.ts';
import type { Files } from './filesHttp.ts';
import { isSha256, type StoredChunk, type Upload } from './upload.ts';

/** What a request says of its chunk. */
interface Asked {
  index: number;
  /** In hex, small letters. */
  sha256: string;
}

const WANTED_HEADERS =
  'A chunk must have the headers X-Chunk-Index (a whole number from 0) and X-Chunk-SHA256 (64 hexadecimal digits).';

/** Keeps a chunk, and answers with what was kept. */
export async function takeChunk(files: Files, upload: Upload, admitted: Admitted): Promise<FastifyReply> {
  const { request, reply, fault } = admitted;
  const asked = readHeaders(request);
  if (asked === undefined) return reply.code(400).send({ error: WANTED_HEADERS });
  const path = upload.chunks.has(asked.index) ? undefined : files.folder.newFile();
  const outcome = await take(files, upload, admitted, asked, path);
  if (path !== undefined && (outcome === 'gone' || 'error' in outcome || outcome.path !== path))
    await files.folder.discard([path]);
  if (outcome === 'gone') return reply.hijack();
  if ('error' in outcome) return reply.code(outcome.status).send({ error: outcome.error });
  if (fault === 'chunk-slow') await sleep(files.context.settings.chunkSlowMs, undefined, { ref: false });
  return acknowledge(files.context.counters.chunks, asked.index, outcome, admitted);
}

function readHeaders({ headers }: FastifyRequest): Asked | undefined {
  const index = headers['x-chunk-index'];
  const sha256 = headers['x-chunk-sha256'];
  if (typeof index !== 'string' || !/^\d{1,9}$/.test(index) || !isSha256(sha256)) return undefined;
  return { index: Number(index), sha256: sha256.toLowerCase() };
}

/** Resolves to `gone` where the connection broke. */
async function take(
  files: Files,
  upload: Upload,
  admitted: Admitted,
  asked: Asked,
  path: string | undefined,
): Promise<StoredChunk | Refused | 'gone'> {
  const { raw } = admitted.request;
  try {
    const received = await receive(raw, { path, most: upload.chunkBytes, goesOn: watch(files, admitted) });
    if (received === undefined) return 'gone';
    return (
      check(upload, asked, received) ?? keep(files.context.counters.chunks, upload, asked, received, path)
    );
  } catch (error) {
    return raw.complete ? diskProblem(error, 'uploadFolder') : 'gone';
  }
}

/** Counts the parts of a body as they come, and cuts the connection in the middle where a fault wants that. */
function watch({ context }: Files, { request, fault }: Admitted): (bytes: number, total: number) => boolean {
  const { chunks } = context.counters;
  const half = Number(request.headers['content-length'] ?? 0) / 2;
  return (bytes, total) => {
    chunks.bytesReceived += bytes;
    if (fault !== 'chunk-cut' || total < half) return true;
    request.raw.socket.resetAndDestroy();
    return false;
  };
}

function check(upload: Upload, { index, sha256 }: Asked, received: Received): Refused | undefined {
  const { count, chunkBytes } = upload;
  const { bytes } = received;
  if (index >= count)
    return {
      status: 400,
      error: `The file has ${count} chunks, numbered from 0; there is none with index ${index}.`,
    };
  if (bytes > chunkBytes)
    return { status: 413, error: `Chunk ${index} has ${bytes} bytes; a chunk has at most ${chunkBytes}.` };
  if (index < count - 1 && bytes < chunkBytes)
    return {
      status: 400,
      error: `Chunk ${index} has ${bytes} bytes; every chunk but the last has exactly ${chunkBytes}.`,
    };
  if (received.sha256 !== sha256)
    return { status: 422, error: `Chunk ${index} has the checksum ${received.sha256}, not ${sha256}.` };
  const known = upload.chunks.get(index);
  if (known === undefined || known.sha256 === sha256) return undefined;
  return { status: 409, error: `Chunk ${index} is known already, with other bytes.` };
}

/** Another request may have brought the same chunk in the meantime; then that one stays. */
function keep(
  counts: ChunkCounts,
  upload: Upload,
  { index }: Asked,
  { bytes, sha256 }: Received,
  path: string | undefined,
): StoredChunk {
  const known = upload.chunks.get(index);
  if (known !== undefined) return known;
  const chunk: StoredChunk = { bytes, sha256, path: path ?? '', acknowledged: false };
  upload.chunks.set(index, chunk);
  counts.stored += 1;
  counts.bytesStored += bytes;
  return chunk;
}

function acknowledge(
  counts: ChunkCounts,
  index: number,
  chunk: StoredChunk,
  { reply, fault }: Admitted,
): FastifyReply {
  const isWrong = fault === 'chunk-wrong-sum';
  reply.raw.once('finish', () => countAnswer(counts, chunk, isWrong));
  const sha256 = isWrong ? chunk.sha256.replace(/^./, (first) => (first === '0' ? '1' : '0')) : chunk.sha256;
  return reply.send({ index, bytes: chunk.bytes, sha256 });
}

function countAnswer(counts: ChunkCounts, chunk: StoredChunk, isWrong: boolean): void {
  if (isWrong) counts.misreported += 1;
  else if (chunk.acknowledged) {
    counts.repeated += 1;
    counts.bytesRepeated += chunk.bytes;
  } else {
    chunk.acknowledged = true;
    counts.acknowledged += 1;
    counts.bytesAcknowledged += chunk.bytes;
  }
}
