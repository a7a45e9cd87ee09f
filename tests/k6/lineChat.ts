// A room of lines in a stream, in one burst; what its protocol file says in frames of its own.
import { testScript } from '../../lib/testScript.ts';
import { lineBuffer } from '../../lib/words/lineBuffer.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import type { ChatProtocol, Frame, ServerMessage } from '../../systems/chatbot/dialect.ts';
import thresholds from '../../thresholds/burst.json?text';

interface Line {
  kind: string;
  id: string;
  text: string;
  done: boolean;
  at: number;
}

const line = (fields: object): string => `${JSON.stringify(fields)}\n`;

function lineChat(): ChatProtocol {
  const buffer = lineBuffer();
  const decoder = new TextDecoder();
  const own = new Set<string>();
  let session = '';

  function messageOf({ kind, id, text, done, at }: Line): ServerMessage {
    if (kind === 'welcome') return { type: 'ready' };
    if (kind === 'pong') return { type: 'pong' };
    if (kind === 'said') return { type: 'push', sentAt: at };
    if (kind !== 'part') return { type: 'ignored' };
    return own.has(id) ? { type: 'chunk', id, seq: null, text, complete: done } : { type: 'ignored' };
  }

  const textOf = (frame: Frame): string => (typeof frame === 'string' ? frame : decoder.decode(frame));

  return {
    begin: ({ user }) => {
      session = user;
      buffer.clear();
      own.clear();
    },
    socket: () => ({ path: '/', headers: {}, subprotocols: ['lines.v1', 'lines.v0'] }),
    hello: () => [line({ kind: 'join', session }), line({ kind: 'mood', is: 'fine' })],
    awaitsReady: true,
    question: (id, course, text) => {
      own.add(id);
      const whole = line({ kind: 'ask', id, course, text });
      return [whole.slice(0, 5), whole.slice(5)];
    },
    heartbeat: { seconds: 0.2, frames: () => line({ kind: 'ping' }), awaitsPong: true },
    goodbye: () => line({ kind: 'bye' }),
    readFrame: (frame, hear) =>
      buffer.take(textOf(frame), (text) => hear(messageOf(JSON.parse(text) as Line))),
  };
}

const script = await testScript({
  name: 'line-chat',
  load: 'burst',
  thresholds,
  system: chatSystem(lineChat, ['pushes', 'batches']),
});

export const { options, setup, handleSummary } = script;
export default script.run;
