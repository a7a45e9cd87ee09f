/** Reads `FIELD_NAMES`, such as `token=access_token,text=content`. Pure. */
import { FIELD_NAMES, MESSAGE_TYPES, type FieldName, type FieldNames } from './protocolSettings.ts';
import { closest } from '../../lib/words/settings.ts';

const isOurs = (name: string): name is FieldName => Object.hasOwn(FIELD_NAMES, name);

/** The names that are others than ours; `reject` gets what each wrong entry must be. */
export function parseFieldNames(text: string, reject: (remedy: string) => void): FieldNames {
  const names: Partial<Record<FieldName, string>> = {};
  const seen = new Set<string>();
  for (const entry of text.split(',').map((part) => part.trim())) {
    const [ours = '', theirs = '', ...more] = entry.split('=').map((part) => part.trim());
    if (!isOurs(ours)) reject(`"${entry}" must begin with ${possible(ours)}`);
    else if (seen.has(ours)) reject(`"${entry}" names ${ours} for the second time`);
    else if (more.length > 0 || !isName(ours, theirs)) reject(`"${entry}" must be ${formOf(ours)}`);
    else names[ours] = theirs;
    seen.add(ours);
  }
  return names;
}

function possible(name: string): string {
  const ours = Object.keys(FIELD_NAMES);
  const meant = closest(name, ours);
  return meant === undefined ? `one of ${ours.join(', ')}` : `a name of ours, probably ${meant}`;
}

function isName(ours: FieldName, theirs: string): boolean {
  return MESSAGE_TYPES.includes(ours) ? theirs !== '' : /^[\w$-]+(\.[\w$-]+)*$/.test(theirs);
}

function formOf(ours: FieldName): string {
  if (MESSAGE_TYPES.includes(ours)) return `${ours}= and the back end's type of such a message`;
  return `${ours}= and the back end's name of the field, such as ${ours}=data.${ours}`;
}
