/**
 * What the target breaks on request. The first word is the place where a fault is decided. When several faults of one
 * place fall on the same number, the one that stands first in this list wins.
 */
export const FAULT_NAMES = [
  // The request for a token is refused with this status.
  'token-400',
  'token-401',
  'token-429',
  'token-500',
  'token-503',
  // The creation of a session is refused with this status.
  'session-408',
  'session-429',
  'session-500',
  'session-502',
  'session-503',
  // The deletion of a session is refused with this status; the session stays.
  'delete-500',
  'delete-503',
  // The upgrade is refused with this status.
  'upgrade-401',
  'upgrade-403',
  'upgrade-429',
  'upgrade-500',
  'upgrade-502',
  'upgrade-503',
  'upgrade-504',
  // The upgrade is never answered; the connection stays.
  'upgrade-silent',
  // The connection is reset (TCP RST) after the first chunk.
  'answer-reset',
  // All chunks are sent, none of them completes the response.
  'answer-incomplete',
  // Nothing is sent.
  'answer-silent',
  // The last byte of the last frame is flipped; without encryption that frame is garbage instead of JSON.
  'answer-bad-tag',
  // Three bytes in base64 come first, then the whole answer.
  'answer-short-frame',
  // The server's own refusal {"type":"error","code":"overloaded"} is sent instead of an answer.
  'answer-error',
  // The whole answer is sent, but 3 s late.
  'answer-late',
  // The socket is closed with this code after the first chunk.
  'answer-close-1001',
  'answer-close-1011',
  'answer-close-4401',
  // The last frame opens, but holds no JSON.
  'answer-garbage',
  // A chunk in the middle is left out.
  'answer-gap',
  // A chunk in the middle is sent twice.
  'answer-duplicate',
  // All chunks carry the id of another question.
  'answer-wrong-id',
  // The peer's close frame is never answered; the connection stays until the peer ends it.
  'close-ignored',
  // A ping frame gets no pong.
  'ping-ignored',
] as const;

/** The name of one fault. */
export type FaultName = (typeof FAULT_NAMES)[number];

/**
 * Where a fault is decided: the first word of its name. `answer` is a question's arrival, `close` a close frame's,
 * `ping` a ping frame's. What an outage refuses or loses is numbered too, but no fault falls on it.
 */
export type Place = FirstWord<FaultName>;

type FirstWord<Name> = Name extends `${infer Word}-${string}` ? Word : never;

/** Every how many requests of its place a fault fires. */
export type Faults = Partial<Record<FaultName, number>>;

/**
 * Reads a list like `upgrade-502:5,token-401:7`: a fault and every how many requests it fires. An empty text is no
 * fault. Throws an Error that names the part it can't read.
 */
export function parseFaults(text: string): Faults {
  const faults: Faults = {};
  for (const part of text.split(',').filter((each) => each.trim() !== '')) {
    const [name, every] = parsePart(part.trim());
    if (faults[name] !== undefined) throw wrongPart(part.trim(), `${name} is given twice`);
    faults[name] = every;
  }
  return faults;
}

function parsePart(part: string): [FaultName, number] {
  const [text, every, ...rest] = part.split(':');
  const name = FAULT_NAMES.find((known) => known === text);
  if (name === undefined) throw wrongPart(part, `"${text ?? ''}" is no fault`);
  if (every === undefined || rest.length > 0 || !/^[1-9]\d{0,8}$/.test(every)) {
    throw wrongPart(part, 'a whole number from 1 must follow one colon');
  }
  return [name, Number(every)];
}

function wrongPart(part: string, reason: string): Error {
  return new Error(
    `The target's faults hold "${part}", which can't be used (${reason}); ` +
      `write name:every, separated by commas, with these names: ${FAULT_NAMES.join(', ')}.`,
  );
}

/** Returns the fault of `place` that falls on its request `number` (from 1), if any. */
export function faultAt(faults: Faults, place: Place, number: number): FaultName | undefined {
  return FAULT_NAMES.find((name) => {
    const every = faults[name];
    return every !== undefined && name.startsWith(`${place}-`) && number % every === 0;
  });
}

/** Returns the HTTP status or the close code at the end of a fault's name; NaN where there is none. */
export function codeOf(fault: FaultName): number {
  return Number(fault.slice(fault.lastIndexOf('-') + 1));
}
