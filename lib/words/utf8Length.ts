/** How many bytes a text takes in UTF-8. Pure. */

/** Half of a surrogate pair makes each unit of the text count as three bytes, which is more than any text takes. */
export function utf8Length(text: string): number {
  try {
    const escaped = encodeURIComponent(text);
    return escaped.length - 2 * (escaped.split('%').length - 1);
  } catch {
    return text.length * 3;
  }
}
