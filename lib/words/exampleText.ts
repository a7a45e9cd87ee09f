/**
 * What failed, as a text that may be shown: short, plain and without secrets; and the line of k6's log that carries it to
 * whoever makes the report. Pure. Every VU carries this, so nothing is made before something failed.
 */
import { plain } from './plain.ts';

/** The first failure of a class: a class in a phase, and what the other side said. */
export interface Example {
  phase: string;
  reason: string;
  text: string;
}

/** Characters of an example. */
const LONGEST = 200;
/** Characters that are looked at for them: what is left out makes a text shorter. */
const READ = 2000;

/** The beginning of a text on one line, without markup, `secrets` and whatever else looks like one. */
export function exampleText(text: string, secrets: readonly string[] = []): string {
  const harmless = plain(withoutSecrets(beginning(text), secrets)).replace(/<(?=[a-z/!?])/gi, '‹');
  const line = harmless.replace(/ +/g, ' ').trim();
  const characters = Array.from(line);
  return characters.length <= LONGEST ? line : `${characters.slice(0, LONGEST - 1).join('')}…`;
}

/** No part of a word, for half of a secret looks like none. */
function beginning(text: string): string {
  return text.length <= READ ? text : text.slice(0, READ).replace(/[^\s"'&,;:]*$/, '');
}

function withoutSecrets(text: string, secrets: readonly string[]): string {
  let rest = text;
  for (const secret of secrets) for (const form of formsOf(secret)) rest = rest.replace(form, '…');
  const names = String.raw`[\w.-]{0,40}(?:token|secret|passw|pwd|key|auth|session|connection|credential|cookie|jwt|signature|sid|ticket|nonce)[\w.-]{0,40}`;
  const bare = String.raw`(?!\d{1,3}\b|null\b|true\b|false\b)[^\s"'\\,;&}\]{[]+`;
  return rest
    .replace(/\b(Bearer|Basic|Digest|Negotiate)\s+[\w+/=.~-]+/gi, '$1 …')
    .replace(/\beyJ[\w-]+(?:\.[\w-]*)*/g, '…')
    .replace(new RegExp(String.raw`("${names}"\s*:\s*)(?:"(?:[^"\\]|\\.)+(?:"|$)|${bare})`, 'gi'), '$1"…"')
    .replace(new RegExp(String.raw`(\\+"${names}\\+"\s*:\s*)(?:\\+"[^"\\]+\\*"?|${bare})`, 'gi'), '$1…')
    .replace(new RegExp(String.raw`('${names}'\s*:\s*)(?:'[^']+'?|${bare})`, 'gi'), "$1'…'")
    .replace(new RegExp(String.raw`\b(${names}=)(?:"[^"]+"?|${bare})`, 'gi'), '$1…')
    .replace(/\b([\w-]*(?:token|secret|passw|pwd|key|authorization|cookie)[\w-]*:\s*)(?=\S*\d)\S+/gi, '$1…')
    .replace(/[\w+=~-]{20,}|[\w+/=~-]{32,}/g, (word) =>
      /\d/.test(word) && /[a-z]/i.test(word) ? '…' : word,
    );
}

/** As it is, in JSON, and in an address; a very short one only as a word of its own. */
function formsOf(secret: string): RegExp[] {
  if (secret.length < 2) return [];
  const forms = new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  const edge = secret.length < 4 ? String.raw`(?<!\w)` : '';
  const end = secret.length < 4 ? String.raw`(?!\w)` : '';
  return [...forms].map((form) => new RegExp(edge + form.replace(/[^\w]/g, String.raw`\$&`) + end, 'g'));
}

const START = 'First of its kind in this VU: ';

/** The line of an example in k6's log. */
export function exampleLine({ phase, reason, text }: Example): string {
  return `${START}${phase} ${reason}: ${text}`;
}

/** Reads such a line, its quotes and escapes taken away; `undefined` for any other. */
export function parseExampleLine(line: string): Example | undefined {
  if (!line.startsWith(START)) return undefined;
  const [, phase, reason, text] = /^(\w+) (\w+): (.*)$/s.exec(line.slice(START.length)) ?? [];
  if (phase === undefined || reason === undefined || text === undefined) return undefined;
  return { phase, reason, text: exampleText(text) };
}
