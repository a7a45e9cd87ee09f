/** Base64 of texts, as it is without an engine's own. Pure. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A short text, such as a password, in UTF-8 and then in base64 (RFC 4648, section 4). */
export function base64Of(text: string): string {
  const bytes = bytesOf(text);
  let base64 = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second, third] = bytes.slice(at, at + 3);
    const group = (first << 16) | ((second ?? 0) << 8) | (third ?? 0);
    base64 += digit(group >> 18) + digit(group >> 12);
    base64 += (second === undefined ? '=' : digit(group >> 6)) + (third === undefined ? '=' : digit(group));
  }
  return base64;
}

function digit(bits: number): string {
  return DIGITS.charAt(bits & 0x3f);
}

function bytesOf(text: string): number[] {
  const parts = encodeURIComponent(text).match(/%..|./g) ?? [];
  return parts.map((part) => (part.length === 3 ? parseInt(part.slice(1), 16) : part.charCodeAt(0)));
}
