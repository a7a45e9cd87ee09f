/** Paths of URLs without what their query may hold. Pure. */

/** A path without its query: for the names of metrics. */
export function withoutQuery(path: string): string {
  return path.replace(/\?.*$/s, '');
}

/** A path for people and files: a secret may stand in its query. */
export function withHiddenQuery(path: string): string {
  return path.replace(/\?.+$/s, '?…');
}
