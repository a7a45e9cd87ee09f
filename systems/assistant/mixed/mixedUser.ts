/** A client of `mixed-io`: in each round it writes and reads a file, or sends a command to a Redis server. */
import { now } from '../../../lib/k6/clock.ts';
import { laneOf } from '../../../lib/plans/rounds.ts';
import type { RunVisit } from '../../../lib/system.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import { booksOf } from '../../../lib/vu/operationBooks.ts';
import { roundBooks, type RoundBooks } from '../../../lib/vu/roundBooks.ts';
import { eachRound } from '../../../lib/vu/rounds.ts';
import { addSince } from '../../../lib/vu/stageTag.ts';
import type { StageClock } from '../../../lib/vu/stages.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { CommandName } from '../redis/keys.ts';
import { RedisClient, redisLedger } from '../redis/redisClient.ts';
import { fileOperation } from './fileOperation.ts';
import { contentOf } from './fileProtocol.ts';
import { fileName } from './fileNames.ts';
import { KINDS, SLOWDOWNS, type Kind } from './kinds.ts';
import type { MixedVuConfig } from './mixedSettings.ts';
import { Slowdown } from './slowdown.ts';

/** What a client does in a stage; `place`: its number among those of its kind, `told`: takes latencies. */
type Act = (place: number, books: RoundBooks, told: (milliseconds: number) => void) => Doing;

/** What it does before the first round, and in each. */
interface Doing {
  before?: () => Promise<void>;
  round: (roundAt: number) => Promise<void>;
}

/** Makes the visits of a VU; while it is initialised. `prefix`: what keys and files of the run begin with. */
export function mixedUser(config: MixedVuConfig, words: VuWords, prefix: string): RunVisit {
  const begin = roundBooks(words);
  const acts: Record<Kind, Act> = {
    file: fileAct(config, words, prefix),
    redis: redisAct(config, words, prefix),
  };
  const slowdowns: Record<Kind, Slowdown> = {
    file: slowdownOf('file', config.leastMs),
    redis: slowdownOf('redis', config.leastMs),
  };

  /** One client in one stage; resolves to whether anything worked. */
  return async (clock, rank) => {
    const { kind, place } = laneOf({ values: KINDS }, rank) as { kind: Kind; place: number };
    const books = begin(clock);
    const slowdown = slowdowns[kind];
    const doing = acts[kind](place, books, slowdown.visit(isAlone(clock)));
    await doing.before?.();
    await eachRound(clock, config.rounds, books, doing.round);
    slowdown.end();
    books.end();
    return books.good > 0;
  };
}

function isAlone(clock: StageClock): boolean {
  return clock.only(now(), 'kind')?.length === 1;
}

function slowdownOf(kind: Kind, leastMs: number): Slowdown {
  const { slowdown, compared } = SLOWDOWNS[kind];
  return new Slowdown({ slowdown: metric(slowdown), compared: metric(compared) }, leastMs);
}

function fileAct(config: MixedVuConfig, words: VuWords, prefix: string): Act {
  const operations = booksOf(words, 'file_operation');
  const generatorLag = metric('generator_lag');
  let number = 0;

  return (place, books, told) => ({
    round: async (roundAt) => {
      const content = contentOf(++number, config.contentBytes);
      const begun = books.begins(operations, 'file', roundAt);
      const { milliseconds, lag, failure } = await fileOperation(config, fileName(prefix, place), content);
      const at = begun.at + milliseconds;
      if (failure !== undefined) {
        books.failed(begun, at, failure);
        return;
      }
      books.succeeded(begun, at);
      addSince(begun.at, generatorLag, lag);
      told(milliseconds);
    },
  });
}

const COMMANDS: readonly CommandName[] = ['SET', 'GET'];

function redisAct(config: MixedVuConfig, words: VuWords, prefix: string): Act {
  const ledger = redisLedger(words);
  const clients = new Map<number, RedisClient>();

  return (place, books, told) => {
    const client = clients.get(place) ?? new RedisClient(config, ledger, prefix, place);
    clients.set(place, client);
    let number = 0;
    return {
      before: () => client.connect(books),
      round: async (roundAt) => {
        const command = COMMANDS[number++ % COMMANDS.length] ?? 'SET';
        const milliseconds = await client.run(command, books, roundAt);
        if (milliseconds !== undefined) told(milliseconds);
      },
    };
  };
}
