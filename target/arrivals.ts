import { faultAt, type FaultName, type Faults, type Place } from './faults.ts';
import { tally, type Counts } from './stats.ts';

/** Numbers the requests of each place, over the whole server and from 1, and says which of them go wrong. */
export class Arrivals {
  private readonly faults: Faults;
  private readonly fired: Counts;
  private readonly numbers = new Map<Place, number>();

  /** Faults that fire are counted in `fired`, by name. */
  constructor(faults: Faults, fired: Counts) {
    this.faults = faults;
    this.fired = fired;
  }

  /** Counts a request that goes its own way whatever the faults say, and returns its number. */
  count(place: Place): number {
    const number = (this.numbers.get(place) ?? 0) + 1;
    this.numbers.set(place, number);
    return number;
  }

  /** Counts a request and returns the fault that it meets, if any. */
  meet(place: Place): FaultName | undefined {
    const fault = faultAt(this.faults, place, this.count(place));
    if (fault !== undefined) tally(this.fired, fault);
    return fault;
  }
}
