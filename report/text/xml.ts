/** XML text. Pure. */
import { plain } from '../../lib/words/plain.ts';

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
};

/** A text for an element or a quoted attribute. `plain` leaves no character that XML 1.0 forbids. */
export function xml(text: string): string {
  return plain(text).replace(/[&<>"']/g, (found) => ENTITIES[found] ?? '');
}
