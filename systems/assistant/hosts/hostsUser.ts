/** A client who asks one host for its health in each round. */
import { since } from '../../../lib/k6/clock.ts';
import { timedRequest } from '../../../lib/k6/timedRequest.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { taggedBooksOf } from '../../../lib/vu/operationBooks.ts';
import { roundBooks } from '../../../lib/vu/roundBooks.ts';
import { eachRound } from '../../../lib/vu/rounds.ts';
import { addSince } from '../../../lib/vu/stageTag.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { HostsVuConfig } from './hostsSettings.ts';

/** Makes the visits of a VU; while it is initialised. */
export function hostsUser(config: HostsVuConfig, words: VuWords): RunVisit {
  const { hosts, healthPath, httpTimeoutSeconds } = config;
  const begin = roundBooks(words);
  const books = hosts.map(({ name }) => taggedBooksOf(words, 'health_check', { host: name }));
  const generatorLag = metric('generator_lag');
  const timeoutMs = httpTimeoutSeconds * 1000;

  /** The client of one host in one stage; resolves to true: a host that is gone is asked again in the next round. */
  return async (clock, place) => {
    const client = begin(clock);
    const host = hosts[place - 1];
    const checks = books[place - 1];
    await eachRound(clock, config.rounds, (roundAt) => {
      if (host !== undefined && checks !== undefined) ask(host.name, host.url + healthPath, checks, roundAt);
      return Promise.resolve();
    });
    client.end();
    return true;

    function ask(name: string, url: string, into: typeof checks & object, roundAt: number): void {
      const check = client.begins(into, 'check', roundAt);
      const reply = timedRequest({ name, method: 'GET', url, body: null, headers: {}, timeoutMs }, check.at);
      if (reply.is === 'failure') return client.failed(check, reply.at, reply);
      client.succeeded(check, reply.at);
      addSince(check.at, generatorLag, since(reply.at));
    }
  };
}
