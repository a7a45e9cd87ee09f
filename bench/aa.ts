/**
 * How often does `compare` cry wolf, and does it hear the wolf? Ten runs against one and the same target: all pairs, and
 * each run against the nine others. At most 5 % may be called worse. Then a target that is 30 % slower, which must be
 * worse, and one that is 12 × faster, which must be said so. Answers take between 50 and 600 ms, most of them 130.
 *
 *     npm run bench:aa -- [runs, 10] [seconds a run, 12]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOrBuildK6 } from '../cli/k6/k6Binary.ts';
import { seededRandom } from '../lib/words/random.ts';
import { compareRuns, type Change, type Compared } from '../report/compare/compare.ts';
import { startTarget } from '../target/server.ts';
import { DEFAULT_SETTINGS } from '../target/settings.ts';

const MOST_ALARMS = 0.05;
const SCRIPT = fileURLToPath(new URL('../dist/ramp.js', import.meta.url));

/** First chunks as of a real back end: a median of 100 ms, a long tail; in no order. */
function delays(factor: number): number[] {
  const random = seededRandom(1);
  return Array.from({ length: 997 }, () => {
    const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    return factor * 100 * Math.exp(0.5 * normal);
  });
}

/** Runs a ramp of three stages against a target whose times are multiplied by `factor`. */
async function ramp(
  k6: string,
  folder: string,
  name: string,
  factor: number,
  seconds: number,
): Promise<Compared> {
  const times = { delays: delays(factor), gapMs: 10 * factor, chunks: 4 };
  const target = await startTarget({ port: 0, ...times });
  const file = join(folder, `${name}.json`);
  const env = {
    ...process.env,
    API_BASE_URL: target.url,
    WEBSOCKET_BASE_URL: target.websocketUrl,
    ENCRYPTION_KEY: DEFAULT_SETTINGS.key,
    RAMP_START_SESSIONS: '5',
    RAMP_INCREMENT: '5',
    RAMP_MAX_SESSIONS: '15',
    RAMP_INTERVAL_SECONDS: String(seconds / 3),
    SUMMARY_FILE: file,
    REPORT_FILE: '',
  };
  try {
    await new Promise((resolve) =>
      spawn(k6, ['run', '--quiet', '--no-usage-report', SCRIPT], { env, stdio: 'ignore' }).on(
        'close',
        resolve,
      ),
    );
  } finally {
    await target.close();
  }
  const summary = JSON.parse(readFileSync(file, 'utf8')) as Compared['summary'] & Pick<Compared, 'verdict'>;
  return { name, summary, verdict: summary.verdict };
}

/** Prints how many comparisons came to which verdict, and returns the share of false alarms. */
function alarms(what: string, comparisons: readonly ReturnType<typeof compareRuns>[]): number {
  const count = (verdict: Change) => comparisons.filter((one) => one.verdict === verdict).length;
  const figures = comparisons.flatMap((one) => one.figures);
  const moved = figures.filter(({ verdict }) => verdict === 'worse' || verdict === 'improved').length;
  console.log(
    `${what}: ${comparisons.length} comparisons: ${count('worse')} worse, ${count('improved')} improved, ${count('same')} same, ${count("can't tell")} can't tell; of ${figures.length} figures ${moved} changed`,
  );
  for (const { bases, now, verdict, sentence } of comparisons)
    if (verdict === 'worse')
      console.log(`  ${bases.length} base(s) … ${bases.at(-1) ?? ''} → ${now}: ${sentence}`);
  return count('worse') / comparisons.length;
}

async function main(count: number, seconds: number): Promise<boolean> {
  const { path: k6 } = await findOrBuildK6(process.env);
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-aa-'));
  const runs: Compared[] = [];
  try {
    for (let number = 1; number <= count; number++) {
      const run = await ramp(k6, folder, `run ${number}`, 1, seconds);
      const { vocabulary, stages } = run.summary;
      const last = stages.at(-1)?.operations[vocabulary.headline]?.latency ?? {};
      const figures = ['med', 'p(95)', 'p(99)'].map((key) => (last[key] ?? NaN).toFixed(0)).join(', ');
      console.log(
        `${run.name}: ${run.verdict.result}; stage 3: ${last['count'] ?? 0} ${vocabulary.operations[vocabulary.headline]?.good.word}, ${figures} ms`,
      );
      runs.push(run);
    }
    const pairs = runs.flatMap((base, index) => runs.slice(index + 1).map((now) => compareRuns([base], now)));
    const others = runs.map((now) =>
      compareRuns(
        runs.filter((run) => run !== now),
        now,
      ),
    );
    const shares = [alarms('pairs', pairs), alarms('each against all others', others)];
    const slow = compareRuns(runs, await ramp(k6, folder, '30 % slower', 1.3, seconds));
    const fast = compareRuns(runs, await ramp(k6, folder, '12 × faster', 1 / 12, seconds));
    const one = runs.slice(0, 1);
    const slowOfOne = compareRuns(one, await ramp(k6, folder, '30 % slower', 1.3, seconds));
    for (const { now, sentence } of [slow, slowOfOne, fast]) console.log(`${now}: ${sentence}`);
    const heard =
      slow.verdict === 'worse' && slowOfOne.verdict === 'worse' && fast.sentence.includes('× faster');
    return heard && shares.every((share) => share <= MOST_ALARMS);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [count = 10, seconds = 12] = process.argv.slice(2).map(Number);
const passed = await main(count, seconds);
console.log(
  passed ? 'passed' : `failed: more than ${MOST_ALARMS * 100} % false alarms, or an effect not found`,
);
process.exitCode = passed ? 0 : 1;
