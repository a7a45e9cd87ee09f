/** The HTTP routes for log-ins, messages and conversations. */
import type { FastifyInstance, FastifyReply } from 'fastify';
import { bodyText, readObject, takeJsonAsText } from '../requests/jsonBody.ts';
import { admission, type Admitted, type Serve } from './admission.ts';
import { isConversation } from './conversationIds.ts';
import type { MessagingContext } from './messagingContext.ts';
import type { MessagingEndpoint } from './messagingEndpoints.ts';
import { readMessage, type Message } from './message.ts';

const JSON_TYPE = 'application/json; charset=utf-8';
const WANTED_LOGIN =
  'The body must be a JSON object like {"username": "user-1", "password": "secret"}, with Content-Type: application/json.';
const WANTED_MESSAGE =
  'The body must be a JSON object like {"conversation_id": "conv-1", "text": "Hello", "sent_at": 0}, ' +
  'with Content-Type: application/json.';

/** Adds `POST /v1/auth/login`, `POST /v1/messages` and `GET /v1/conversations`. */
export function addMessageRoutes(app: FastifyInstance, context: MessagingContext): void {
  const list = conversationList(context.settings.conversations);
  void app.register((scope, _options, done) => {
    takeJsonAsText(scope);
    const route = (method: 'GET' | 'POST', url: string, endpoint: MessagingEndpoint, serve: Serve): void => {
      scope.route({ method, url, ...admission(context, endpoint, serve) });
    };
    route('POST', '/v1/auth/login', 'login', (admitted) => logIn(context, admitted));
    route('POST', '/v1/messages', 'message', (admitted) => takeMessage(context, admitted));
    route('GET', '/v1/conversations', 'conversations', ({ reply }) => reply.type(JSON_TYPE).send(list));
    done();
  });
}

function conversationList(count: number): string {
  const conversations = Array.from({ length: count }, (_, index) => ({
    id: `conv-${index + 1}`,
    name: `Conversation ${index + 1}`,
  }));
  return JSON.stringify({ conversations });
}

function logIn({ settings, counters, jwts }: MessagingContext, { request, reply }: Admitted): FastifyReply {
  const { username, password } = readObject(bodyText(request)) ?? {};
  if (typeof username !== 'string' || username === '' || typeof password !== 'string')
    return reply.code(400).send({ error: WANTED_LOGIN });
  if (settings.loginPassword !== '' && password !== settings.loginPassword)
    return reply.code(401).send({ error: 'login_refused' });
  counters.tokens.issued += 1;
  return reply.send({
    token: jwts.issue(username),
    token_type: 'Bearer',
    expires_in: settings.tokenSeconds,
  });
}

function takeMessage(context: MessagingContext, { request, reply, user }: Admitted): FastifyReply {
  const message = readMessage(bodyText(request));
  if (message === undefined) return reply.code(400).send({ error: WANTED_MESSAGE });
  if (!isConversation(message.conversation, context.settings.conversations))
    return reply
      .code(404)
      .send({ error: `There is no conversation ${JSON.stringify(message.conversation)}.` });
  const id = `message-${++context.counters.messages}`;
  notify(context, message, id, user);
  const shown = `"id":"${id}","conversation_id":"${message.conversation}","sent_at":${message.sentAt}`;
  return reply.code(201).type(JSON_TYPE).send(`{${shown},"created_at":"${new Date().toISOString()}"}`);
}

/** Hands a message to every socket that is subscribed to its conversation. */
function notify(
  { counters, conversations }: MessagingContext,
  message: Message,
  id: string,
  sender: string,
): void {
  const subscribers = conversations.of(message.conversation);
  if (subscribers.size === 0) return;
  const { conversation, text, sentAt } = message;
  const from = `"conversation_id":"${conversation}","message_id":"${id}","sender":${JSON.stringify(sender)}`;
  // Encoded once, for all sockets.
  const frame = Buffer.from(
    `{"type":"notification","event":"message",${from},"sent_at":${sentAt},"text":${JSON.stringify(text)}}`,
  );
  let number = counters.notifications.due;
  counters.notifications.due += subscribers.size;
  for (const subscriber of subscribers) subscriber.take(frame, number++);
}
