/** What the keys of one run begin with. */

/** Draws it; runs that start at the same moment have different ones. */
export function runPrefix(prefix: string): string {
  const chance = Math.floor(Math.random() * 36 ** 6);
  return `${prefix}:${Date.now().toString(36)}${chance.toString(36).padStart(6, '0')}`;
}
