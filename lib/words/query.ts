/** Queries of addresses and paths: put together, and without what is nobody's business in them. Pure. */

/** A path without its query: for the names of metrics. */
export function withoutQuery(path: string): string {
  return path.replace(/\?.*$/s, '');
}

/** A path for people and files: a secret may stand in its query. */
export function withHiddenQuery(path: string): string {
  return path.replace(/\?.+$/s, '?…');
}

/** An address, or a path, that a server gave, for people and files: no user, no query, no fragment. */
export function shownLocation(location: string): string {
  return location.replace(/\/\/[^/?#]*@/, '//…@').replace(/[?#].*$/s, '?…');
}

/**
 * The same of a text that a person gave, which may be an address or hold one: nothing is left out of any other text.
 * What is meant as a password may hold / and @ here.
 */
export function withoutCredentials(text: string): string {
  return text.replace(/\/\/(?:[^/:@\s]*:\S*|[^/\s]*)@/, '//…@').replace(/(:\/\/[^\s?#]*)[?#].*$/s, '$1?…');
}

/** A path with further parameters in its query; those with an empty value are left out. */
export function withParameters(path: string, parameters: Record<string, string>): string {
  let url = path;
  for (const [name, value] of Object.entries(parameters))
    if (value !== '') url = `${openQuery(url)}${name}=${encodeURIComponent(value)}`;
  return url;
}

/** `/ws?` of `/ws`, `/ws?room=1&` of `/ws?room=1`: more parameters can follow. */
export function openQuery(path: string): string {
  if (!path.includes('?')) return `${path}?`;
  return /[?&]$/.test(path) ? path : `${path}&`;
}
