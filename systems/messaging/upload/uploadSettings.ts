/** The settings of `upload`. Pure data. */
import { JUDGEMENT } from '../../../lib/before/settings/judgement.ts';
import { LOAD } from '../../../lib/before/settings/load.ts';
import { UNLOGGED_OUTPUT } from '../../../lib/before/settings/output.ts';
import { ANY_SECONDS, OF_SESSIONS, SOME_SECONDS } from '../../../lib/before/settings/ranges.ts';
import { RETRIES } from '../../../lib/before/settings/retries.ts';
import { parseByteSize } from '../../../lib/words/byteSize.ts';
import { section, setting, type Scales, type VuConfigOf } from '../../../lib/words/sections.ts';
import { API_TARGET, LOGIN } from '../settings.ts';

const { planFile } = LOAD.settings;

const UPLOADS = section({
  title: 'Load',
  families: ['UPLOAD'],
  settings: {
    ...LOAD.settings,
    numSessions: setting({
      kind: 'whole',
      unit: 'uploads',
      min: 1,
      max: 1e5,
      env: 'UPLOADS',
      scales: { by: 'load', least: 2 },
      default: 100,
      quick: '4',
      meaning: 'uploads at the same time, each of a user',
      shapes: 'plan',
      loads: ['burst'],
      vu: true,
    }),
    files: {
      kind: 'whole',
      unit: 'files',
      min: 1,
      max: 1e5,
      env: 'FILES',
      default: 1,
      quick: '10',
      meaning: 'files of each user, one after the other',
      ...OF_SESSIONS,
    },
    fileBytes: sizeSetting({
      env: 'FILE_BYTES',
      // Two chunks of the usual size; only what is given in bytes.
      scales: { by: 'size', least: 20e6, numbers: /^\d+$/g },
      default: '1GB',
      quick: '20MB',
      most: 1e13,
      meaning: 'size of each file: bytes, or `20MB`, `1GB` (powers of 1000), `1GiB` (of 1024)',
    }),
    staggerSeconds: {
      ...ANY_SECONDS,
      env: 'STAGGER_SECONDS',
      default: 0,
      meaning: 'from one upload to the next; 0: all at once',
      ...OF_SESSIONS,
    },
    profile: {
      kind: 'choice',
      env: 'PROFILE',
      default: null,
      choices: ['small', 'full'],
      meaning: 'one of the usual sizes of `upload`: 10 files of 20 MB, or 100 of 1 GB',
      shapes: 'plan',
    },
  },
  check: (_, refusal) => {
    if (refusal.isSet(planFile))
      refusal.reject(planFile, 'all uploads of this script come at once, so unset it and set UPLOADS');
  },
});

const CHUNKS = section({
  title: 'Chunks',
  families: ['CHUNK', 'MAX_CHUNK', 'SLOW_CHUNK'],
  settings: {
    maxChunkBytes: sizeSetting({
      env: 'MAX_CHUNK_BYTES',
      default: '64MiB',
      most: 2 ** 30,
      meaning:
        'the largest chunk that the server may ask for; each upload needs two to three times its size in memory',
    }),
    chunkTimeoutSeconds: {
      ...SOME_SECONDS,
      env: 'CHUNK_TIMEOUT_SECONDS',
      default: 60,
      meaning: 'from a chunk to its answer',
      ...OF_SESSIONS,
    },
    completeTimeoutSeconds: {
      ...SOME_SECONDS,
      env: 'COMPLETE_TIMEOUT_SECONDS',
      default: 60,
      meaning: 'for the merge of a file',
      ...OF_SESSIONS,
    },
    fileTimeoutSeconds: {
      ...SOME_SECONDS,
      env: 'FILE_TIMEOUT_SECONDS',
      scales: { by: 'time', least: 60 },
      default: 3600,
      meaning: 'behind it no chunk of a file is sent any more, and the file fails',
      ...OF_SESSIONS,
    },
    slowChunkSeconds: {
      ...SOME_SECONDS,
      env: 'SLOW_CHUNK_SECONDS',
      default: 5,
      meaning: 'per 10 MB, from which on a chunk counts as slow: `chunks_slow`',
      ...OF_SESSIONS,
    },
  },
});

/** What one size says of itself. */
interface Size {
  env: string;
  default: string;
  quick?: string;
  scales?: Scales;
  most: number;
  meaning: string;
}

/** A number of bytes, from 1 to `most`. */
function sizeSetting({ most, ...about }: Size) {
  return setting({
    kind: 'custom',
    parse: (text: string, reject: (remedy: string) => void): number | undefined => {
      const bytes = parseByteSize(text);
      if (bytes !== undefined && bytes >= 1 && bytes <= most) return bytes;
      reject(`it must be a size from 1 to ${most} bytes, for example ${about.env}=20MB`);
      return undefined;
    },
    ...about,
    ...OF_SESSIONS,
  });
}

/** Every setting that `upload` reads. */
export const UPLOAD_SECTIONS = [
  API_TARGET,
  LOGIN,
  UPLOADS,
  CHUNKS,
  RETRIES,
  JUDGEMENT,
  UNLOGGED_OUTPUT,
] as const;

/** The values that VUs read. */
export type UploadVuConfig = VuConfigOf<typeof UPLOAD_SECTIONS>;
