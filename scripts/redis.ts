// How fast does a Redis server answer when many clients begin at the same moment, command by command?
import { testScript } from '../lib/testScript.ts';
import { loopObserver } from '../lib/vu/loopObserver.ts';
import { assistantRedis } from '../systems/assistant/redis/redisSystem.ts';
import thresholds from '../thresholds/redis.json?text';

const script = await testScript({
  name: 'redis',
  load: 'rounds',
  defaults: { ROUND_SECONDS: '5' },
  thresholds,
  system: assistantRedis,
});

export const { options, setup, teardown, handleSummary } = script;
export const { observeLoops } = loopObserver(script.parts);
export default script.run;
