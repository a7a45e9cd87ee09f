/** The Retry-After header. */

const ASKS_BACK = new Set([429, 503]);

/**
 * Returns the value of the Retry-After header of a reply with `status`, or undefined where it has none: only a 429 and
 * a 503 tell when to come back, and only if the setting `seconds` is above 0.
 */
export function retryAfterOf(status: number, seconds: number): string | undefined {
  return seconds > 0 && ASKS_BACK.has(status) ? String(seconds) : undefined;
}
