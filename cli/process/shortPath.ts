/** Paths as people read them. */
import { relative } from 'node:path';

/** As seen from the current folder, unless it lies elsewhere. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
