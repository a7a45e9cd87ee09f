/** The settings of `hosts`. Pure data. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { OF_SESSIONS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { ROUNDS } from '../../../lib/before/settings/rounds.ts';
import { TIME_LIMITS } from '../../../lib/before/settings/target.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';

/** A host that is asked: its name in tags, and its address. */
export interface Host {
  name: string;
  url: string;
}

/** Where nobody names any, these are all the reference target. */
const NAMES = ['main', 'frontend', 'api', 'files', 'search', 'admin'];

const HOSTS = section({
  title: 'Target',
  families: ['HOST', 'HEALTH'],
  settings: {
    hosts: {
      kind: 'custom',
      env: 'HOSTS',
      default: NAMES.map((name) => `${name}=http://127.0.0.1:8000`).join(','),
      parse: readHosts,
      hidesText: true,
      meaning: 'names and addresses of the hosts, with commas between',
      shapes: 'plan',
      loads: ['rounds'],
      vu: true,
      ofTarget: { by: 'http', names: NAMES },
    },
    healthPath: {
      kind: 'path',
      env: 'HEALTH_PATH',
      default: '/api/health',
      meaning: 'what is asked of each, below its address',
      ...OF_SESSIONS,
    },
    httpTimeoutSeconds: TIME_LIMITS.httpTimeoutSeconds,
  },
});

const ROUNDS_OF_HOSTS = section({
  title: 'Load',
  families: ['ROUND'],
  settings: { ...LOAD.settings, rounds: ROUNDS },
});

/** Every setting that `hosts` reads. */
export const HOSTS_SECTIONS = [HOSTS, ROUNDS_OF_HOSTS, RETRIES, JUDGEMENT, UNLOGGED_OUTPUT] as const;

/** The values that VUs read. */
export type HostsVuConfig = VuConfigOf<typeof HOSTS_SECTIONS>;

/** Each makes sub-metrics for all that can fail. */
const MOST_HOSTS = 50;

function readHosts(text: string, reject: (remedy: string) => void): Host[] | undefined {
  const hosts = text.split(',').map(hostIn);
  const known = hosts.filter((host) => host !== undefined);
  const names = new Set(known.map(({ name }) => name));
  if (known.length === hosts.length && names.size === known.length && known.length <= MOST_HOSTS)
    return known;
  reject(
    `it must be 1 to ${MOST_HOSTS} names with http:// or https:// addresses without user or query, each name once, for example HOSTS=main=https://chat.example.com,frontend=https://www.example.com`,
  );
  return undefined;
}

function hostIn(part: string): Host | undefined {
  const [, name, url] = /^([\w-]{1,30})=(https?:\/\/[^\s/?#@]+(?:\/[^\s?#]*)?)$/i.exec(part.trim()) ?? [];
  return name === undefined || url === undefined ? undefined : { name, url: url.replace(/\/+$/, '') };
}
