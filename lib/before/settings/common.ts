/** The sections of settings that are no system's own; a system takes those that it has a use for. Pure data. */
import type { ConfigOf, VuConfigOf } from '../../words/sections.ts';
import { JUDGEMENT } from './judgement.ts';
import { LOAD } from './load.ts';
import { OUTPUT } from './output.ts';
import { RETRIES } from './retries.ts';
import { TARGET } from './target.ts';

export const COMMON = [TARGET, LOAD, RETRIES, JUDGEMENT, OUTPUT] as const;

/** Those of their settings that a system may do without. */
type Optional =
  | 'apiBaseUrl'
  | 'websocketBaseUrl'
  | 'origin'
  | 'sessionLog'
  | 'connectTimeoutSeconds'
  | 'httpTimeoutSeconds';
type WithOptional<C> = Omit<C, Optional> & Partial<Pick<C, Optional & keyof C>>;

/** The values of these sections, which every script has; the names of its profiles are a system's own. */
export type CommonConfig = WithOptional<Omit<ConfigOf<typeof COMMON>, 'profile'>> & {
  profile: string | null;
};

/** Those that VUs read. */
export type CommonVuConfig = WithOptional<VuConfigOf<typeof COMMON>>;
