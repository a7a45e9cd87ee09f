/** What the codes of a close mean: RFC 6455 and the registry of IANA. Pure. */

const CODES: Readonly<Record<number, string>> = {
  1000: 'normal closure',
  1001: 'going away',
  1002: 'protocol error',
  1003: 'unsupported data',
  1005: 'without a code',
  1006: 'without a close frame',
  1007: 'invalid data',
  1008: 'policy violation',
  1009: 'message too big',
  1010: 'extension missing',
  1011: 'internal error',
  1012: 'service restart',
  1013: 'try again later',
  1014: 'bad gateway',
};

/** `1008 policy violation, "no token"`. */
export function closeWords(code: number, reason: string): string {
  const words = CODES[code] ?? (code >= 4000 ? 'of its own' : 'of no known meaning');
  return `${code} ${words}${reason === '' ? '' : `, "${reason}"`}`;
}
