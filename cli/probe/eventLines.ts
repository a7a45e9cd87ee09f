/** What happens on a probed socket, in lines. Pure. */
import stringWidth from 'string-width';
import { plain } from '../../lib/words/plain.ts';
import { WIDTH } from '../../report/text/wrap.ts';
import { closeWords } from './closeCodes.ts';
import type { Ending, Frame } from './frames.ts';
import { hexLines } from './hexLines.ts';
import type { Order } from './order.ts';
import { isSecretName } from './secretNames.ts';
import { shownAddress, type Secrets } from './secrets.ts';

/** Of a text frame; the rest is left out. */
const MOST_LINES = 10;
/** What is looked at of a text: more than these lines can show. */
const MOST_CHARACTERS = 65_536;
const INDENT = ' '.repeat(9);
/** Of the body of a refusal. */
const BODY_CHARACTERS = 200;
const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '\\0',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\u001e': '\\x1e',
};

/** `0.012 what`, in lines of a terminal's width; `at` is in milliseconds. */
function timed(at: number, what: string): string[] {
  return inColumns(`${(at / 1000).toFixed(3).padStart(6)} ${what}`);
}

/** The dial with its headers. */
export function dialLines({ address, headers, subprotocols, origin }: Order, secrets: Secrets): string[] {
  const shown = Object.entries(headers).flatMap(([name, values]) =>
    values.map((value) => `${name}: ${isSecretName(name) ? '…' : value}`),
  );
  if (origin !== undefined) shown.push(`Origin: ${origin}`);
  if (subprotocols.length > 0) shown.push(`Sec-WebSocket-Protocol: ${subprotocols.join(', ')}`);
  return [
    ...timed(0, safe(`dial ${shownAddress(address)}`, secrets)),
    ...shown.flatMap((header) => inColumns(INDENT + safe(header, secrets))),
  ];
}

/** The opening. */
export function openLines(at: number, subprotocol: string, secrets: Secrets): string[] {
  return timed(at, safe(subprotocol === '' ? 'open' : `open, subprotocol ${subprotocol}`, secrets));
}

/** A frame; `→` is ours. */
export function frameLines({ at, by, kind, bytes }: Frame, secrets: Secrets): string[] {
  const head = `${by === 'us' ? '→' : '←'} ${kind}`;
  if (kind === 'text')
    return timed(at, `${head} ${bytes.length} ${safe(bytes.toString().slice(0, MOST_CHARACTERS), secrets)}`);
  if (bytes.length === 0 && kind !== 'binary') return timed(at, head);
  const [first = '', ...more] = hexLines(bytes, secrets);
  return [
    ...timed(at, `${head} ${bytes.length}${first === '' ? '' : ` ${first}`}`),
    ...more.map((line) => INDENT + line),
  ];
}

/** What broke the socket. */
export function brokenLines(at: number, error: Error, secrets: Secrets): string[] {
  return timed(at, safe(`broken: ${error.message}`, secrets));
}

/** The end; none where a sentence tells it all. */
export function endLines(at: number, ending: Ending, secrets: Secrets): string[] {
  if (ending.how === 'cut') return timed(at, 'cut off: no answer to our close');
  if (ending.how === 'closed') {
    const by = ending.by === 'us' ? ' (ours)' : ending.code === 1006 ? '' : ' (by the server)';
    return timed(at, safe(`close ${closeWords(ending.code, ending.reason)}${by}`, secrets));
  }
  if (ending.how !== 'refused') return [];
  const body = safe(ending.body, secrets);
  const shown = body.length > BODY_CHARACTERS ? `${body.slice(0, BODY_CHARACTERS)}…` : body;
  return timed(at, `refused ${ending.status} ${safe(ending.words, secrets)} ${shown}`.trimEnd());
}

/** Without secrets, and without what would steer the terminal; ends of lines and of messages are shown. */
function safe(text: string, secrets: Secrets): string {
  const escaped = secrets.hide(text).replace(/[\0\t\n\r\u001e]/g, (character) => ESCAPES[character] ?? ' ');
  return plain(escaped);
}

/** Broken wherever a line is full: what is shown must not change by its blanks. */
function inColumns(text: string): string[] {
  const lines: string[] = [];
  let [line, width] = ['', 0];
  for (const character of text) {
    const columns = stringWidth(character);
    if (width + columns > WIDTH - 1) {
      lines.push(line);
      if (lines.length === MOST_LINES) return [...lines.slice(0, -1), `${line}…`];
      [line, width] = [INDENT, INDENT.length];
    }
    line += character;
    width += columns;
  }
  return [...lines, line];
}
