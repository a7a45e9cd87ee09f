/** A real Centrifugo, and a bot behind it that answers what its proxies tell. */
import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import type { TestContext } from 'node:test';
import jwt from 'jsonwebtoken';
import { freePort } from '../../../cli/process/freePort.ts';
import { folder } from '../files.ts';
import { closeAll, listenFor } from '../listen.ts';
import { until } from '../until.ts';
import type { DialectServer } from './contract.ts';
import { goServer, goServerUnavailable, isBuilt } from './goServer.ts';
import { startProgram, type Program } from './program.ts';

const NAME = 'centrifugo';
const PACKAGE = 'github.com/centrifugal/centrifugo/v6';
const API_KEY = 'key of the bot';
const NAMESPACES = [
  { name: 'answers', allow_subscribe_for_client: true },
  { name: 'questions', publish_proxy_enabled: true },
];

/** The key of the tokens: whoever knows it gets in. */
export const CENTRIFUGO_SECRET = 'the key that signs tokens of the tests';

/** Why there is none on this machine, to skip with; false: there is. It is built only where somebody wants that. */
export function centrifugoUnavailable(): string | false {
  if (isBuilt(NAME)) return false;
  return process.env['CENTRIFUGO'] === 'build'
    ? goServerUnavailable(NAME)
    : 'no centrifugo in .crescendo/ (CENTRIFUGO=build builds it: a minute or two, and 1.5 GB of Go modules and caches)';
}

/** What a proxy tells of a question. */
interface Question {
  user: string;
  data: { id: string; text: string };
}

/**
 * `POST /token` signs a token with what is given as the secret. Called as a method, the bot replies with the answer;
 * published at `questions:<user>`, a question is answered in parts at `answers:<user>`, where before every answer comes what
 * nobody asked for.
 */
export async function centrifugoServer(t: TestContext): Promise<DialectServer> {
  const [program, port] = await Promise.all([goServer(NAME, PACKAGE), freePort()]);
  const address = `127.0.0.1:${port}`;
  const counts = { questions: 0, answers: 0, pushes: 0 };

  async function publish(user: string, data: object): Promise<void> {
    await fetch(`http://${address}/api/publish`, {
      method: 'POST',
      headers: { 'X-API-Key': API_KEY },
      body: JSON.stringify({ channel: `answers:${user}`, data }),
    });
  }

  async function heard({ user }: Question): Promise<void> {
    counts.questions++;
    counts.pushes++;
    await publish(user, { at: Date.now() });
  }

  const routes: Record<string, (body: never) => Promise<object>> = {
    '/token': ({ user, secret, channels }: { user: string; secret: string; channels: string[] }) =>
      Promise.resolve({ token: jwt.sign({ sub: user, channels }, secret) }),
    '/rpc': async (question: Question) => {
      await heard(question);
      counts.answers++;
      return { result: { data: { text: `You said: ${question.data.text}` } } };
    },
    '/publish': async (question: Question) => {
      await heard(question);
      const { id, text } = question.data;
      for (const [index, part] of ['You ', 'said: ', text].entries())
        await publish(question.user, { id, text: part, done: index === 2 });
      counts.answers++;
      return { result: {} };
    },
  };

  const bot = createServer((request, response) => {
    const route = routes[request.url ?? ''];
    const replied = route === undefined ? Promise.resolve({}) : bodyOf(request).then(route);
    // Once the server is gone, nobody reads what the bot says.
    replied.then(
      (reply) => response.end(JSON.stringify(reply)),
      () => response.destroy(),
    );
  });
  const botAddress = `127.0.0.1:${await listenFor(t, bot)}`;
  const centrifugo = startProgram(t, program, ['-c', configuration(folder(t), port, `http://${botAddress}`)]);
  await until(() => isHealthy(centrifugo, address), 20, 20);
  const stop = async () => {
    closeAll(bot);
    await centrifugo.kill();
  };
  return { url: `http://${botAddress}`, websocketUrl: `ws://${address}`, counts, stop };
}

async function bodyOf(request: IncomingMessage): Promise<never> {
  return JSON.parse(await textOf(request)) as never;
}

/** Writes the file and returns its path. */
function configuration(place: string, port: number, bot: string): string {
  const path = join(place, 'centrifugo.json');
  const settings = {
    http_server: { address: '127.0.0.1', port },
    client: {
      allowed_origins: ['*'],
      token: { hmac_secret_key: CENTRIFUGO_SECRET },
      ping_interval: '1s',
      pong_timeout: '900ms',
    },
    channel: { proxy: { publish: { endpoint: `${bot}/publish` } }, namespaces: NAMESPACES },
    rpc: { proxy: { endpoint: `${bot}/rpc` }, without_namespace: { proxy_enabled: true } },
    http_api: { key: API_KEY },
    health: { enabled: true },
    usage_stats: { disabled: true },
    log: { level: 'warn' },
  };
  writeFileSync(path, JSON.stringify(settings));
  return path;
}

async function isHealthy(centrifugo: Program, address: string): Promise<boolean> {
  centrifugo.requireRunning();
  const reply = await fetch(`http://${address}/health`).catch(() => undefined);
  return reply?.ok === true;
}
