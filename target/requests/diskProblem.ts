/** What a client is told when the server's disk fails. */

/** An answer that refuses something. */
export interface Refused {
  status: number;
  error: string;
}

const FULL = new Set(['ENOSPC', 'EDQUOT']);

/** Returns 507 with `disk_full` where no room is left, else 500 with a sentence; `place` is what to look at then. */
export function diskProblem(error: unknown, place: string): Refused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  if (FULL.has(code)) return { status: 507, error: 'disk_full' };
  return { status: 500, error: `The server's disk failed (${code}); look at its ${place}.` };
}
