/** What only the first evaluation of the toy's script needs. Pure; it reaches the script as text. */
import { prepareRun, type Input, type Prepared } from '../../lib/before/prepare.ts';
import { COMMON } from '../../lib/before/settings/common.ts';
import { TOY_WORDS } from './words.ts';

export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(
    {
      words: TOY_WORDS,
      sections: COMMON,
      has: () => [],
      share: () => ({ facts: null, texts: [] }),
      longestVisit: () => 20,
      longestEnd: () => 2,
    },
    input,
  );
}
