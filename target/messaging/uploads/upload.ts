/** One file on its way to the server. */
import type { FileCounts } from '../messagingStats.ts';

/** A chunk that is kept. */
export interface StoredChunk {
  bytes: number;
  /** In hex. */
  sha256: string;
  path: string;
  /** Whether its sender has been told, with its own checksum. */
  acknowledged: boolean;
}

/** What a client says of a file before it sends it. */
export interface Announced {
  name: string;
  /** In bytes. */
  size: number;
  /** In hex; undefined where the client has not said. */
  sha256: string | undefined;
}

type State = 'open' | 'failed' | 'completed';

/** Knows which chunks of a file have come. */
export class Upload {
  readonly id: string;
  readonly announced: Announced;
  /** The size of every chunk but the last. */
  readonly chunkBytes: number;
  /** How many chunks the file has. */
  readonly count: number;
  readonly chunks = new Map<number, StoredChunk>();
  /** The checksum of the whole file, as soon as somebody works it out. */
  merged: Promise<string> | undefined;
  private readonly counts: FileCounts;
  private now: State = 'open';

  /** `counts` is where files are counted. */
  constructor(id: string, announced: Announced, chunkBytes: number, counts: FileCounts) {
    this.id = id;
    this.announced = announced;
    this.chunkBytes = chunkBytes;
    this.count = Math.ceil(announced.size / chunkBytes);
    this.counts = counts;
    counts.initiated += 1;
    counts.open += 1;
  }

  state(): State {
    return this.now;
  }

  /** Counts how it stands from now on. */
  become(state: State): void {
    this.counts[this.now] -= 1;
    this.counts[state] += 1;
    this.now = state;
  }

  /** Returns the chunks in their order; those that have not come are left out. */
  inOrder(): StoredChunk[] {
    return [...this.chunks].sort(([a], [b]) => a - b).map(([, chunk]) => chunk);
  }

  /** Returns the indexes of the chunks that have not come. */
  missing(): number[] {
    return Array.from({ length: this.count }, (_, index) => index).filter((index) => !this.chunks.has(index));
  }
}

/** True for a checksum in hex. */
export function isSha256(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{64}$/i.test(value);
}
