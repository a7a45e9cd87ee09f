/** The settings of `chat-http`. Pure data. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { OF_SESSIONS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { levelsAtOnce, ROUNDS } from '../../../lib/before/settings/rounds.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';
import { API_TARGET, HEALTH } from '../settings.ts';

const CHATS = section({
  title: 'Load',
  families: ['CHAT', 'ROUND'],
  settings: {
    ...LOAD.settings,
    levels: levelsAtOnce('CHATS', 'chats', '50', '20'),
    rounds: ROUNDS,
    message: {
      kind: 'text',
      env: 'CHAT_MESSAGE',
      default: 'What can you do for me?',
      meaning: 'what is said in each chat',
      ...OF_SESSIONS,
    },
  },
});

/** Every setting that `chat-http` reads. */
export const CHAT_SECTIONS = [API_TARGET, CHATS, HEALTH, RETRIES, JUDGEMENT, UNLOGGED_OUTPUT] as const;

/** The values that VUs read. */
export type ChatVuConfig = VuConfigOf<typeof CHAT_SECTIONS>;
