/** A real MQTT broker (mosquitto), and a bot that answers over TCP. */
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { connectAsync, type MqttClient } from 'mqtt';
import { freePort } from '../../../cli/process/freePort.ts';
import { folder } from '../files.ts';
import type { DialectServer } from './contract.ts';
import { startProgram, type Program } from './program.ts';

/** Debian has it where only root looks for programs. */
const PROGRAM = existsSync('/usr/sbin/mosquitto') ? '/usr/sbin/mosquitto' : 'mosquitto';

/** Why there is none on this machine, to skip with; false: there is. */
export function mosquittoUnavailable(): string | false {
  const missing = [PROGRAM, 'mosquitto_passwd'].some((name) => spawnSync(name, ['-h']).error !== undefined);
  return missing && 'no mosquitto on the PATH (Debian: apt-get install mosquitto)';
}

interface Question {
  id: string;
  user: string;
  text: string;
}

/**
 * Users are "chat" and "bot", their password is "open". A question at `chat/questions` is answered in parts at
 * `chat/answers/<user>`, behind something that nobody asked for.
 */
export async function mosquittoServer(t: TestContext): Promise<DialectServer> {
  const [tcp, websocket] = await Promise.all([freePort(), freePort()]);
  const broker = startProgram(t, PROGRAM, ['-c', configuration(folder(t), tcp, websocket)]);
  const bot = await connected(broker, `mqtt://127.0.0.1:${tcp}`);
  t.after(() => bot.endAsync(true));
  const counts = { questions: 0, answers: 0, pushes: 0 };
  const qos = 1;
  bot.on('message', (_topic, payload) => {
    const { id, user, text } = JSON.parse(payload.toString()) as Question;
    const say = (what: object) => bot.publish(`chat/answers/${user}`, JSON.stringify(what), { qos });
    counts.questions++;
    say({ at: Date.now() });
    counts.pushes++;
    for (const [index, part] of ['You ', 'sagten: „', `${text}“`].entries())
      say({ id, text: part, done: index === 2 });
    counts.answers++;
  });
  await bot.subscribeAsync('chat/questions', { qos });
  const address = `127.0.0.1:${websocket}`;
  return { url: `http://${address}`, websocketUrl: `ws://${address}`, counts, stop: broker.kill };
}

/** Writes its files and returns the path of the one it is started with. */
function configuration(place: string, tcp: number, websocket: number): string {
  const [path, passwords] = [join(place, 'mosquitto.conf'), join(place, 'passwords')];
  for (const [index, user] of ['chat', 'bot'].entries())
    spawnSync('mosquitto_passwd', ['-b', ...(index === 0 ? ['-c'] : []), passwords, user, 'open']);
  const lines = [
    `listener ${tcp} 127.0.0.1`,
    `listener ${websocket} 127.0.0.1`,
    'protocol websockets',
    'allow_anonymous false',
    `password_file ${passwords}`,
    // As root it would become a user who may not read them.
    'user root',
    'max_queued_messages 0',
    // Whoever acknowledges nothing hears no more than so many.
    'max_inflight_messages 2',
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/** Asks until the broker is there. */
async function connected(broker: Program, url: string): Promise<MqttClient> {
  const options = { username: 'bot', password: 'open', reconnectPeriod: 0, connectTimeout: 5000 };
  const last = Date.now() + 10_000;
  for (;;)
    try {
      return await connectAsync(url, options, false);
    } catch (error) {
      broker.requireRunning();
      if (Date.now() > last) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
}
