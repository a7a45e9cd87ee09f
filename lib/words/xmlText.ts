/** Texts as they stand in XML, and back. Pure. */

const NAMED: Record<string, string | undefined> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

/** What may not stand in XML as it is, or at all. */
const UNSAFE = /[<>&"'\r\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g;
const ESCAPES: Record<string, string | undefined> = {
  '<': '&lt;',
  '>': '&gt;',
  '&': '&amp;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};

/** A text as it stands in an element or in an attribute's quotes; characters that XML does not have become U+FFFD. */
export function xmlText(text: string): string {
  return text.replace(UNSAFE, (character) => ESCAPES[character] ?? '\ufffd');
}

/** A text with its entities replaced; `undefined`: one of them is not known. */
export function plainText(text: string): string | undefined {
  if (!text.includes('&')) return text;
  const [before = '', ...parts] = text.split('&');
  let plain = before;
  for (const part of parts) {
    const end = part.indexOf(';');
    const character = end < 0 ? undefined : characterOf(part.slice(0, end));
    if (character === undefined) return undefined;
    plain += character + part.slice(end + 1);
  }
  return plain;
}

function characterOf(name: string): string | undefined {
  if (!name.startsWith('#')) return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
  const isNumber = /^#(\d+|x[\da-fA-F]+)$/.test(name);
  const code = isNumber ? Number(name.startsWith('#x') ? `0${name.slice(1)}` : name.slice(1)) : 0;
  return isCharacter(code) ? String.fromCodePoint(code) : undefined;
}

/** https://www.w3.org/TR/xml/#NT-Char */
function isCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0a || code === 0x0d;
  return code < 0xd800 || (code > 0xdfff && code < 0xfffe) || (code > 0xffff && code <= 0x10ffff);
}
