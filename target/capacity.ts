/** What becomes of a target that carries more sockets than it was made for. */

/**
 * Extra delay of an answer, in milliseconds, while `open` sockets share a target made for `capacity`:
 *
 *     overloadMs × (open / capacity − 1)     above the capacity, else 0
 *
 *     30 s |              /      Linear, so that the next step of a ramp shows clearly. With the default of 30 s
 *          |           /         a limit of 5 s breaks at 1.17 times the capacity.
 *     15 s |        /
 *        0 |______/________
 *          0      1       2   open / capacity
 *
 * A capacity of 0 is unlimited.
 */
export function overloadDelay(open: number, capacity: number, overloadMs: number): number {
  if (capacity === 0 || open <= capacity) return 0;
  return overloadMs * (open / capacity - 1);
}

/** True when more than twice the capacity is open already, so that a new socket is refused (HTTP 502). */
export function refusesSocket(open: number, capacity: number): boolean {
  return capacity > 0 && open > 2 * capacity;
}
