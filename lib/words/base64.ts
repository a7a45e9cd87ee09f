/** Base64 (RFC 4648, section 4) of short texts, such as names and passwords. Pure: k6 has no `btoa`. */

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

/** A pair of surrogates, or one that is alone. */
const CHARACTER = /[\uD800-\uDBFF][\uDC00-\uDFFF]|[\uD800-\uDFFF]/g;

/** Base64 of the UTF-8 bytes of a text; a lone surrogate becomes U+FFFD. */
export function base64Of(text: string): string {
  const bytes = utf8Of(text);
  let digits = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const [first = 0, second = 0, third = 0] = bytes.slice(at, at + 3);
    const bits = (first << 16) | (second << 8) | third;
    for (const shift of [18, 12, 6, 0]) digits += DIGITS.charAt((bits >> shift) & 63);
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return digits.slice(0, digits.length - missing) + '='.repeat(missing);
}

function utf8Of(text: string): number[] {
  const escaped = encodeURIComponent(text.replace(CHARACTER, (one) => (one.length === 2 ? one : '\uFFFD')));
  const bytes = escaped.match(/%[\dA-F]{2}|[^%]/g) ?? [];
  return bytes.map((byte) => (byte.length === 1 ? byte.charCodeAt(0) : parseInt(byte.slice(1), 16)));
}
