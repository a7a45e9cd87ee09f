/** A client who chats: in each round one message, and its answer. */
import { since } from '../../../lib/k6/clock.ts';
import { timedRequest, type TimedRequest } from '../../../lib/k6/timedRequest.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { taggedBooksOf } from '../../../lib/vu/operationBooks.ts';
import { roundBooks } from '../../../lib/vu/roundBooks.ts';
import { eachRound } from '../../../lib/vu/rounds.ts';
import { addSince } from '../../../lib/vu/stageTag.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { chatBody, CHAT_PATH, lacking } from './chatProtocol.ts';
import type { ChatVuConfig } from './chatSettings.ts';

/** Makes the visits of a VU; while it is initialised. */
export function chatUser(config: ChatVuConfig, words: VuWords): RunVisit {
  const begin = roundBooks(words);
  const requests = taggedBooksOf(words, 'request', { endpoint: 'chat' });
  const generatorLag = metric('generator_lag');
  const request = requestOf(config);

  /** One client in one stage; resolves to whether any message was answered. */
  return async (clock) => {
    const client = begin(clock);
    await eachRound(clock, config.rounds, (roundAt) => {
      const message = client.begins(requests, 'request', roundAt);
      const reply = timedRequest(request, message.at);
      const missing = reply.is === 'answer' ? lacking(jsonIn(reply.text)) : undefined;
      if (reply.is === 'failure') client.failed(message, reply.at, reply);
      else if (missing !== undefined) client.failed(message, reply.at, useless(missing, reply.text));
      else {
        client.succeeded(message, reply.at);
        addSince(message.at, generatorLag, since(reply.at));
      }
      return Promise.resolve();
    });
    client.end();
    return client.good > 0;
  };
}

function useless(missing: string, text: string) {
  return { reason: 'bad_body', detail: () => `the answer of chat lacks "${missing}": ${text}` } as const;
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
