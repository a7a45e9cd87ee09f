/** The settings of an imported folder, as `.env` has them. Pure. */
import { plain } from '../../lib/words/plain.ts';
import type { OwnSetting } from './chain/ownSettings.ts';

/** What they say. Empty texts: nothing is set. */
export interface EnvFacts {
  apiBaseUrl: string;
  websocketBaseUrl: string;
  /** Where it is not that of the API. */
  origin: string;
  encryption: string;
  questions: number;
  thinkSeconds: string;
  own: readonly OwnSetting[];
}

/** The file. */
export function envText(facts: EnvFacts): string {
  const { apiBaseUrl, websocketBaseUrl, origin, encryption, questions, thinkSeconds, own } = facts;
  return [
    '# Settings for "crescendo run" in this folder; docs/settings.md leads to all others.',
    '# The recorded back end: change both for another.',
    `API_BASE_URL=${apiBaseUrl}`,
    `WEBSOCKET_BASE_URL=${websocketBaseUrl}`,
    ...(origin === '' ? [] : ['# Of the recorded page.', `WEBSOCKET_ORIGIN=${origin}`]),
    '',
    `ENCRYPTION=${encryption}`,
    ...(encryption === 'none'
      ? []
      : ['# Not in the recording: 64 hex digits, or the passphrase of openssl.', 'ENCRYPTION_KEY=']),
    ...(questions === 0
      ? []
      : [
          '',
          '# What was asked, in this order.',
          'QUESTIONS_FILE=questions.json',
          `QUESTIONS=recorded:${questions}`,
        ]),
    ...(thinkSeconds === ''
      ? []
      : ['# The recorded pauses between an answer and the next question.', `THINK_SECONDS=${thinkSeconds}`]),
    ...(own.length === 0
      ? []
      : ['', '# SETTINGS of protocol.ts. What was recorded is copied nowhere: fill it in.']),
    ...own.flatMap(({ name, is }) => [`# ${plain(is)}`, `${name}=`]),
    '',
  ].join('\n');
}
