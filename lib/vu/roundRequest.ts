/** An HTTP request as the operation of a round. */
import { since } from '../k6/clock.ts';
import { timedRequest, type TimedRequest } from '../k6/timedRequest.ts';
import type { Failure, Phase } from '../words/failures.ts';
import { metric } from './metrics.ts';
import type { OperationBooks } from './operationBooks.ts';
import type { RoundBooks } from './roundBooks.ts';
import { addSince } from './stageTag.ts';

/** Makes the request while its VU waits, and books it; `roundAt`: when its round began (epoch ms). */
export type RoundRequest = (
  client: RoundBooks,
  books: OperationBooks,
  request: TimedRequest,
  roundAt: number,
) => void;

/** Made while a VU is initialised. `phase`: where requests fail if they do; `wrong`: what is wrong with the text of an answer. */
export function roundRequest(phase: Phase, wrong?: (text: string) => Failure | undefined): RoundRequest {
  const generatorLag = metric('generator_lag');

  return (client, books, request, roundAt) => {
    const begun = client.begins(books, phase, roundAt);
    const reply = timedRequest(request, begun.at);
    const failure = reply.is === 'failure' ? reply : wrong?.(reply.text);
    if (failure !== undefined) return client.failed(begun, reply.at, failure);
    client.succeeded(begun, reply.at);
    addSince(begun.at, generatorLag, since(reply.at));
  };
}
