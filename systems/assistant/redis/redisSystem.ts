/** Commands to a Redis server as the system of a script: many clients begin at the same moment. */
import type { System } from '../../../lib/system.ts';
import { noRedis, removeKeys } from './cleanUp.ts';
import before from './redisBefore.ts?text';
import type { RedisVuConfig } from './redisSettings.ts';
import { redisUser } from './redisUser.ts';

export const assistantRedis: System<string, RedisVuConfig> = {
  before,
  inVu: ({ config, words, facts: prefix }) => ({
    uses: () => ({ calls: false, missing: () => noRedis(config) }),
    visits: () => redisUser(config, words, prefix),
    probes: () => redisUser(config, words, prefix),
    after: (most) => removeKeys(config, prefix, most),
  }),
};
