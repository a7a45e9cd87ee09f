/** What is done with a Redis server before and after the load: is it there, and no key of the run stays. */
import { redis, type RedisTarget } from '../../../lib/k6/redis.ts';
import { withoutCredentials } from '../../../lib/words/query.ts';
import { keysOf } from './keys.ts';

/** The sentence for a server that does not answer, or not to this user; `undefined`: all is well. */
export async function noRedis(target: RedisTarget): Promise<string | undefined> {
  const reply = await redis(target)(['PING']);
  if (reply.is === 'answer') return undefined;
  const address = withoutCredentials(target.redisUrl);
  if (reply.reason === 'redis_noauth')
    return `The Redis server at ${address} wants a password: set REDIS_PASSWORD.`;
  if (reply.reason === 'redis_wrongpass')
    return `The Redis server at ${address} refuses the password, or the user: check REDIS_PASSWORD and the user in REDIS_URL.`;
  if (reply.reason.startsWith('redis_'))
    return `The Redis server at ${address} takes no commands (${reply.detail}).`;
  return `No Redis server answers at ${address} (${reply.reason.replaceAll('_', ' ')}). Start one there (on Debian: apt-get install redis-server), or set REDIS_URL to where it is.`;
}

/** Clients whose keys are removed by one command. */
const AT_ONCE = 250;

/** Removes what clients left: those numbered from 1 to `clients`. */
export async function removeKeys(target: RedisTarget, prefix: string, clients: number): Promise<void> {
  const send = redis(target);
  for (let first = 1; first <= clients; first += AT_ONCE) {
    const count = Math.min(AT_ONCE, clients - first + 1);
    const keys = Array.from({ length: count }, (_, index) => keysOf(prefix, first + index)).flat();
    const reply = await send(['UNLINK', ...keys]);
    if (reply.is === 'failure') {
      console.warn(
        `Keys that begin with ${prefix} could not be removed (${reply.detail}): remove them yourself.`,
      );
      return;
    }
  }
}
