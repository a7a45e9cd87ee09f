/**
 * Which messages a client has got, which it still expects, and which came twice or in another order. Pure.
 *
 * A client that was there from the start expects every message. One that came later expects of each publisher what
 * follows the first message that it got of it.
 */

/** What a message is to the client who gets it. `behind`: after a later one of its publisher. */
export type Receipt = 'in order' | 'behind' | 'doubled';

/** The messages of one publisher, numbered from 0. */
class Series {
  /** The first that is expected; undefined: that is not known yet. */
  private from: number | undefined;
  /** All below it, from `from` on, have come. */
  private next = 0;
  /** Others that have come; most inboxes never have any. */
  private others: Set<number> | undefined;
  private highest = -1;
  private end: number;

  constructor(messages: number) {
    this.end = messages;
  }

  expectAll(): void {
    this.from ??= 0;
  }

  /** There are only so many. */
  endAt(count: number): void {
    if (count < this.end) this.end = count;
  }

  isComplete(): boolean {
    return this.end === 0 || (this.from !== undefined && this.next >= this.end);
  }

  receive(number: number): Receipt {
    if (this.from === undefined) this.from = this.next = number;
    if (this.has(number)) return 'doubled';
    if (number === this.next) this.next++;
    else (this.others ??= new Set()).add(number);
    while (this.others?.delete(this.next)) this.next++;
    if (number < this.highest) return 'behind';
    this.highest = number;
    return 'in order';
  }

  /** `isCut`: of a client who could get nothing more, and missed only what others of its publisher had overtaken. */
  missing(isCut: boolean): number[] {
    const missing = [];
    const end = isCut ? this.highest : this.end;
    for (let number = this.from ?? end; number < end; number++) if (!this.has(number)) missing.push(number);
    return missing;
  }

  private has(number: number): boolean {
    if (number < this.next && number >= (this.from ?? 0)) return true;
    return this.others?.has(number) === true;
  }
}

/** That of one client. */
export class Inbox {
  private readonly series: Series[];
  private incomplete: number;

  constructor(publishers: number, messages: number) {
    this.series = Array.from({ length: publishers }, () => new Series(messages));
    this.incomplete = publishers;
  }

  /** The client was there from the start. */
  expectAll(): void {
    for (const series of this.series) series.expectAll();
  }

  /** Takes message `number` (from 0) of a publisher (from 1) who says that it has `of` of them. */
  receive(publisher: number, number: number, of: number): Receipt {
    const series = this.of(publisher);
    const wasComplete = series.isComplete();
    series.endAt(of);
    const receipt = series.receive(number);
    this.changed(series, wasComplete);
    return receipt;
  }

  /** A publisher says that there will be no more than `of` messages of it. */
  end(publisher: number, of: number): void {
    const series = this.of(publisher);
    const wasComplete = series.isComplete();
    series.endAt(of);
    this.changed(series, wasComplete);
  }

  /** Whether everything has come. */
  isComplete(): boolean {
    return this.incomplete === 0;
  }

  /** Calls `each` with what has not come; `isCut`: the client's connection ended before that was over. */
  eachMissing(isCut: boolean, each: (publisher: number, number: number) => void): void {
    this.series.forEach((series, index) => {
      for (const number of series.missing(isCut)) each(index + 1, number);
    });
  }

  private changed(series: Series, wasComplete: boolean): void {
    if (!wasComplete && series.isComplete()) this.incomplete--;
  }

  private of(publisher: number): Series {
    const series = this.series[publisher - 1];
    if (series === undefined) throw new RangeError(`There is no publisher ${publisher}.`);
    return series;
  }
}
