/** What a clock of a VU said beside k6's own; all in epoch ms but the first and `late`. */
export interface ClockReading {
  /** How long before it was handled the event came with which the clock was set. */
  handledAfterMs: number;
  before: number;
  clock: number;
  after: number;
  /** Timestamp of an event that the clock took for one of the future, and how long ago it was said to have come. */
  fromTheFuture: number;
  late: number;
  /** The clock after that. */
  corrected: number;
}
