/** The settings of `redis`, and those of every script with a Redis server. Pure data. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { OF_SESSIONS, SOME_SECONDS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { levelsAtOnce, ROUNDS } from '../../../lib/before/settings/rounds.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';
import { COMMANDS, type CommandName } from './keys.ts';

/** Where the server is. */
export const REDIS = section({
  title: 'Redis',
  families: ['REDIS'],
  settings: {
    redisUrl: {
      kind: 'custom',
      env: 'REDIS_URL',
      default: 'redis://127.0.0.1:6379',
      parse: readUrl,
      hidesText: true,
      meaning:
        'address of the server: `redis://` or with TLS `rediss://`, with user and number of the database where it has any; `crescendo run` starts a server of its own when it is not set',
      shapes: 'nothing',
      vu: true,
      inFiles: 'without user',
      ofTarget: { by: 'redis' },
    },
    redisPassword: {
      kind: 'text',
      env: 'REDIS_PASSWORD',
      otherwise: 'none',
      meaning: 'its password, which may also stand in the address; a secret',
      shapes: 'nothing',
      vu: true,
      inFiles: 'masked',
    },
    redisTimeoutSeconds: {
      ...SOME_SECONDS,
      env: 'REDIS_TIMEOUT_SECONDS',
      default: 5,
      meaning: 'until a connection is open, and from a command to its answer',
      ...OF_SESSIONS,
    },
    keyPrefix: {
      kind: 'text',
      env: 'KEY_PREFIX',
      default: 'crescendo',
      meaning: 'what the keys begin with, before the number of the run; they are removed at its end',
      shapes: 'nothing',
    },
    valueBytes: {
      kind: 'whole',
      unit: 'bytes',
      min: 1,
      max: 10_000_000,
      env: 'VALUE_BYTES',
      default: 100,
      meaning: 'length of each value',
      ...OF_SESSIONS,
    },
  },
});

const CLIENTS = section({
  title: 'Load',
  families: ['ROUND'],
  settings: {
    ...LOAD.settings,
    levels: levelsAtOnce('OPERATIONS', 'clients', '100', '20'),
    rounds: ROUNDS,
    commands: {
      kind: 'custom',
      env: 'COMMANDS',
      default: COMMANDS.join(','),
      parse: readCommands,
      meaning: 'what each client does in a round, one after the other',
      ...OF_SESSIONS,
    },
  },
});

/** Every setting that `redis` reads. */
export const REDIS_SECTIONS = [REDIS, CLIENTS, RETRIES, JUDGEMENT, UNLOGGED_OUTPUT] as const;

/** The values that VUs read. */
export type RedisVuConfig = VuConfigOf<typeof REDIS_SECTIONS>;

function readUrl(text: string, reject: (remedy: string) => void): string | undefined {
  if (
    /^rediss?:\/\/(?:[^\s/@]*@)?(?:[^\s/:?#@[\]]+|\[[\da-f:.]+\])(?::\d{1,5})?(?:\/\d{0,5})?(?:\?\S*)?$/i.test(
      text,
    )
  )
    return text.replace(/^\w+/, (scheme) => scheme.toLowerCase());
  reject(
    'it must be redis://host:port or rediss://host:port, with /number for another database than 0, for example REDIS_URL=redis://127.0.0.1:6379',
  );
  return undefined;
}

function readCommands(text: string, reject: (remedy: string) => void): CommandName[] | undefined {
  const names = text.split(',').map((name) => name.trim().toUpperCase());
  const known = names.flatMap((name) => COMMANDS.find((command) => command === name) ?? []);
  if (known.length === names.length && names.length <= 100) return known;
  reject(`it must be some of ${COMMANDS.join(', ')}, with commas between, for example COMMANDS=SET,GET,DEL`);
  return undefined;
}
