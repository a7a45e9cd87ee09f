// A chat behind a gateway, in one burst: users of a file, a socket for each question at an address from a reply.
import { testScript } from '../../lib/testScript.ts';
import { isRecord, textField } from '../../lib/words/jsonFields.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import type { ChatProtocol } from '../../systems/chatbot/dialect.ts';
import thresholds from '../../thresholds/burst.json?text';

const SETTINGS = {
  room: {
    kind: 'text',
    env: 'ROOM_NAME',
    default: 'lobby',
    meaning: 'the room in which everybody is',
    shapes: 'load',
  },
  seats: {
    kind: 'whole',
    env: 'SEATS',
    default: 2,
    unit: 'seats',
    min: 1,
    meaning: 'how many seats a user has',
    shapes: 'load',
  },
} as const;

function gateway(room: string, seats: number): ChatProtocol {
  let after = 0;
  return {
    requestToken: (user, credentials) => ({
      name: 'POST /login',
      method: 'POST',
      path: '/login',
      body: JSON.stringify({ user, password: credentials?.['password'] ?? '' }),
      headers: {},
    }),
    readToken: (reply) => textField(reply, 'token') ?? { lacks: 'token' },
    createSession: () => ({ name: 'POST /talks', method: 'POST', path: '/talks', headers: {} }),
    readSession: (reply, headers) => {
      const [sessionId, socketUrl] = [headers['X-Talk-Id'], textField(reply, 'socket')];
      if (sessionId === undefined) return { lacks: 'X-Talk-Id' };
      return { sessionId, connectionId: '', socketUrl };
    },
    begin: (_ids, dial) => {
      if (dial === 0) after = 0;
    },
    socket: ({ socketUrl }) => ({
      path: '/live',
      url: socketUrl && `${socketUrl}&room=${room}&seats=${seats}&after=${after}`,
      headers: {},
    }),
    question: (id, _course, text) => JSON.stringify({ id, text }),
    read: (message) => {
      if (!isRecord(message)) return { type: 'bad' };
      after = Number(message['number']);
      const id = textField(message, 'id') ?? null;
      return { type: 'chunk', id, seq: null, text: textField(message, 'text') ?? '', complete: true };
    },
  };
}

const script = await testScript({
  name: 'gateway',
  load: 'burst',
  thresholds,
  system: chatSystem((_settings, { room, seats }) => gateway(room, seats), ['redials'], SETTINGS),
});

export const { options, setup, handleSummary } = script;
export default script.run;
