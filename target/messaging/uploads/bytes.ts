/** Bytes of files, hashed while they flow: none of them stays in memory. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import type { Readable } from 'node:stream';

/** What became of a body. */
export interface Received {
  bytes: number;
  /** In hex. */
  sha256: string;
}

/** How a body is to be read. */
export interface Reading {
  /** The file to write it to; undefined for a body that is only hashed. */
  path: string | undefined;
  /** Bytes that are written; what comes after them is read and thrown away. */
  most: number;
  /** Called for each part with its bytes and all bytes so far; false stops. */
  goesOn: (bytes: number, total: number) => boolean;
}

/**
 * Reads a body to its end; resolves to undefined if it was stopped. Rejects if the client goes away, and if the body
 * can't be written; then it has been read nevertheless, so that the client can be told.
 */
export async function receive(
  body: Readable,
  { path, most, goesOn }: Reading,
): Promise<Received | undefined> {
  const hash = createHash('sha256');
  const file = path === undefined ? undefined : await Sink.open(path);
  const parts: AsyncIterable<Buffer> = body;
  let bytes = 0;
  try {
    for await (const part of parts) {
      bytes += part.length;
      if (!goesOn(part.length, bytes)) return undefined;
      hash.update(part);
      if (bytes <= most) await file?.write(part);
    }
  } finally {
    await file?.close();
  }
  file?.check();
  return { bytes, sha256: hash.digest('hex') };
}

const WRITE_BYTES = 512 * 1024;

/** A file that is written to; the first error is kept for later. */
class Sink {
  private file: FileHandle | undefined;
  private problem: Error | undefined;
  private waiting: Buffer[] = [];
  private waitingBytes = 0;

  static async open(path: string): Promise<Sink> {
    const sink = new Sink();
    await sink.attempt(async () => {
      sink.file = await open(path, 'w');
    });
    return sink;
  }

  /** Takes a part; it is written together with others, for each writing has a price of its own. */
  async write(part: Buffer): Promise<void> {
    this.waiting.push(part);
    this.waitingBytes += part.length;
    if (this.waitingBytes >= WRITE_BYTES) await this.flush();
  }

  async close(): Promise<void> {
    await this.flush();
    await this.attempt(async () => this.file?.close());
  }

  /** Throws the first error, if there was one. */
  check(): void {
    if (this.problem !== undefined) throw this.problem;
  }

  private async flush(): Promise<void> {
    const parts = this.waiting;
    this.waiting = [];
    this.waitingBytes = 0;
    const { file, problem } = this;
    if (file === undefined || problem !== undefined || parts.length === 0) return;
    await this.attempt(() => writeAll(file, parts));
  }

  private async attempt(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.problem ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}

/** The kernel may write less than it was given, as it does on a disk that is nearly full. */
async function writeAll(file: FileHandle, parts: readonly Buffer[]): Promise<void> {
  const bytes = parts.reduce((sum, part) => sum + part.length, 0);
  const { bytesWritten } = await file.writev(parts);
  if (bytesWritten === bytes) return;
  const rest = Buffer.concat(parts).subarray(bytesWritten);
  for (let done = 0; done < rest.length;) done += (await file.write(rest, done)).bytesWritten;
}

const READ_BYTES = 1024 * 1024;

/** Resolves to the checksum, in hex, of the files one after the other. Rejects if one can't be read. */
export async function sha256Of(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    const parts: AsyncIterable<Buffer> = createReadStream(path, { highWaterMark: READ_BYTES });
    for await (const part of parts) hash.update(part);
  }
  return hash.digest('hex');
}
