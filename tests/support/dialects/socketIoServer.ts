/** A real Socket.IO server. */
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { Server } from 'socket.io';
import { listen } from '../listen.ts';
import type { DialectServer } from './contract.ts';

interface Question {
  id: string;
  text: string;
}

/** A chat in the namespace `/chat`, with the password "open". */
export async function socketIoServer(t: TestContext): Promise<DialectServer> {
  const counts = { sockets: 0, questions: 0, answers: 0 };
  const http = createServer((_request, response) => response.end('{}'));
  const io = new Server(http, { pingInterval: 300, pingTimeout: 2000 });
  const chat = io.of('/chat');
  chat.use((socket, next) => {
    const { password } = socket.handshake.auth as { password?: string };
    next(password === 'open' ? undefined : new Error('wrong password'));
  });
  chat.on('connection', (socket) => {
    counts.sockets++;
    socket.on('ask', ({ id, text }: Question, answered?: (answer: object) => void) => {
      counts.questions++;
      socket.broadcast.emit('room', { at: Date.now() });
      counts.answers++;
      if (answered !== undefined) return answered({ text: `You said: ${text}` });
      for (const [index, part] of ['You ', 'said: ', text].entries())
        socket.emit('part', { id, text: part, done: index === 2 });
    });
  });
  t.after(() => io.close());
  const address = `127.0.0.1:${await listen(http)}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts, stop: () => void io.close() };
}
