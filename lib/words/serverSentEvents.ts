/**
 * Server-sent events in a whole body, as the WHATWG says
 * (https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation). Pure.
 */
import { withoutMark } from './jsonFields.ts';

/** One event. */
export interface ServerSentEvent {
  /** Its type: `message` where it says none. */
  event: string;
  /** Its lines of data, joined by line feeds. */
  data: string;
  /** The latest id so far; empty: there was none. */
  id: string;
}

/**
 * Calls `hear` for each event, in their order, and returns how many there were. One that no blank line ends is none; so is
 * one without data.
 */
export function serverSentEvents(body: string, hear: (event: ServerSentEvent) => void): number {
  const text = withUnixLines(withoutMark(body));
  let id = '';
  let from = 0;
  let count = 0;
  for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n', from)) {
    const block = text.slice(from, end);
    from = end + 2;
    const fields = fieldsOf(block, id);
    ({ id } = fields);
    if (fields.data === undefined) continue;
    count++;
    hear({ event: fields.event || 'message', data: fields.data, id });
  }
  return count;
}

/** Lines end with CRLF, LF or CR. */
function withUnixLines(text: string): string {
  return text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text;
}

/** What a block of lines holds; nearly every one is a single line of data. */
interface Fields {
  event: string;
  data: string | undefined;
  id: string;
}

function fieldsOf(block: string, idBefore: string): Fields {
  if (block.startsWith('data:') && !block.includes('\n'))
    return { event: '', data: valueFrom(block, 5), id: idBefore };
  const fields: Fields = { event: '', data: undefined, id: idBefore };
  for (const line of block.split('\n')) take(line, fields);
  return fields;
}

function take(line: string, fields: Fields): void {
  const colon = line.indexOf(':');
  const name = colon < 0 ? line : line.slice(0, colon);
  const value = colon < 0 ? '' : valueFrom(line, colon + 1);
  if (name === 'data') fields.data = fields.data === undefined ? value : `${fields.data}\n${value}`;
  else if (name === 'event') fields.event = value;
  else if (name === 'id' && !value.includes('\0')) fields.id = value;
}

/** Without the one space that may stand before it. */
function valueFrom(line: string, at: number): string {
  return line.slice(line.startsWith(' ', at) ? at + 1 : at);
}
