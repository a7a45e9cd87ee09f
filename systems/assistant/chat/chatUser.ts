/** A client who chats: in each round one message, and its answer. */
import type { TimedRequest } from '../../../lib/k6/timedRequest.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { taggedBooksOf } from '../../../lib/vu/operationBooks.ts';
import { roundBooks } from '../../../lib/vu/roundBooks.ts';
import { roundRequest } from '../../../lib/vu/roundRequest.ts';
import { eachRound } from '../../../lib/vu/rounds.ts';
import type { Failure } from '../../../lib/words/failures.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { chatBody, CHAT_PATH, lacking } from './chatProtocol.ts';
import type { ChatVuConfig } from './chatSettings.ts';

/** Makes the visits of a VU; while it is initialised. */
export function chatUser(config: ChatVuConfig, words: VuWords): RunVisit {
  const begin = roundBooks(words);
  const requests = taggedBooksOf(words, 'request', { endpoint: 'chat' });
  const send = roundRequest('request', useless);
  const request = requestOf(config);

  /** One client in one stage; resolves to whether any message was answered. */
  return async (clock) => {
    const client = begin(clock);
    await eachRound(clock, config.rounds, client, (roundAt) => {
      send(client, requests, request, roundAt);
      return Promise.resolve();
    });
    client.end();
    return client.good > 0;
  };
}

function useless(text: string): Failure | undefined {
  const missing = lacking(jsonIn(text));
  if (missing === undefined) return undefined;
  return { reason: 'bad_body', detail: () => `the answer of chat lacks "${missing}": ${text}` };
}

function requestOf({ apiBaseUrl, httpTimeoutSeconds, message }: ChatVuConfig): TimedRequest {
  return {
    name: 'chat',
    method: 'POST',
    url: apiBaseUrl + CHAT_PATH,
    body: chatBody(message),
    headers: { 'Content-Type': 'application/json' },
    timeoutMs: httpTimeoutSeconds * 1000,
  };
}
