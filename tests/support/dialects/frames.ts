/** What a protocol makes of frames, without a socket. */
import assert from 'node:assert/strict';
import type { ChatProtocol, Frame, Frames, ServerMessage } from '../../../systems/chatbot/dialect.ts';

/** Whom sessions of such tests belong to. */
export const IDS = { user: 'me', token: '', sessionId: '', connectionId: '' };

/** A part of an answer, which is all of it unless said otherwise. */
export const chunk = (id: string | null, text: string, complete = true): ServerMessage => ({
  type: 'chunk',
  id,
  seq: null,
  text,
  complete,
});

/** A protocol whose session begins. */
export function begun(protocol: ChatProtocol): ChatProtocol {
  protocol.begin?.(IDS, 0);
  return protocol;
}

/** All that it hears in these frames; one that it wants as JSON must be that. */
export function heardIn({ read, readFrame }: ChatProtocol, ...frames: readonly Frame[]): ServerMessage[] {
  const messages: ServerMessage[] = [];
  for (const frame of frames)
    if (read !== undefined && typeof frame === 'string') messages.push(read(JSON.parse(frame)));
    else readFrame?.(frame, (message) => messages.push(message));
  return messages;
}

/** The same is heard when a frame is cut in two anywhere, or into single bytes or characters; a cut-off end adds nothing. */
export function assertHeardInPieces(protocol: ChatProtocol, whole: Frame): void {
  const expected = heardIn(begun(protocol), whole);
  const length = typeof whole === 'string' ? whole.length : whole.byteLength;
  for (let cut = 0; cut <= length; cut++) {
    const [first, second] = [whole.slice(0, cut), whole.slice(cut)];
    assert.deepEqual(heardIn(begun(protocol), first, second), expected, `cut at ${cut}`);
    const start = heardIn(begun(protocol), first);
    assert.deepEqual(start, expected.slice(0, start.length), `cut off at ${cut}`);
  }
  const pieces = Array.from({ length }, (_, at) => whole.slice(at, at + 1));
  assert.deepEqual(heardIn(begun(protocol), ...pieces), expected, 'in single pieces');
}

/** What is said in one frame of text. */
export function textOf(said: Frames | undefined): string {
  assert.ok(typeof said === 'string', 'not one frame of text');
  return said;
}
