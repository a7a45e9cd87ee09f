/** The HTTP routes of the assistant. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { bodyText, readObject, takeJsonAsText } from '../requests/jsonBody.ts';
import { TemporaryFolder } from '../temporaryFolder.ts';
import { admission, type Admitted, type Serve } from './admission.ts';
import type { AssistantContext } from './assistantContext.ts';
import type { AssistantEndpoint } from './assistantEndpoints.ts';
import { Files } from './files.ts';
import { fileHandlers, MOST_BYTES } from './filesHttp.ts';
import { LoopDelay } from './loop.ts';

const MOST_FILES = 10_000;
const MEBIBYTE = 1024 ** 2;
/** A byte of content takes six in JSON at most, as in \u0001. */
const MOST_BODY_BYTES = 6 * MOST_BYTES + MEBIBYTE;

const WANTED_CHAT =
  'The body must be a JSON object like {"message": "Hello"}, with Content-Type: application/json.';

/** Adds `POST /api/chat`, the routes of `/api/files`, and `GET /api/health`. */
export function addAssistantRoutes(app: FastifyInstance, context: AssistantContext): void {
  const folder = new TemporaryFolder('', 'file');
  const files = fileHandlers(new Files(folder, MOST_FILES), context.counters.files);
  const delay = new LoopDelay();
  const startedAt = performance.now();
  void app.register((scope, _options, done) => {
    takeJsonAsText(scope);
    const route = (
      method: 'GET' | 'POST' | 'DELETE',
      url: string,
      endpoint: AssistantEndpoint,
      serve: Serve,
    ): void => {
      const bodyLimit = endpoint === 'files_write' ? MOST_BODY_BYTES : MEBIBYTE;
      scope.route({ method, url, bodyLimit, ...admission(context, endpoint, serve) });
    };
    route('POST', '/api/chat', 'chat', chat);
    route('POST', '/api/files', 'files_write', files.write);
    route('GET', '/api/files/:name', 'files_read', files.read);
    route('DELETE', '/api/files/:name', 'files_delete', files.remove);
    route('GET', '/api/health', 'health', ({ reply }) => tellHealth(delay, startedAt, reply));
    done();
  });
  app.addHook('onClose', async () => {
    delay.stop();
    await folder.remove();
  });
}

function chat({ request, reply, fault }: Admitted): FastifyReply {
  const { message } = readObject(bodyText(request)) ?? {};
  if (typeof message !== 'string' || message === '') return reply.code(400).send({ error: WANTED_CHAT });
  return reply.send({ reply: fault === 'chat-empty' ? '' : `You said: ${message}` });
}

async function tellHealth(delay: LoopDelay, startedAt: number, reply: FastifyReply): Promise<FastifyReply> {
  const event_loop_delay_ms = await delay.look();
  const uptime_s = Number(((performance.now() - startedAt) / 1000).toFixed(3));
  return reply.send({ status: 'ok', event_loop_delay_ms, uptime_s });
}
