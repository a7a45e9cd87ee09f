/** A question, as it is read from a frame. */

/** What a client asks. */
export interface Question {
  id: string;
  course: string;
  text: string;
}

/** Reads a decrypted message; undefined if it is no question: not JSON, another type, or without id or text. */
export function readQuestion(message: string): Question | undefined {
  const value = parseJson(message);
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('type' in value && 'id' in value && 'text' in value) || value.type !== 'question') return undefined;
  const { id, text } = value;
  if (typeof id !== 'string' || id === '' || typeof text !== 'string') return undefined;
  const course = 'course' in value && typeof value.course === 'string' ? value.course : '';
  return { id, course, text };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
