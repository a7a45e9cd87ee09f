/** What stands at a place of parsed JSON. Pure. */

/** The name of a field that is missing, for the report. */
export interface Lacks {
  lacks: string;
}

/** Whether that is what a reader says instead of a value. */
export function isLacking(value: unknown): value is Lacks {
  return isRecord(value) && 'lacks' in value;
}

/** What a text of JSON holds; `undefined`: it is no JSON. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A text without the byte order mark that some back ends, and some editors, begin it with. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** Whether a value of parsed JSON has fields. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** What stands at a path of parsed JSON, such as `data.token` or `choices.0.text`; `undefined`: nothing. */
export function valueAt(value: unknown, path: string): unknown {
  if (!path.includes('.')) return isRecord(value) ? value[path] : undefined;
  let inner = value;
  for (const name of path.split('.')) inner = isRecord(inner) ? inner[name] : undefined;
  return inner;
}

/** The text at such a path; `undefined` when there is none, or an empty one. */
export function textField(value: unknown, path: string): string | undefined {
  const text = valueAt(value, path);
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/** The id at such a path, a text or a number; `undefined` when there is none, or one that JSON numbers can't hold. */
export function idField(value: unknown, path: string): string | undefined {
  const id = valueAt(value, path);
  const isExact = typeof id === 'number' && Math.abs(id) <= Number.MAX_SAFE_INTEGER;
  return isExact ? String(id) : textField(value, path);
}

/** The number at such a path; `undefined` when there is none. */
export function numberField(value: unknown, path: string): number | undefined {
  const number = valueAt(value, path);
  return typeof number === 'number' ? number : undefined;
}

/** Whether a value of parsed JSON is an object with fields by name, no list. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return isRecord(value) && !Array.isArray(value);
}
