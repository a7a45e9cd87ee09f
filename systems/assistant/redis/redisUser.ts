/** A client of a Redis server in a stage of rounds: in each round it sends its commands, one after the other. */
import type { RunVisit } from '../../../lib/system.ts';
import { roundBooks } from '../../../lib/vu/roundBooks.ts';
import { eachRound } from '../../../lib/vu/rounds.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import { RedisClient, redisLedger } from './redisClient.ts';
import type { RedisVuConfig } from './redisSettings.ts';

/** Makes the visits of a VU; while it is initialised. `prefix`: what the keys of the run begin with. */
export function redisUser(config: RedisVuConfig, words: VuWords, prefix: string): RunVisit {
  const begin = roundBooks(words);
  const ledger = redisLedger(words);
  let client: RedisClient | undefined;

  /** One client in one stage; resolves to whether any command was answered. */
  return async (clock, place) => {
    const books = begin(clock);
    const own = (client ??= new RedisClient(config, ledger, prefix, place));
    await own.connect(books);
    await eachRound(clock, config.rounds, books, async (roundAt) => {
      for (const command of config.commands) await own.run(command, books, roundAt);
    });
    books.end();
    return books.good > 0;
  };
}
