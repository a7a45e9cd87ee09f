/** What a protocol makes of frames, without a socket. */
import assert from 'node:assert/strict';
import type { ChatProtocol, Frame, Frames, ServerMessage } from '../../../systems/chatbot/dialect.ts';

/** Whom sessions of such tests belong to. */
export const IDS = { user: 'crescendo-1-0', token: '', sessionId: '', connectionId: '' };

/** All that it hears in these frames. */
export function heardIn({ readFrame }: ChatProtocol, ...frames: Frame[]): ServerMessage[] {
  const messages: ServerMessage[] = [];
  for (const frame of frames) readFrame?.(frame, (message) => messages.push(message));
  return messages;
}

/** A protocol whose session begins. */
export function begun(protocol: ChatProtocol): ChatProtocol {
  protocol.begin?.(IDS, 0);
  return protocol;
}

/** What is said in one frame of text. */
export function textOf(said: Frames | undefined): string {
  assert.ok(typeof said === 'string', 'not one frame of text');
  return said;
}
