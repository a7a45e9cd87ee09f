/** Holds values to a shape: other fields of an object are free. */
import assert from 'node:assert/strict';

/** A value, or what must be true of it. */
export type Wanted =
  ((value: unknown) => boolean) | (string | number | boolean | null) | Wanted[] | { [name: string]: Wanted };

/** Throws everything that differs from what is wanted. */
export function agree(got: unknown, wanted: Wanted): void {
  const found = differences(got, wanted, '');
  assert.ok(found.length === 0, found.join(', '));
}

function differences(got: unknown, wanted: Wanted, place: string): string[] {
  if (typeof wanted === 'function') return wanted(got) ? [] : [said(place, got)];
  if (typeof wanted !== 'object' || wanted === null) return got === wanted ? [] : [said(place, got, wanted)];
  if (Array.isArray(wanted)) {
    if (!Array.isArray(got) || got.length !== wanted.length) return [said(place, got, wanted)];
    return wanted.flatMap((each, at) => differences(got[at], each, `${place}[${at}]`));
  }
  if (typeof got !== 'object' || got === null) return [said(place, got, wanted)];
  const fields = new Map<string, unknown>(Object.entries(got));
  return Object.entries(wanted).flatMap(([name, each]) =>
    differences(fields.get(name), each, `${place}.${name}`),
  );
}

function said(place: string, got: unknown, wanted?: Wanted): string {
  const rest = wanted === undefined ? '' : `, not ${JSON.stringify(wanted)}`;
  return `${place === '' ? 'it' : place} is ${got === undefined ? 'missing' : JSON.stringify(got)}${rest}`;
}

/** A text that is not empty. */
export const isText = (value: unknown): boolean => typeof value === 'string' && value !== '';

/** A number above 0. */
export const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0;

/** Anything but null. */
export const isThere = (value: unknown): boolean => value !== undefined && value !== null;
