/** A temporary folder that goes with the target. */
import { rmSync } from 'node:fs';
import { mkdtemp, rm, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Tried again where a file is still being written. */
const REMOVAL = { recursive: true, force: true, maxRetries: 3 };

/** A temporary folder, made when it is first needed. */
export class TemporaryFolder {
  private readonly place: string;
  private readonly kind: string;
  private made: Promise<void> | undefined;
  private isRemoved = false;
  private written = 0;
  /** For a process that ends without closing its target. */
  private readonly onExit = (): void => {
    if (this.path !== undefined) rmSync(this.path, REMOVAL);
  };
  private path: string | undefined;

  /** `place` is the folder that it is made in; empty for the system's own. `kind` is what its files are called. */
  constructor(place: string, kind: string) {
    this.place = place === '' ? tmpdir() : place;
    this.kind = kind;
  }

  /** Makes the folder if it is not there yet. Rejects if it can't be made, and once it has been removed. */
  async make(): Promise<void> {
    this.made ??= this.makeNow();
    await this.made;
  }

  /** Returns the path of a file that is not there yet; to be called when the folder is made. */
  newFile(): string {
    return join(this.path ?? this.place, `${this.kind}-${++this.written}`);
  }

  /** Removes files; what is not there is no matter. */
  async discard(paths: readonly string[]): Promise<void> {
    await Promise.all(paths.map((path) => unlink(path).catch(() => undefined)));
  }

  /** Removes everything, for good. */
  async remove(): Promise<void> {
    this.isRemoved = true;
    await this.made?.catch(() => undefined);
    if (this.path !== undefined) await rm(this.path, REMOVAL);
    process.off('exit', this.onExit);
  }

  private async makeNow(): Promise<void> {
    if (this.isRemoved) throw new Error('The target closes, so it makes no folder.');
    try {
      this.path = await mkdtemp(join(this.place, 'crescendo-target-'));
      process.once('exit', this.onExit);
    } catch (error) {
      this.made = undefined;
      throw error;
    }
  }
}
