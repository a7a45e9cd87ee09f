/** The sections of settings that are no system's own; a system takes those that it has a use for. Pure data. */
import type { ConfigOf, VuConfigOf } from '../../words/sections.ts';
import { JUDGEMENT } from './judgement.ts';
import { LOAD } from './load.ts';
import { OUTPUT } from './output.ts';
import { RETRIES } from './retries.ts';
import { TARGET } from './target.ts';

export const COMMON = [TARGET, LOAD, RETRIES, JUDGEMENT, OUTPUT] as const;

/** The values of these sections, which every script has. */
export type CommonConfig = ConfigOf<typeof COMMON>;

/** Those that VUs read. */
export type CommonVuConfig = VuConfigOf<typeof COMMON>;
