/** A client of a graph service's endpoints: one request after the other, for as long as its stage lasts. */
import { delay, now } from '../../../lib/k6/clock.ts';
import { timedRequest, type TimedRequest } from '../../../lib/k6/timedRequest.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { jsonIn } from '../../../lib/words/jsonFields.ts';
import { seededRandom } from '../../../lib/words/random.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { clientBooks, type ClientBooks, type Margin } from './apiBooks.ts';
import type { ApiVuConfig } from './apiSettings.ts';
import { ENDPOINTS, lacking, requestOf, type Endpoint } from './endpoints.ts';

/** Makes the visits of a VU; while it is initialised. */
export function apiUser(config: ApiVuConfig, words: VuWords, margin: Margin | null): RunVisit {
  const beginClient = clientBooks(words, margin);
  const requests = requestsOf(config);

  /** One client in one stage; resolves to whether any request was answered. */
  return async (clock, vu, iteration) => {
    const client = beginClient(clock);
    const random = seededRandom(config.seed, vu, iteration);
    const endpoints = clock.only(now(), 'endpoint') ?? ENDPOINTS;
    const end = Math.min(clock.stageEnds(now()), now() + clock.remaining(now()));
    for (let turn = Math.floor(random() * endpoints.length); now() < end; turn++) {
      const endpoint = endpoints[turn % endpoints.length] as Endpoint;
      ask(client, endpoint, requests(endpoint, random));
      await delay(Math.min(config.thinkSeconds * 1000, end - now()));
    }
    client.end();
    return client.answered > 0;
  };
}

function requestsOf(config: ApiVuConfig): (endpoint: Endpoint, random: () => number) => TimedRequest {
  const { apiBaseUrl, httpTimeoutSeconds, keepAlive } = config;
  const timeoutMs = httpTimeoutSeconds * 1000;
  const headers = {
    'Content-Type': 'application/json',
    ...(keepAlive === 'on' ? {} : { Connection: 'close' }),
  };
  return (name, random) => {
    const { method, path, body } = requestOf(name, config, random);
    return { name, method, url: apiBaseUrl + path, body, headers, timeoutMs };
  };
}

/** Asks, and books what becomes of it. */
function ask(client: ClientBooks, endpoint: Endpoint, request: TimedRequest): void {
  const sentAt = now();
  client.sent(endpoint, sentAt);
  const reply = timedRequest(request, sentAt);
  if (reply.is === 'failure') return client.failed(endpoint, sentAt, reply.at, reply);
  const missing = lacking(endpoint, jsonIn(reply.text));
  if (missing === undefined) return client.answeredIn(endpoint, sentAt, reply.at);
  const detail = () => `the answer of ${endpoint} lacks "${missing}": ${reply.text}`;
  client.failed(endpoint, sentAt, reply.at, { reason: 'bad_body', detail });
}
