/** The settings of `graph-api`. Pure data. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { MIX, partsSetting } from '../../../lib/before/settings/mix.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { ANY_SECONDS, OF_SESSIONS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';
import { REST_TARGET } from '../settings.ts';
import { ENDPOINTS } from './endpoints.ts';

const MOST = 1e6;

const LEVELS = section({
  title: 'Levels',
  settings: {
    ...LOAD.settings,
    mix: {
      ...MIX,
      parts: partsSetting({
        tag: 'endpoint',
        env: 'ENDPOINTS',
        values: ENDPOINTS,
        meaning: 'endpoints that are asked, each alone and then all together',
      }),
    },
  },
});

const REQUESTS = section({
  title: 'Requests',
  settings: {
    thinkSeconds: {
      ...ANY_SECONDS,
      env: 'THINK_SECONDS',
      default: 0,
      meaning: 'from an answer to the next request of a client; 0: at once',
      ...OF_SESSIONS,
    },
    keepAlive: {
      kind: 'choice',
      env: 'KEEP_ALIVE',
      default: 'on',
      choices: ['on', 'off'],
      meaning: 'whether a client keeps its connection, or opens one for each request',
      ...OF_SESSIONS,
    },
    keptShare: {
      kind: 'number',
      unit: 'a share',
      where: ' of 1',
      min: 0.01,
      max: 1,
      env: 'STRESS_KEEPS',
      default: 0.8,
      meaning:
        'of the throughput of the highest level together, that the stress stage must keep: `stress_margin`',
      ...OF_SESSIONS,
    },
    words: {
      kind: 'custom',
      env: 'SEARCH_WORDS',
      default: 'am,br,ca,di,ea,fe,go,hi,ic,jo',
      parse: readWords,
      meaning: 'parts of names to search, with commas between',
      ...OF_SESSIONS,
    },
    limit: {
      kind: 'whole',
      unit: 'nodes',
      min: 1,
      max: MOST,
      env: 'SEARCH_LIMIT',
      default: 20,
      meaning: 'nodes that a search asks for at most',
      ...OF_SESSIONS,
    },
    nodeId: {
      kind: 'text',
      env: 'NODE_ID',
      default: 'n#',
      meaning: 'id of a node to walk from; `#` is a number from 1 to `NODES`',
      ...OF_SESSIONS,
    },
    nodes: {
      kind: 'whole',
      unit: 'nodes',
      min: 1,
      max: 1e9,
      env: 'NODES',
      default: 5000,
      meaning: 'number of nodes',
      ...OF_SESSIONS,
    },
    depth: {
      kind: 'whole',
      unit: 'edges',
      min: 0,
      max: 100,
      env: 'TRAVERSE_DEPTH',
      default: 2,
      meaning: 'how far to walk',
      ...OF_SESSIONS,
    },
    direction: {
      kind: 'choice',
      env: 'TRAVERSE_DIRECTION',
      default: 'out',
      choices: ['out', 'in', 'both'],
      meaning: 'along which edges',
      ...OF_SESSIONS,
    },
  },
});

/** Every setting that `graph-api` reads. */
export const API_SECTIONS = [REST_TARGET, LEVELS, REQUESTS, RETRIES, JUDGEMENT, UNLOGGED_OUTPUT] as const;

/** The values that VUs read. */
export type ApiVuConfig = VuConfigOf<typeof API_SECTIONS>;

function readWords(text: string, reject: (remedy: string) => void): readonly string[] | undefined {
  const words = text.split(',').map((word) => word.trim());
  if (words.length <= 1000 && words.every((word) => word !== '')) return words;
  reject('it must be parts of names with commas between, for example SEARCH_WORDS=river,stone');
  return undefined;
}
