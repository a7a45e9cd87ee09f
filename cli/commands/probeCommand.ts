/** `crescendo probe`: opens one socket and shows what goes over it, for somebody who writes a protocol file. */
import { conclusionOf } from '../probe/conclusion.ts';
import { brokenLines, dialLines, endLines, frameLines, openLines } from '../probe/eventLines.ts';
import type { Conversation, Ending, Frame } from '../probe/frames.ts';
import { orderOf, secretsOf, type Order, type ProbeOptions, type Send } from '../probe/order.ts';
import { payloadOf } from '../probe/dialects/payload.ts';
import { failureText, refusalText } from '../probe/refusals.ts';
import type { Secrets } from '../probe/secrets.ts';
import { Talk, type Listener } from '../probe/talk.ts';
import { onTyped } from '../probe/typed.ts';
import { USAGE } from '../exitCodes.ts';
import { onStop } from '../process/interrupt.ts';
import { note, say } from '../process/terminal.ts';

/**
 * Watches the socket until its time is over, the server closes it or somebody stops it. Resolves to the exit code: 0
 * when the socket was open. Throws an InputError when the command line is wrong.
 */
export async function probe(address: string, options: ProbeOptions, sends: readonly Send[]): Promise<number> {
  const order = orderOf(address, options, sends);
  const secrets = secretsOf(order);
  const { ending, ...seen } = await watched(order, secrets);
  if (!isConversation(seen)) {
    note(secrets.hide(reasonOf(ending, order)));
    return USAGE;
  }
  say();
  sayAll(conclusionOf({ ...seen, ending }, (text) => secrets.hide(text)));
  return 0;
}

/** Resolves when the socket has ended; Ctrl-C, and a reader of ours that has gone, end it. */
async function watched(order: Order, secrets: Secrets): Promise<Awaited<Talk['over']>> {
  let stopTyping = (): void => undefined;
  const talk: Talk = new Talk(order, {
    ...shown(secrets),
    opened: (at, subprotocol) => {
      sayAll(openLines(at, subprotocol, secrets));
      stopTyping = onTyped((frame) => talk.send(frame));
    },
  });
  const hangUp = () => talk.hangUp();
  const release = onStop(hangUp);
  process.stdout.once('error', hangUp);
  sayAll(dialLines(order, secrets));
  try {
    return await talk.over;
  } finally {
    release();
    process.stdout.off('error', hangUp);
    stopTyping();
  }
}

function shown(secrets: Secrets): Omit<Listener, 'opened'> {
  return {
    frame: (frame) => {
      learn(frame, secrets);
      sayAll(frameLines(frame, secrets));
    },
    broken: (at, error) => sayAll(brokenLines(at, error, secrets)),
    ended: (at, ending) => sayAll(endLines(at, ending, secrets)),
  };
}

function learn({ by, kind, bytes }: Frame, secrets: Secrets): void {
  if (kind !== 'text') return;
  for (const value of payloadOf(bytes.toString()).values)
    if (by === 'us') secrets.learnFromUs(value);
    else secrets.learnFromServer(value);
}

function isConversation(seen: Partial<Conversation>): seen is Omit<Conversation, 'ending'> {
  return seen.openedAt !== undefined;
}

/** Why there was no conversation. */
function reasonOf(ending: Ending, order: Order): string {
  if (ending.how === 'refused') return refusalText(ending, order);
  if (ending.how === 'failed') return failureText(ending.error, order);
  return 'It was stopped before the socket was open.';
}

function sayAll(lines: readonly string[]): void {
  for (const line of lines) say(line);
}
