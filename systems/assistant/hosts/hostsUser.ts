/** A client who asks one host for its health in each round. */
import { plainGet } from '../../../lib/k6/timedRequest.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { taggedBooksOf } from '../../../lib/vu/operationBooks.ts';
import { roundBooks } from '../../../lib/vu/roundBooks.ts';
import { roundRequest } from '../../../lib/vu/roundRequest.ts';
import { eachRound } from '../../../lib/vu/rounds.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { HostsVuConfig } from './hostsSettings.ts';

/** Makes the visits of a VU; while it is initialised. */
export function hostsUser(config: HostsVuConfig, words: VuWords): RunVisit {
  const { hosts, healthPath, httpTimeoutSeconds } = config;
  const begin = roundBooks(words);
  const send = roundRequest('check');
  const checks = hosts.map(({ name, url }) => ({
    books: taggedBooksOf(words, 'health_check', { host: name }),
    request: plainGet(name, url + healthPath, httpTimeoutSeconds * 1000),
  }));

  /** The client of one host in one stage; resolves to true: a host that is gone is asked again in the next round. */
  return async (clock, place) => {
    const client = begin(clock);
    const check = checks[place - 1];
    await eachRound(clock, config.rounds, client, (roundAt) => {
      if (check !== undefined) send(client, check.books, check.request, roundAt);
      return Promise.resolve();
    });
    client.end();
    return true;
  };
}
