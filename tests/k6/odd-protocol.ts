// The chatbot's protocol with the oddity that ODDITY names.
import { chatbot } from '../../systems/chatbot/protocol.ts';
import { CHATBOT } from '../../systems/chatbot/protocolSettings.ts';
import type { ChatProtocol } from '../../systems/chatbot/dialect.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import { testScript } from '../../lib/testScript.ts';
import thresholds from '../../thresholds/burst.json?text';

const regular = chatbot(CHATBOT);

const fail = (): never => {
  throw new Error('the protocol of this test throws');
};

const ODDITIES: Record<string, Partial<ChatProtocol>> = {
  // Throws in the session's own code.
  session: { question: fail },
  // Throws within the socket's listener, in the function that reads a message.
  reader: { read: fail },
  // The same, but only when what it returned is looked at.
  message: {
    read: () => ({
      type: 'chunk',
      seq: 0,
      text: '',
      complete: true,
      get id() {
        return fail();
      },
    }),
  },
  // Takes the second chunk for the last one, so that another follows the complete answer.
  'early end': {
    read: (message) => {
      const read = regular.read(message);
      return read.type === 'chunk' ? { ...read, complete: read.seq === 1 } : read;
    },
  },
  // Knows only the chunk that ends an answer.
  'unknown type': {
    read: (message) => {
      const read = regular.read(message);
      return read.type === 'chunk' && !read.complete ? { type: 'unknown' } : read;
    },
  },
  // Never finds what the log-in promises.
  'no token': { readToken: () => undefined },
  'no session': { readSession: () => undefined },
};

const script = await testScript({
  name: 'odd-protocol',
  load: 'burst',
  thresholds,
  system: chatSystem((settings) => ({ ...chatbot(settings), ...ODDITIES[__ENV['ODDITY'] ?? ''] })),
});

export const { options, setup, handleSummary } = script;
export default script.run;
