/**
 * What does the report cost the VUs? Peak memory of k6 with 2,000 VUs that only wait, with a bundle as it is and with one
 * without the code of the report; in turn, the median of each counts. At most 3 % more. Garbage is collected early, so
 * that what VUs keep is compared. For Linux.
 *
 *     npm run bench:memory -- [rounds, 3] [VUs, 2000]
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { findOrBuildK6 } from '../cli/k6/k6Binary.ts';
import { median } from './median.ts';
import { megabytesText, peakMegabytes } from './peakMemory.ts';

const LIMIT = 1.03;

type BuildScripts = (entryPoints: string[], outdir: string, plugins?: Plugin[]) => Promise<void>;

/** Puts a report that writes nothing in the place of the report. */
const withoutReport: Plugin = {
  name: 'without report',
  setup(build) {
    build.onResolve({ filter: /report\/k6Files\.ts\?text$/ }, () => ({
      path: 'none',
      namespace: 'none',
    }));
    build.onLoad({ filter: /.*/, namespace: 'none' }, () => ({
      contents: 'export default "var exported = { k6Files: () => ({}) };";',
    }));
  },
};

async function bundle(folder: string, plugins: Plugin[]): Promise<string> {
  const path = new URL('../build.mjs', import.meta.url).href;
  const { buildScripts } = (await import(path)) as { buildScripts: BuildScripts };
  await buildScripts(['bench/waiting.ts'], folder, plugins);
  return join(folder, 'waiting.js');
}

/** Peak memory of k6 with waiting VUs. */
function peakOf(k6: string, script: string, vus: number): Promise<number> {
  return peakMegabytes(k6, script, { WAITING_VUS: String(vus), ENCRYPTION: 'none', GOGC: '10' });
}

async function bench(rounds: number, vus: number): Promise<void> {
  const k6 = await findOrBuildK6(process.env);
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-memory-'));
  try {
    const whole = await bundle(join(folder, 'whole'), []);
    const bare = await bundle(join(folder, 'bare'), [withoutReport]);
    if (statSync(bare).size >= statSync(whole).size) throw new Error('The report is in both bundles.');
    const [withIt, without]: [number[], number[]] = [[], []];
    for (let round = 1; round <= rounds; round++) {
      without.push(await peakOf(k6.path, bare, vus));
      withIt.push(await peakOf(k6.path, whole, vus));
      console.log(
        `round ${round}: ${megabytesText(without.at(-1))} without the report, ${megabytesText(withIt.at(-1))} with it`,
      );
    }
    const ratio = median(withIt) / median(without);
    console.log(
      `\nPeak memory of ${vus} waiting VUs, with ÷ without the report: ${ratio.toFixed(3)} (limit ${LIMIT})`,
    );
    process.exitCode = ratio <= LIMIT ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [rounds = '3', vus = '2000'] = process.argv.slice(2);
await bench(Number(rounds), Number(vus));
