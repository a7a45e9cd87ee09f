/** What the name of a fault says: where it is decided, and with which status or code. */

/** Where a fault is decided: the first word of its name, or the first words. */
export type PlaceOf<Name extends string> = Name extends `${infer Word}-${infer Rest}`
  ? Word | `${Word}-${PlaceOf<Rest>}`
  : never;

/** True if the fault `name` is decided at `place`. */
export function isDecidedAt(name: string, place: string): boolean {
  return name.startsWith(`${place}-`);
}

/** Returns the HTTP status or the close code at the end of a fault's name; NaN where there is none. */
export function codeOf(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}
