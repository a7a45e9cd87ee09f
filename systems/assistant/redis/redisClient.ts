/** A client of a Redis server whose connection and commands are booked. */
import { redis, type Redis, type RedisReply, type RedisTarget } from '../../../lib/k6/redis.ts';
import { booksOf, taggedBooksOf, type OperationBooks } from '../../../lib/vu/operationBooks.ts';
import type { RoundBooks } from '../../../lib/vu/roundBooks.ts';
import { now } from '../../../lib/k6/clock.ts';
import type { VuWords } from '../../../lib/vocabulary/vuWords.ts';
import type { Failure } from '../../../lib/words/failures.ts';
import { COMMANDS, Keys, type CommandName } from './keys.ts';

/** Where a VU counts what its clients do. */
export interface RedisLedger {
  connections: OperationBooks;
  commands: Record<CommandName, OperationBooks>;
}

/** Makes it; while the VU is initialised. */
export function redisLedger(words: VuWords): RedisLedger {
  const entries = COMMANDS.map((command) => [command, taggedBooksOf(words, 'command', { command })] as const);
  return {
    connections: booksOf(words, 'connection'),
    commands: Object.fromEntries(entries) as Record<CommandName, OperationBooks>,
  };
}

/** The settings that it needs. */
interface ClientSettings extends RedisTarget {
  valueBytes: number;
}

/** One client with its keys; it keeps its connection from visit to visit. */
export class RedisClient {
  private readonly send: Redis;
  private readonly ledger: RedisLedger;
  private readonly keys: Keys;
  private isConnected = false;

  /** `number`: of the client in the run; `prefix`: what the keys of the run begin with. */
  constructor(settings: ClientSettings, ledger: RedisLedger, prefix: string, number: number) {
    this.send = redis(settings);
    this.ledger = ledger;
    this.keys = new Keys(prefix, number, settings.valueBytes);
  }

  /** Opens the connection, if it is not open yet. */
  async connect({ visit }: RoundBooks): Promise<void> {
    if (this.isConnected) return;
    const { connections } = this.ledger;
    const at = now();
    connections.began(at);
    const reply = await this.send(['PING']);
    const endedAt = now();
    if (reply.is === 'answer') {
      this.isConnected = true;
      connections.good(at, endedAt);
      return;
    }
    connections.bad(at, endedAt, reply.reason);
    visit.fail('connect', reply.reason, reply.detail);
  }

  /** Sends one command, in a round that began at `roundAt`; resolves to its latency, or to nothing when it failed. */
  async run(command: CommandName, books: RoundBooks, roundAt: number): Promise<number | undefined> {
    const begun = books.begins(this.ledger.commands[command], 'command', roundAt);
    const reply = await this.send(this.keys.command(command));
    const at = now();
    const failure = this.failureOf(command, reply);
    if (failure === undefined) {
      books.succeeded(begun, at);
      return at - begun.at;
    }
    this.keys.failed();
    books.failed(begun, at, failure);
    return undefined;
  }

  private failureOf(command: CommandName, reply: RedisReply): Failure | undefined {
    if (reply.is === 'failure') return { reason: reply.reason, detail: `${command}: ${reply.detail}` };
    if (this.keys.answered(command, reply.value)) return undefined;
    const detail = () => `${command} was answered by ${JSON.stringify(reply.value).slice(0, 100)}`;
    return { reason: 'wrong_reply', detail };
  }
}
