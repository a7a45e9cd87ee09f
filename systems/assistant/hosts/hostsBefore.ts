/** What only the first evaluation of `hosts` needs. Pure; it reaches the script as text (`./hostsBefore.ts?text`). */
import { WATCHED_LOOPS } from '../../../lib/before/loops.ts';
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { HOSTS_SECTIONS } from './hostsSettings.ts';
import { HOSTS_WORDS, hostsWords } from './hostsWords.ts';

/** Each host is asked by a client of its own. */
const HOSTS: SystemBefore<null, typeof HOSTS_SECTIONS> = {
  words: HOSTS_WORDS,
  wordsOf: ({ hosts }) => hostsWords(hosts.map(({ name }) => name)),
  sections: HOSTS_SECTIONS,
  has: () => [],
  share: () => ({ facts: null, texts: [] }),
  longestVisit: ({ httpTimeoutSeconds }) => httpTimeoutSeconds,
  longestEnd: ({ httpTimeoutSeconds }) => httpTimeoutSeconds,
  ...WATCHED_LOOPS,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(HOSTS, input);
}
