/** The files of messagingServer.ts. What comes in order is hashed and forgotten; the rest waits in memory. */
import { createHash, type Hash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { MessagingCounts } from './messagingCounts.ts';

/** A reply: status and body. */
export type Reply = [status: number, body: Record<string, unknown>];

interface StoredFile {
  id: string;
  name: string;
  size: number;
  chunkSize: number;
  /** Checksum of the whole, if it was told. */
  wanted: string | undefined;
  /** Checksums of chunks by index. */
  sums: Map<number, string>;
  whole: Hash;
  hashed: number;
  waiting: Map<number, Buffer>;
  sha256: string | undefined;
  isMerged: boolean;
}

const hexOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
const isSum = (value: unknown): value is string => typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value);
const isSumOrNone = (value: unknown): value is string | undefined => value === undefined || isSum(value);
const countOf = ({ size, chunkSize }: StoredFile): number => Math.ceil(size / chunkSize);

/** Takes files apart from any transport. */
export class Files {
  private readonly files = new Map<string, StoredFile>();
  private readonly counts: MessagingCounts;
  private readonly chunkSize: (file: number) => number;

  /** Chunks of file 1, 2 … have so many bytes. */
  constructor(counts: MessagingCounts, chunkSize: (file: number) => number) {
    this.counts = counts;
    this.chunkSize = chunkSize;
  }

  begin({ name, size, sha256 }: Record<string, unknown>): Reply {
    if (typeof name !== 'string' || typeof size !== 'number' || !Number.isInteger(size) || size < 0)
      return [400, { error: 'bad_file' }];
    if (!isSumOrNone(sha256)) return [400, { error: 'bad_sum' }];
    const number = ++this.counts.filesBegun;
    const id = `file:${number}~${name.length}`;
    const chunkSize = this.chunkSize(number);
    this.files.set(id, {
      ...{ id, name, size, chunkSize, wanted: sha256?.toLowerCase(), sha256: undefined, isMerged: false },
      ...{ sums: new Map(), whole: createHash('sha256'), hashed: 0, waiting: new Map() },
    });
    return [201, { name, chunk_size: chunkSize, size, id }];
  }

  /** Takes a request for a chunk, numbered from 1 over all files. */
  take(id: string, headers: IncomingHttpHeaders, bytes: Buffer, number: number): Reply {
    if (this.counts.breaks('failChunk', number)) return [500, { error: 'asked_for' }];
    if (this.counts.breaks('refuseChunk', number)) return [413, { error: 'too_big' }];
    if (this.counts.breaks('fillDisk', number)) return [507, { error: 'disk_full' }];
    const file = this.files.get(id);
    if (file === undefined) return [404, { error: 'no_file' }];
    const index = headers['x-chunk-index'];
    const sum = headers['x-chunk-sha256'];
    if (typeof index !== 'string' || !/^\d+$/.test(index)) return [400, { error: 'bad_index' }];
    if (!isSum(sum)) return [400, { error: 'bad_sum' }];
    const reply = this.keep(file, Number(index), sum.toLowerCase(), bytes);
    if (reply[0] !== 200 || !this.counts.breaks('wrongSum', number)) return reply;
    return [200, { ...reply[1], sha256: hexOf(Buffer.from(sum)) }];
  }

  private keep(file: StoredFile, index: number, sum: string, bytes: Buffer): Reply {
    const { size, chunkSize, sums } = file;
    if (bytes.length > chunkSize) return [413, { error: 'too_big' }];
    if (index >= countOf(file)) return [400, { error: 'bad_index' }];
    if (bytes.length !== Math.min(chunkSize, size - index * chunkSize)) return [400, { error: 'bad_size' }];
    if (hexOf(bytes) !== sum) return [422, { error: 'wrong_sum' }];
    const known = sums.get(index);
    if (known !== undefined && known !== sum) return [409, { error: 'other_bytes' }];
    if (known === undefined) this.store(file, index, sum, bytes);
    else this.counts.chunksRepeated++;
    return [200, { sha256: sum, bytes: bytes.length, index, of: countOf(file) }];
  }

  private store(file: StoredFile, index: number, sum: string, bytes: Buffer): void {
    this.counts.chunks++;
    this.counts.bytes += bytes.length;
    file.sums.set(index, sum);
    file.waiting.set(index, bytes);
    for (let next; (next = file.waiting.get(file.hashed)) !== undefined; file.hashed++) {
      file.whole.update(next);
      file.waiting.delete(file.hashed);
    }
  }

  /** Merges; merges are numbered from 1 over all files. */
  complete(id: string, { sha256: told }: Record<string, unknown>, number: number): Reply {
    if (this.counts.breaks('failMerge', number)) return [500, { error: 'merge_failed' }];
    const file = this.files.get(id);
    if (file === undefined) return [404, { error: 'no_file' }];
    if (!isSumOrNone(told)) return [400, { error: 'bad_sum' }];
    const chunks = countOf(file);
    const missing = Array.from({ length: chunks }, (_, index) => index).filter((it) => !file.sums.has(it));
    if (missing.length > 0) return [409, { missing }];
    const sha256 = (file.sha256 ??= file.whole.digest('hex'));
    for (const sum of [file.wanted, told?.toLowerCase()])
      if (sum !== undefined && sum !== sha256) return [422, { error: 'wrong_sum', sha256 }];
    const merged = { id, name: file.name, size: file.size, chunks, sha256 };
    if (!file.isMerged) this.counts.merged.push(merged);
    file.isMerged = true;
    return [200, { ...merged }];
  }
}
