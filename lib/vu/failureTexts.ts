/** What failed on a socket, in words. Pure. */
import { reasonOfClose } from '../words/failures.ts';

/** A message that lacks a field; where nobody says which, the message. */
export function lackText(lacks: string | undefined, message: string): string {
  return lacks === undefined ? message : `the message lacks "${lacks}": ${message}`;
}

/** What came instead of what was waited for; empty: nothing. */
export function strangeText(strange: string | undefined): string {
  return strange === undefined ? '' : `a message came of a type that the protocol does not know: ${strange}`;
}

/** What the other side said of its close; empty where its code says as much. */
export function closeText(code: number | undefined, text: string): string {
  if (text === '' && reasonOfClose(code) !== 'closed_other') return '';
  return code === undefined ? text : `closed with ${code}${text === '' ? '' : `: ${text}`}`;
}
