/** Files by their names, on disk. */
import { readFile, writeFile } from 'node:fs/promises';
import type { TemporaryFolder } from '../temporaryFolder.ts';

/** Keeps so many files at most: above that, those that were written longest ago go. */
export class Files {
  private readonly folder: TemporaryFolder;
  private readonly most: number;
  /** Paths by names, in the order in which they were written. On disk no name is a client's. */
  private readonly paths = new Map<string, string>();

  constructor(folder: TemporaryFolder, most: number) {
    this.folder = folder;
    this.most = most;
  }

  /** Writes a file, in the place of one with the same name. Rejects if the disk fails; then all is as before. */
  async write(name: string, content: string): Promise<void> {
    await this.folder.make();
    const path = this.folder.newFile();
    try {
      await writeFile(path, content);
    } catch (error) {
      await this.folder.discard([path]);
      throw error;
    }
    await this.folder.discard(this.keep(name, path));
  }

  /** Resolves to the content, or to undefined if there is no such file. Rejects if the disk fails. */
  async read(name: string): Promise<string | undefined> {
    const path = this.paths.get(name);
    if (path === undefined) return undefined;
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      // Another request may have replaced or removed it in the meantime.
      if (this.paths.get(name) === path) throw error;
      return this.read(name);
    }
  }

  /** Removes a file; false if there is none. */
  async delete(name: string): Promise<boolean> {
    const paths = this.forget(name);
    await this.folder.discard(paths);
    return paths.length > 0;
  }

  /** Returns the paths of the files that are needed no longer. */
  private keep(name: string, path: string): string[] {
    const replaced = this.forget(name);
    this.paths.set(name, path);
    const [oldest = ''] = this.paths.size > this.most ? this.paths.keys() : [];
    return [...replaced, ...this.forget(oldest)];
  }

  /** Returns its path, if there is such a file. */
  private forget(name: string): string[] {
    const path = this.paths.get(name);
    this.paths.delete(name);
    return path === undefined ? [] : [path];
  }
}
