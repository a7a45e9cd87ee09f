/**
 * Chat completions as OpenAI has them (https://platform.openai.com/docs/api-reference/chat), and as many servers of models
 * do: a question is a request with the conversation so far, its answer the reply, or a stream of server-sent events. Pure.
 */
import { isPlainObject, isRecord, jsonIn, valueAt } from '../../../lib/words/jsonFields.ts';
import { serverSentEvents } from '../../../lib/words/serverSentEvents.ts';
import { withoutQuery } from '../../../lib/words/query.ts';
import type { ServerMessage } from '../dialect.ts';
import type { HearTurn, TurnProtocol } from '../turns/turnDialect.ts';
import { IGNORED } from './messages.ts';

/** What a back end has made of it. */
export interface OpenAiWords {
  /** Below `API_BASE_URL`, with the query that it needs; `/v1/chat/completions` when left out. */
  path?: string;
  model: string;
  /** Stands before every conversation. */
  system?: string;
  /** Sent as `Authorization: Bearer …`; empty: it is not. */
  key?: string | undefined;
  /** Whether the conversation so far goes with each question, as chat clients do; it does when left out. */
  history?: boolean;
  /** Whether the answer is asked for as a stream; it is when left out. */
  stream?: boolean;
  /** Fields of the request besides, such as `max_tokens`. */
  more?: object;
}

interface Said {
  role: 'system' | 'user' | 'assistant';
  content: string;
}

const DONE = '[DONE]';
const chunk = (text: string, complete: boolean): ServerMessage => ({
  type: 'chunk',
  id: null,
  seq: null,
  text,
  complete,
});
const END = chunk('', true);

/** Makes the protocol of a VU. */
export function openAi({
  path = '/v1/chat/completions',
  model,
  system = '',
  key = '',
  history = true,
  stream = true,
  more = {},
}: OpenAiWords): TurnProtocol {
  const name = `POST ${withoutQuery(path)}`;
  const start: readonly Said[] = system === '' ? [] : [{ role: 'system', content: system }];
  const headers = {
    'Content-Type': 'application/json',
    ...(stream && { Accept: 'text/event-stream' }),
    ...(key !== '' && { Authorization: `Bearer ${key}` }),
  };
  /** The conversation so far, and the question that is open. */
  let said = [...start];
  let asked = '';
  /** The text of the answer so far, and whether the model has said why it ended. */
  let heard = '';
  let hasFinished = false;

  function readBody(body: string, hear: HearTurn): void {
    heard = '';
    hasFinished = false;
    if (/^\uFEFF?\s*[{[]/.test(body)) hear(readReply(jsonIn(body.replace(/^\uFEFF/, ''))), body);
    else readStream(body, hear);
  }

  function readStream(body: string, hear: HearTurn): void {
    const events = serverSentEvents(body, ({ data }) =>
      hear(data === DONE ? ended() : readEvent(jsonIn(data)), data),
    );
    if (events === 0) hear({ type: 'bad', lacks: 'data' });
  }

  /** An end before the model has finished is that of a stream that was broken off. */
  function ended(): ServerMessage {
    if (!hasFinished) return IGNORED;
    keep();
    return END;
  }

  function readEvent(event: unknown): ServerMessage {
    if (!isPlainObject(event)) return { type: 'bad' };
    if (isError(event)) return { type: 'error', id: null };
    const choices = event['choices'];
    if (!Array.isArray(choices)) return { type: 'unknown', lacks: 'choices' };
    const choice = (choices as unknown[]).find(isFirst);
    if (choice === undefined) return IGNORED;
    const { delta, finish_reason: finish } = choice;
    if (typeof finish === 'string') hasFinished = true;
    return isRecord(delta) ? part(delta['content']) : IGNORED;
  }

  function part(content: unknown): ServerMessage {
    if (typeof content !== 'string' || content === '') return IGNORED;
    heard += content;
    return chunk(content, false);
  }

  function readReply(reply: unknown): ServerMessage {
    if (!isPlainObject(reply)) return { type: 'bad' };
    if (isError(reply)) return { type: 'error', id: null };
    const message = valueAt(reply, 'choices.0.message');
    if (!isPlainObject(message)) return { type: 'bad', lacks: 'choices.0.message' };
    const content = message['content'];
    heard = typeof content === 'string' ? content : '';
    keep();
    return chunk(heard, true);
  }

  function keep(): void {
    if (!history || heard === '') return;
    said.push({ role: 'user', content: asked }, { role: 'assistant', content: heard });
  }

  return {
    begin: () => {
      said = [...start];
    },
    turn: (_ids, _id, _course, text) => {
      asked = text;
      const messages = [...said, { role: 'user', content: text }];
      return {
        name,
        method: 'POST',
        path,
        body: JSON.stringify({ ...more, model, messages, stream }),
        headers,
      };
    },
    readBody,
  };
}

/** Of several choices, the first is the answer. */
function isFirst(choice: unknown): choice is Record<string, unknown> {
  return isRecord(choice) && (choice['index'] ?? 0) === 0;
}

function isError({ error }: Record<string, unknown>): boolean {
  return error !== undefined && error !== null;
}
