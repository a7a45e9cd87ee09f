/** Fields of JSON whose names promise a secret, wherever JSON stands in a text: behind a prefix, in lines, cut off. Pure. */
import { jsonIn } from '../../lib/words/jsonFields.ts';
import { countsTokens, isSecretName } from './secretNames.ts';

/** Of JSON; also one within which the text ends. */
const STRING = /"(?:[^"\\]|\\[\s\S])*(?:"|\\?$)/;

/** The text with `…` for the values of such fields; in all other strings, what `hide` makes of them. */
export function hideFields(text: string, hide: (text: string) => string): string {
  const strings = new RegExp(STRING, 'g');
  let shown = '';
  let from = 0;
  for (let match = strings.exec(text); match !== null; match = strings.exec(text)) {
    const [token] = match;
    const end = match.index + token.length;
    const start = isSecretName(contentOf(token)) ? valueAfter(text, end) : undefined;
    if (start === undefined) {
      shown += text.slice(from, match.index) + shownString(token, hide);
      from = end;
    } else {
      const stop = endOfValue(text, start);
      shown += text.slice(from, start) + shownValue(contentOf(token), text.slice(start, stop));
      from = stop;
    }
    strings.lastIndex = from;
  }
  return shown + text.slice(from);
}

/** What a token of JSON holds; what is between its quotes, where that is no JSON. */
function contentOf(token: string): string {
  const content = jsonIn(token);
  return typeof content === 'string' ? content : token.replace(/^"|"$/g, '');
}

/** Where the value begins, if what ends here is a name. */
function valueAfter(text: string, end: number): number | undefined {
  const colon = /\s*:\s*/y;
  colon.lastIndex = end;
  return colon.test(text) ? colon.lastIndex : undefined;
}

function shownString(token: string, hide: (text: string) => string): string {
  const content = contentOf(token);
  const shown = hide(content);
  return shown === content ? token : JSON.stringify(shown);
}

function shownValue(name: string, value: string): string {
  if (/^(true|false|null|"")?$/.test(value)) return value;
  if (countsTokens(name) && /^[\d.]+$/.test(value)) return value;
  return value.startsWith('"') ? '"…"' : '…';
}

/** Where a value that begins there ends, with all that is in it. */
function endOfValue(text: string, start: number): number {
  const part = new RegExp(`${STRING.source}|[{}[\\],]|[^"{}[\\],]+`, 'gy');
  part.lastIndex = start;
  let depth = 0;
  for (let match = part.exec(text); match !== null; match = part.exec(text)) {
    const [token] = match;
    const isEnd = /^[}\],]$/.test(token) && depth === 0;
    if (isEnd) return match.index;
    if (/^[{[]$/.test(token)) depth += 1;
    if (/^[}\]]$/.test(token)) depth -= 1;
    if (depth === 0) return endOfToken(token, match.index);
  }
  return text.length;
}

/** A number or a word ends before what does not belong to it. */
function endOfToken(token: string, start: number): number {
  const [word = token] = /^[^\s"]+/.exec(token) ?? [];
  return start + (token.startsWith('"') ? token.length : word.length);
}
