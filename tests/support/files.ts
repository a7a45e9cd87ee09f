/** Files that a test hands to what it tests. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';

/** Makes an empty folder, which goes with the test. */
export function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'crescendo-test-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** Writes a file into a folder of its own and returns its absolute path. */
export function inputFile(t: TestContext, name: string, text: string): string {
  const path = join(folder(t), name);
  writeFileSync(path, text);
  return path;
}
