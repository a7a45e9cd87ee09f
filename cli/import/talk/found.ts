/** What a talk is made of: its questions, its answers, and the pauses between them. Pure. */
import { exchangesOf } from './ids.ts';
import { heardIn, type Heard } from './kinds.ts';
import type { Message, Talk } from './messages.ts';
import { thinkSeconds } from './pauses.ts';
import { sentIn, type Sent } from './sent.ts';

/** What was found of a talk. */
export interface Found {
  messages: readonly Message[];
  sent: Sent;
  heard: Heard;
}

/** `undefined`: its messages can't be read, or none is a question. */
export function foundIn(talk: Talk): Found | undefined {
  if (!('messages' in talk) || talk.form === 'text') return undefined;
  const { messages } = talk;
  const sent = sentIn(messages);
  if (sent === undefined) return undefined;
  return { messages, sent, heard: heardIn(messages, exchangesOf(messages, sent.questions), sent) };
}

/** The texts that the user typed, in order. */
export function questionsOf(talk: Talk, found: Found | undefined): string[] {
  const texts =
    talk.form === 'text'
      ? talk.messages.filter(({ by }) => by === 'us').map(({ text }) => text)
      : (found?.sent.questions.map(({ leaves }) => String(leaves.get(found.sent.textPath))) ?? []);
  return texts.filter((text) => text.trim() !== '');
}

/** The setting THINK_SECONDS; empty: there were no pauses. */
export function thinkOf(talk: Talk, found: Found | undefined): string {
  if (found !== undefined)
    return thinkSeconds(exchangesOf(found.messages, found.sent.questions), found.heard.fields.isLast);
  if (talk.form !== 'text') return '';
  const asked = talk.messages.filter(({ by }) => by === 'us');
  return thinkSeconds(exchangesOf(talk.messages, asked), () => true);
}
