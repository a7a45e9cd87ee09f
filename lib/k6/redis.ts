/** Commands to a Redis server by k6's client, which a k6 has that was built with it. */
import { Client } from 'k6/x/redis';
import { reasonOfRedis, type Reason } from '../words/failures.ts';
import { openQuery } from '../words/query.ts';

/** Where the server is, and how long each step may take. */
export interface RedisTarget {
  /** `redis://` or `rediss://`; a user in it needs `password`. */
  redisUrl: string;
  redisPassword?: string | undefined;
  redisTimeoutSeconds: number;
}

/** What became of a command; no value is `null`. */
export type RedisReply = { is: 'answer'; value: unknown } | { is: 'failure'; reason: Reason; detail: string };

/** A command and what comes with it. */
export type Command = readonly [name: string, ...args: (string | number)[]];

/** Sends a command; never rejects. */
export type Redis = (command: Command) => Promise<RedisReply>;

/**
 * A client with so many connections at most, which are opened when they are needed. It tries nothing again. It does not
 * tell when an answer came, so whoever takes the time includes what the VU took to handle it.
 */
export function redis(target: RedisTarget, connections = 1): Redis {
  const client = new Client(addressOf(target, connections));
  return ([name, ...args]) => client.sendCommand(name, ...args).then(answered, failed);
}

function answered(value: unknown): RedisReply {
  return { is: 'answer', value };
}

function failed(error: unknown): RedisReply {
  const text = String(error);
  if (text === 'redis: nil') return { is: 'answer', value: null };
  return { is: 'failure', reason: reasonOfRedis(text), detail: text };
}

/** The options of go-redis stand in the query; of two of a name it takes the last. */
function addressOf(
  { redisUrl, redisPassword, redisTimeoutSeconds }: RedisTarget,
  connections: number,
): string {
  const seconds = `${redisTimeoutSeconds}s`;
  const options = Object.entries({
    max_retries: -1,
    pool_size: connections,
    dial_timeout: seconds,
    read_timeout: seconds,
    write_timeout: seconds,
  }).map(([name, value]) => `${name}=${value}`);
  const address = redisPassword === undefined ? redisUrl : withPassword(redisUrl, redisPassword);
  return openQuery(address) + options.join('&');
}

function withPassword(url: string, password: string): string {
  const [, scheme = '', user = '', rest = ''] = /^(\w+:\/\/)(?:([^/:@]*)(?::[^/]*)?@)?(.*)$/.exec(url) ?? [];
  return `${scheme}${user}:${encodeURIComponent(password)}@${rest}`;
}
