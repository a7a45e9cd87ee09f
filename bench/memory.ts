/**
 * What does the report cost the VUs? Peak memory of k6 with 2,000 VUs that only wait, with a bundle as it is and with one
 * without the code of the report; in turn, the median of each counts. At most 3 % more. Garbage is collected early, so
 * that what VUs keep is compared. For Linux.
 *
 *     npm run bench:memory -- [rounds, 3] [VUs, 2000]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';
import { findOrBuildK6 } from '../cli/k6/k6Binary.ts';
import { median } from './median.ts';

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

/** Runs k6 and returns its greatest resident memory in MB, as the kernel knows it. */
async function peakMegabytes(k6: string, script: string, vus: number): Promise<number> {
  const env = {
    ...process.env,
    WAITING_VUS: String(vus),
    ENCRYPTION: 'none',
    SUMMARY_FILE: '',
    REPORT_FILE: '',
    GOGC: '10',
  };
  const child = spawn(k6, ['run', '--quiet', '--no-usage-report', script], { env, stdio: 'ignore' });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  let peak = 0;
  const timer = setInterval(() => (peak = Math.max(peak, highWater(child.pid))), 100);
  const code = await ended;
  clearInterval(timer);
  if (code !== 0) throw new Error(`k6 ended with exit code ${String(code)} in ${script}.`);
  return peak;
}

/** `VmHWM` of a process in MB; 0 when it has gone. */
function highWater(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1000;
  } catch {
    return 0;
  }
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
      without.push(await peakMegabytes(k6.path, bare, vus));
      withIt.push(await peakMegabytes(k6.path, whole, vus));
      console.log(
        `round ${round}: ${text(without.at(-1))} without the report, ${text(withIt.at(-1))} with it`,
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

function text(megabytes = NaN): string {
  return `${megabytes.toFixed(0)} MB`;
}

const [rounds = '3', vus = '2000'] = process.argv.slice(2);
await bench(Number(rounds), Number(vus));
