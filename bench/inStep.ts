/**
 * Does the load generator keep up with sessions that ask in step? They all start at once, and the back end answers
 * each in the same 900 ms (500 ms to the first of five chunks, 100 ms between two), so every chunk comes for all of them
 * at the same time. Prints generator lag, the error of the measured p95 against the known 900 ms, memory and CPU, by
 * number of sessions, as `crescendo run` has them.
 *
 *     npm run bench:step -- [sessions, 100,250,500,1000] [seconds a run, 30]
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Evidence } from '../report/derive/evidence.ts';
import { aggregateOf } from '../report/derive/measures.ts';
import { DEFAULT_SETTINGS } from '../target/settings.ts';

const ANSWER_MS = 900;
const TARGET = ['--first-chunk-ms', '500', '--gap-ms', '100', '--chunks', '5', '--port', '0'];
const COMMAND = fileURLToPath(new URL('../dist/cli/crescendo.js', import.meta.url));

/** Starts the reference target in a process of its own; returns its port and how to end it. */
async function startTarget(): Promise<{ port: string; end: () => void }> {
  const child = spawn(process.execPath, [COMMAND, 'target', ...TARGET], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const port = /127\.0\.0\.1:(\d+)/.exec(line)?.[1];
    if (port !== undefined) return { port, end: () => void child.kill('SIGINT') };
  }
  throw new Error('The reference target did not start.');
}

/** One run, and the summary that it left. */
async function measure(port: string, sessions: string, seconds: string): Promise<Evidence['summary']> {
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-bench-'));
  const env = {
    ...process.env,
    API_BASE_URL: `http://127.0.0.1:${port}`,
    WEBSOCKET_BASE_URL: `ws://127.0.0.1:${port}`,
    ENCRYPTION_KEY: DEFAULT_SETTINGS.key,
    QUESTIONS: 'MED1060:10',
    RAMP_START_SESSIONS: sessions,
    RAMP_MAX_SESSIONS: sessions,
    RAMP_INTERVAL_SECONDS: seconds,
  };
  try {
    const child = spawn(process.execPath, [COMMAND, 'run', 'ramp'], { cwd: folder, env, stdio: 'ignore' });
    await new Promise((resolve) => child.on('close', resolve));
    const reports = join(folder, 'reports');
    const [run = ''] = readdirSync(reports).filter((name) => name.endsWith('-ramp'));
    const text = readFileSync(join(reports, run, 'summary.json'), 'utf8');
    return JSON.parse(text) as Evidence['summary'];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function line(sessions: string, summary: Evidence['summary']): string {
  const [stage] = summary.stages;
  const lag = aggregateOf(stage?.measures['generator_lag'], 'p(99)') ?? NaN;
  const p95 = stage?.operations[summary.vocabulary.headline]?.latency?.['p(95)'] ?? NaN;
  const { verdict } = summary as { verdict?: { result: string } };
  const { peakMemoryBytes, averageCpu } = summary.observed ?? {};
  return [
    sessions.padStart(8),
    `${lag.toFixed(1)} ms`.padStart(10),
    `${(p95 - ANSWER_MS).toFixed(1)} ms`.padStart(12),
    `${((peakMemoryBytes ?? NaN) / 1e6).toFixed(0)} MB`.padStart(9),
    `${((averageCpu ?? NaN) * 100).toFixed(0)} %`.padStart(6),
    ` ${verdict?.result ?? 'no verdict'}`,
  ].join('');
}

const [list = '100,250,500,1000', seconds = '30'] = process.argv.slice(2);
const target = await startTarget();
console.log('sessions   lag p99  p95 − 900 ms   memory   CPU');
for (const sessions of list.split(','))
  console.log(line(sessions, await measure(target.port, sessions, seconds)));
target.end();
