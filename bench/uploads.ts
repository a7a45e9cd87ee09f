/**
 * Does the memory of k6 grow with the size of the files that it uploads? Its peak with 3 uploads of 50 files of 20 MB and
 * of one of 1 GB, in turn, against the reference target: as many bytes, so that only the size of files differs. The median
 * of each counts; at most 10 % apart. One file of 20 MB, which is over before the garbage collector has much to do, is
 * told besides. k6 has the settings of its collector that `crescendo run` gives it for such a script. The target needs
 * 3 GB of its disk. For Linux.
 *
 *     npm run bench:uploads -- [rounds, 3]
 */
import { fileURLToPath } from 'node:url';
import { collectorSettings } from '../cli/k6/garbageCollector.ts';
import { findOrBuildK6 } from '../cli/k6/k6Binary.ts';
import { startTarget } from '../target/server.ts';
import { median } from './median.ts';
import { megabytesText, peakMegabytes } from './peakMemory.ts';

const UPLOADS = '3';
const LIMIT = 1.1;
const FORMS = [
  { name: '1 × 20 MB', FILES: '1', FILE_BYTES: '20MB' },
  { name: '50 × 20 MB', FILES: '50', FILE_BYTES: '20MB' },
  { name: '1 × 1 GB', FILES: '1', FILE_BYTES: '1GB' },
] as const;

type Form = (typeof FORMS)[number];

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** Peak memory of a run in MB; the target is a new one, whose files go with it. */
async function peakOf(k6: string, { FILES, FILE_BYTES }: Form): Promise<number> {
  const target = await startTarget({ port: 0 });
  try {
    return await peakMegabytes(k6, inProject('dist/upload.js'), {
      ...collectorSettings({}, { isBulky: true }),
      ...{ API_BASE_URL: target.url, UPLOADS, FILES, FILE_BYTES },
      ...{ THRESHOLDS_FILE: inProject('bench/uploads.json'), GENERATOR_LAG_LIMIT_MS: '100000' },
    });
  } finally {
    await target.close();
  }
}

async function bench(rounds: number): Promise<void> {
  const k6 = await findOrBuildK6(process.env);
  const peaks = FORMS.map((): number[] => []);
  for (let round = 1; round <= rounds; round++) {
    for (const [index, form] of FORMS.entries()) peaks[index]?.push(await peakOf(k6.path, form));
    const texts = FORMS.map(({ name }, index) => `${name} ${megabytesText(peaks[index]?.at(-1))}`);
    console.log(`round ${round}: ${texts.join(', ')}`);
  }
  const [, small, large] = peaks.map(median);
  const ratio = (large ?? NaN) / (small ?? NaN);
  console.log(
    `\nPeak memory of k6 with ${UPLOADS} uploads, files of 1 GB ÷ 20 MB: ${ratio.toFixed(3)} (limit ${LIMIT})`,
  );
  process.exitCode = Math.max(ratio, 1 / ratio) <= LIMIT ? 0 : 1;
}

const [rounds = '3'] = process.argv.slice(2);
await bench(Number(rounds));
