/** Which extensions a script needs that not every k6 has. */
import { readFileSync } from 'node:fs';

/** The names of k6's extensions that a bundle imports, such as `k6/x/redis`. */
export function neededModules(path: string): string[] {
  const imports = readFileSync(path, 'utf8').matchAll(/\bfrom\s*["'](k6\/x\/[\w./-]+)["']/g);
  return [...new Set([...imports].map(([, name = '']) => name))];
}
