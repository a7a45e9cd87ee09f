/** Which request of a part meets which fault: every n-th of its place. */
import { tally, type Counts } from './counts.ts';
import { isDecidedAt, type PlaceOf } from './faultName.ts';

/** Every how many requests of its place each fault fires. */
export type FaultPlan<Name extends string> = Readonly<Partial<Record<Name, number>>>;

/**
 * Returns the fault of `place` that falls on its request `number` (from 1), if any. When several do, it is the one that
 * stands first in `names`.
 */
export function faultAt<Name extends string>(
  names: readonly Name[],
  faults: FaultPlan<Name>,
  place: PlaceOf<Name>,
  number: number,
): Name | undefined {
  return names.find((name) => {
    const every = faults[name];
    return every !== undefined && isDecidedAt(name, place) && number % every === 0;
  });
}

/** Numbers the requests of each place, over the whole server and from 1, and says which of them go wrong. */
export class Arrivals<Name extends string> {
  private readonly names: readonly Name[];
  private readonly faults: FaultPlan<Name>;
  private readonly fired: Counts;
  private readonly numbers = new Map<PlaceOf<Name>, number>();

  /** `names` are the faults of one part. Those that fire are counted in `fired`, by name. */
  constructor(names: readonly Name[], faults: FaultPlan<Name>, fired: Counts) {
    this.names = names.filter((name) => faults[name] !== undefined);
    this.faults = faults;
    this.fired = fired;
  }

  /** Counts a request that goes its own way whatever the faults say, and returns its number. */
  count(place: PlaceOf<Name>): number {
    const number = (this.numbers.get(place) ?? 0) + 1;
    this.numbers.set(place, number);
    return number;
  }

  /** Counts a request and returns the fault that it meets, if any. */
  meet(place: PlaceOf<Name>): Name | undefined {
    const fault = faultAt(this.names, this.faults, place, this.count(place));
    if (fault !== undefined) tally(this.fired, fault);
    return fault;
  }
}
