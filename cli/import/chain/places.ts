/** Values of JSON and where they stand, such as `data.token`. Pure. */
import { isRecord } from '../../../lib/words/jsonFields.ts';

/** A text or a number, as text. */
export interface Place {
  path: string;
  value: string;
  isNumber: boolean;
}

const DEEPEST = 8;
const MOST = 5000;

/** All of them; a name with a dot in it can't be part of a path, and is passed over. */
export function placesIn(value: unknown): Place[] {
  const places: Place[] = [];
  collect(value, [], places);
  return places;
}

function collect(value: unknown, path: readonly string[], places: Place[]): void {
  if (places.length >= MOST) return;
  if (isRecord(value)) {
    if (path.length >= DEEPEST) return;
    for (const [name, inner] of Object.entries(value))
      if (!name.includes('.')) collect(inner, [...path, name], places);
  } else if (path.length > 0 && isGiven(value))
    places.push({ path: path.join('.'), value: String(value), isNumber: typeof value === 'number' });
}

function isGiven(value: unknown): boolean {
  return (typeof value === 'string' && value !== '') || Number.isSafeInteger(value);
}
