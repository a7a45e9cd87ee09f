/** The folder of one run's evidence: filled under a temporary name, published by a rename. */
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { InputError } from '../../lib/words/settings.ts';
import { messageOf } from '../process/terminal.ts';

/** `2026-11-21T03-10-22Z-ramp`: no colons, for Windows has none in names. */
export function folderName(startedAt: Date, script: string): string {
  const time = startedAt
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replaceAll(':', '-');
  return `${time}-${script.replace(/[^\w.-]/g, '_')}`;
}

/** A folder that is being filled. */
export class ReportFolder {
  /** Where files go until `publish`. */
  readonly partial: string;
  private readonly parent: string;
  private readonly parentLater: string;
  private readonly name: string;

  /**
   * Makes the folder in `parent`, which is called `parentLater` when somebody reads of it. Throws an InputError when that
   * can't be done.
   */
  constructor(parent: string, name: string, parentLater = parent) {
    this.parent = parent;
    this.parentLater = parentLater;
    try {
      mkdirSync(parent, { recursive: true });
      this.name = this.makePartial(name);
    } catch (error) {
      throw new InputError([
        `No report folder can be made in "${parent}" (${messageOf(error)}). Give another one with --reports.`,
      ]);
    }
    this.partial = join(parent, `.${this.name}.partial`);
  }

  /** The path of a file in the folder. */
  path(file: string): string {
    return join(this.partial, file);
  }

  /** What the path of something in the parent folder is called when somebody reads of it. */
  shown(path: string): string {
    return join(this.parentLater, relative(this.parent, path));
  }

  /** Where it is to be published. */
  get later(): string {
    return join(this.parent, this.name);
  }

  /** Writes a file; anything but a text as JSON. */
  write(file: string, content: unknown): void {
    const text = typeof content === 'string' ? content : `${JSON.stringify(content, null, 1)}\n`;
    writeFileSync(this.path(file), text);
  }

  /** Gives the folder its name, and returns its path. */
  publish(): string {
    renameSync(this.partial, this.later);
    return this.later;
  }

  /** Removes it. */
  discard(): void {
    rmSync(this.partial, { recursive: true, force: true });
  }

  /** Two runs in the same second: the second one gets a -2. The partial folder keeps the name for us. */
  private makePartial(name: string): string {
    for (let attempt = 1; ; attempt++) {
      const candidate = attempt === 1 ? name : `${name}-${attempt}`;
      if (existsSync(join(this.parent, candidate))) continue;
      try {
        mkdirSync(join(this.parent, `.${candidate}.partial`));
        return candidate;
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
      }
    }
  }
}
