/** What only the first evaluation of `upload` needs. Pure; it reaches the script as text (`./uploadBefore.ts?text`). */
import { observedUploads } from '../../../lib/measures/uploads.ts';
import { prepareRun, type Input, type Prepared, type SystemBefore } from '../../../lib/before/prepare.ts';
import { UPLOAD_SECTIONS } from './uploadSettings.ts';
import { UPLOAD_WORDS } from './uploadWords.ts';

/** Users share nothing but their settings. */
const UPLOAD: SystemBefore<null, typeof UPLOAD_SECTIONS> = {
  words: UPLOAD_WORDS,
  sections: UPLOAD_SECTIONS,
  has: () => [],
  share: () => ({ facts: null, texts: [] }),
  longestVisit: (config) => {
    const { httpTimeoutSeconds, chunkTimeoutSeconds, completeTimeoutSeconds, fileTimeoutSeconds } = config;
    const file =
      fileTimeoutSeconds + chunkTimeoutSeconds + 2 * completeTimeoutSeconds + 3 * httpTimeoutSeconds;
    return config.numSessions * config.staggerSeconds + config.files * file;
  },
  longestEnd: ({ chunkTimeoutSeconds, completeTimeoutSeconds }) =>
    Math.max(chunkTimeoutSeconds, completeTimeoutSeconds),
  observed: ({ numSessions, files }) => observedUploads({ uploads: numSessions, files }),
  isBulky: true,
};

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared<null> | string {
  return prepareRun(UPLOAD, input);
}
