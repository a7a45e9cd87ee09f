/** The settings of a script whose questions are HTTP requests. Pure data; VUs get the values only. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { OUTPUT } from '../../../lib/before/settings/output.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { apiSetting, TIME_LIMITS } from '../../../lib/before/settings/target.ts';
import { section, type VuConfigOf } from '../../../lib/words/sections.ts';
import { ANSWER_TIMEOUT, HEADER_SETTINGS, QUESTION_SETTINGS } from '../asking/askingSettings.ts';

const TARGET = section({
  title: 'Target',
  settings: {
    apiBaseUrl: apiSetting('address of the back end: questions, log-in, session and clean-up'),
    httpTimeoutSeconds: {
      ...TIME_LIMITS.httpTimeoutSeconds,
      meaning: 'of each REST call that is no question',
    },
  },
});

const OWN = section({
  title: 'Chat over HTTP',
  families: ['ANSWER', 'QUESTION'],
  settings: {
    httpHeaders: {
      ...HEADER_SETTINGS.httpHeaders,
      meaning: 'of each request, where the protocol has no header of that name: `Name: value` lines, or JSON',
    },
    basicAuth: HEADER_SETTINGS.basicAuth,
    ...QUESTION_SETTINGS,
    answerTimeoutSeconds: ANSWER_TIMEOUT,
  },
});

/** Every setting that such a script reads. */
export const TURN_SECTIONS = [TARGET, LOAD, RETRIES, JUDGEMENT, OUTPUT, OWN] as const;

/** Those that VUs read. */
export type TurnConfig = VuConfigOf<typeof TURN_SECTIONS>;
