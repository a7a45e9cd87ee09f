/** Which values of a recording came from replies before them. Pure. */
import { isSecretName } from '../../probe/secretNames.ts';
import { isIdName, lastName } from '../../probe/fields/leaves.ts';
import type { Call } from '../recording/recording.ts';
import { placesIn } from './places.ts';

/** The reply that a value came from. A cookie has the name `cookie` instead of a path. */
export interface Source {
  call: Call;
  value: string;
  path: string;
  isNumber: boolean;
  isCookie: boolean;
}

/** A text of the recording that may hold such values, its name there, and when it was sent. */
export interface Need {
  text: string;
  name: string;
  at: number;
}

const LONG = 8;

/** Looks up values in the replies of calls. */
export class Sources {
  private readonly byValue = new Map<string, Source[]>();

  constructor(calls: readonly Call[]) {
    for (const call of calls) {
      for (const place of placesIn(call.reply)) this.add({ ...place, call, isCookie: false });
      for (const [name, value] of call.cookies)
        this.add({ call, value, path: name, isNumber: false, isCookie: true });
    }
  }

  private add(source: Source): void {
    const known = this.byValue.get(source.value);
    if (known === undefined) this.byValue.set(source.value, [source]);
    else known.push(source);
  }

  /** Where the whole text, or a part of it, came from: the earliest reply that has it before it is needed. */
  of({ text, name, at }: Need): Source | undefined {
    const whole = this.first(text, at, (source) => isGiven(source, name));
    if (whole !== undefined || text.length <= LONG) return whole;
    const parts = [...this.byValue.keys()].filter(
      (value) => value.length >= LONG && value.length < text.length && text.includes(value),
    );
    parts.sort((one, other) => other.length - one.length);
    return parts
      .map((value) => this.first(value, at, (source) => isRandom(source)))
      .find((source) => source !== undefined);
  }

  private first(value: string, at: number, isMeant: (source: Source) => boolean): Source | undefined {
    return this.byValue.get(value)?.find((source) => source.call.at < at && isMeant(source));
  }
}

/** A short value is one by chance in two places, but not where both call it an id or a secret. */
function isGiven(source: Source, name: string): boolean {
  if (isRandom(source) || (source.isCookie && source.path === name)) return true;
  if (!isTelling(source.path) || !isTelling(name)) return false;
  return source.value.length > 3 || (lastName(name) !== 'id' && lastName(source.path) === lastName(name));
}

/** No word: it is long and has a digit. */
function isRandom({ value, path }: Source): boolean {
  if (!/\d/.test(value)) return false;
  return isSecretName(path) ? value.length > 3 : value.length >= LONG && !/\s/.test(value);
}

function isTelling(path: string): boolean {
  return isIdName(path) || isSecretName(path);
}
