/** Messages of the agents as agentsServer.ts reads and writes them: every number keeps its digits. */

/** A message, or a part of one. */
export type Message = Record<string, unknown>;

/** Stands before each number of a message that was read, so that it is written again as it came. */
export const NUMBER = '\u0000#';

/** Reads a message, with its numbers as marked texts. Returns an empty one when it is no JSON. */
export function readMessage(text: string): Message {
  const tagged = text.replace(/("(?:[^"\\]|\\.)*")|-?\d[\d.eE+-]*/g, (token: string, word?: string) =>
    word === undefined ? JSON.stringify(NUMBER + token) : token,
  );
  try {
    JSON.parse(text);
    return (JSON.parse(tagged) ?? {}) as Message;
  } catch {
    return {};
  }
}

/** Writes a message, marked texts as the numbers that they were. */
export function written(message: Message): string {
  return JSON.stringify(message).replace(/"\\u0000#([^"]+)"/g, '$1');
}

const isNumber = (value: unknown): boolean => typeof value === 'string' && value.startsWith(NUMBER);
const isText = (value: unknown): boolean => typeof value === 'string' && !isNumber(value);

/** Whether it is a message of the protocol. */
export function isSound({ type, channel, from, to, payload }: Message): boolean {
  if (type === 'ping' || type === 'disconnect') return true;
  if (type === 'subscribe' || type === 'unsubscribe') return isText(channel);
  if (type !== 'agent_message' || !isText(from) || from === '' || !isText(to) || to === '') return false;
  const { action, timestamp } = (payload ?? {}) as Message;
  return (action === 'execute' || action === 'status') && isNumber(timestamp);
}
