/** A real NATS server, and a bot that answers over TCP. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connect, type NatsConnection } from 'nats';
import { freePort } from '../../../cli/process/freePort.ts';
import { folder } from '../files.ts';
import type { DialectServer } from './contract.ts';
import { goServer, goServerUnavailable } from './goServer.ts';
import { startProgram, type Program } from './program.ts';

/** Why there is none on this machine, to skip with; false: there is. */
export const natsUnavailable = (): string | false => goServerUnavailable('nats');

interface Question {
  id: string;
  user: string;
  text: string;
}

/**
 * Users are "chat" and "bot", their password is "open". A question at `questions` is answered to its inbox; one at
 * `questions.parts` in parts, as events at `answers.<user>`. Something that nobody asked for comes there before.
 */
export async function natsServer(t: TestContext): Promise<DialectServer> {
  const [tcp, websocket] = await Promise.all([freePort(), freePort()]);
  const path = await goServer('nats', 'github.com/nats-io/nats-server/v2');
  const server = startProgram(t, path, ['-c', configuration(folder(t), tcp, websocket)]);
  const bot = await connected(server, `127.0.0.1:${tcp}`);
  t.after(() => bot.close());
  const counts = { questions: 0, answers: 0, pushes: 0 };
  bot.subscribe('questions.>', {
    callback: (error, message) => {
      if (error !== null) throw error;
      const { id, user, text } = message.json<Question>();
      const say = (what: object) => bot.publish(`answers.${user}`, JSON.stringify(what));
      counts.questions++;
      say({ at: Date.now() });
      counts.pushes++;
      if (message.subject === 'questions.whole')
        message.respond(JSON.stringify({ text: `sagte: „${text}“` }));
      else
        for (const [index, part] of ['You ', 'sagten: „', `${text}“`].entries())
          say({ id, text: part, done: index === 2 });
      counts.answers++;
    },
  });
  await bot.flush();
  const address = `127.0.0.1:${websocket}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts, stop: server.kill };
}

/** Writes it and returns its path. */
function configuration(place: string, tcp: number, websocket: number): string {
  const path = join(place, 'nats.conf');
  const lines = [
    `listen: "127.0.0.1:${tcp}"`,
    `websocket { listen: "127.0.0.1:${websocket}", no_tls: true }`,
    'authorization { users: [{ user: chat, password: open }, { user: bot, password: open }] }',
    'ping_interval: "1s"',
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Asks until the server is there. */
async function connected(server: Program, address: string): Promise<NatsConnection> {
  const last = Date.now() + 10_000;
  for (;;)
    try {
      return await connect({ servers: address, user: 'bot', pass: 'open', reconnect: false });
    } catch (error) {
      server.requireRunning();
      if (Date.now() > last) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
