/** What can go wrong with the chatbot. */

/**
 * Every fault of the chatbot, by name. The first word is the place where it is decided: `answer` is a question's
 * arrival, `close` a close frame's, `ping` a ping frame's. When several faults of one place fall on the same number, the
 * one that stands first in this list wins. What an outage refuses or loses is numbered too, but no fault falls on it.
 */
export const CHATBOT_FAULTS = [
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
export type ChatbotFault = (typeof CHATBOT_FAULTS)[number];
