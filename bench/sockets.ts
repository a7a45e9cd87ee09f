/**
 * How many sockets does one machine hold? k6 with `notifications` against the reference target, which has a process of its
 * own on the same machine: users come at 250 a second, hear a message every 10 s, and show every 30 s that they live; all
 * are held and judged for so many seconds. For each number of connections in a VU: the verdict, the greatest memory of k6
 * and of the target, the CPU time of both as cores, and how late k6 was. For Linux.
 *
 *     npm run bench:sockets -- [sockets, 10000] [seconds, 60] [connections in a VU, auto; several with commas]
 *
 * GOGC, GOMEMLIMIT and SPAWN_RATE of yours win.
 */
import { fork, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findOrBuildK6 } from '../cli/k6/k6Binary.ts';
import type { TargetMessage } from '../cli/setup/referenceTarget.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import type { Verdict } from '../report/derive/verdict.ts';

const MOST_MEGABYTES = 2000;
const SPAWN_RATE = 250;
/** The part of a stage that settles. */
const SETTLES = 0.1;

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** A process, as the kernel knows it. */
interface Usage {
  megabytes: number;
  cpuSeconds: number;
}

/** Watches a process until `stop`; undefined values stay those of the last look. */
function watched(pid: number | undefined): { usage: Usage; stop: () => Usage } {
  const usage = { megabytes: 0, cpuSeconds: 0 };
  const look = () => {
    try {
      const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
      const peak = Number(/^VmHWM:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) / 1000;
      usage.megabytes = Math.max(usage.megabytes, peak);
      const fields = readFileSync(`/proc/${String(pid)}/stat`, 'utf8')
        .replace(/^.*\) /, '')
        .split(' ');
      usage.cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100;
    } catch {
      // It has ended.
    }
  };
  const timer = setInterval(look, 200);
  return {
    usage,
    stop: () => {
      clearInterval(timer);
      look();
      return usage;
    },
  };
}

/** The target in a process of its own. */
async function targetProcess() {
  const child = fork(inProject('dist/cli/crescendo.js'), ['target', '--embedded', '--port', '0']);
  const message = await new Promise<TargetMessage>((resolve) => child.once('message', resolve));
  if (!('url' in message)) throw new Error('The target did not start.');
  return { ...message, pid: child.pid, end: () => child.kill('SIGKILL') };
}

/** Seconds of a stage in which so many come, and are then judged for so long. */
function lengthOf(sockets: number, seconds: number): number {
  const rate = Number(process.env['SPAWN_RATE'] ?? SPAWN_RATE);
  return Math.ceil((sockets / rate + seconds) / (1 - SETTLES));
}

/** One run; prints its figures. Resolves to whether it kept what the house promises. */
async function round(k6: string, sockets: string, seconds: string, perVu: string): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-sockets-'));
  const target = await targetProcess();
  try {
    const summaryFile = join(folder, 'summary.json');
    const child = spawn(k6, ['run', '--quiet', '--no-usage-report', inProject('dist/notifications.js')], {
      env: {
        SPAWN_RATE: String(SPAWN_RATE),
        GOMEMLIMIT: '1700MiB',
        ...process.env,
        API_BASE_URL: target.url,
        WEBSOCKET_BASE_URL: target.websocketUrl,
        CONNECTIONS: sockets,
        HOLD_SECONDS: String(lengthOf(Number(sockets), Number(seconds))),
        HOLD_STAGES: '1',
        CONNECTIONS_PER_VU: perVu,
        SUMMARY_FILE: summaryFile,
        REPORT_FILE: '',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const [ofK6, ofTarget] = [watched(child.pid), watched(target.pid)];
    await new Promise((resolve) => child.on('close', resolve));
    const summary = JSON.parse(readFileSync(summaryFile, 'utf8')) as RunSummary & { verdict: Verdict };
    return tell(summary, perVu, ofK6.stop(), ofTarget.stop());
  } finally {
    target.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(
  { verdict, durationMs, generator, operations, stages, settings }: RunSummary & { verdict: Verdict },
  perVu: string,
  k6: Usage,
  target: Usage,
): boolean {
  const cores = ({ cpuSeconds }: Usage) => `${((1000 * cpuSeconds) / durationMs).toFixed(2)} cores`;
  const latency = operations['notification']?.latency?.['p(99)'] ?? NaN;
  const lag = generator.lag['p(99)'] ?? NaN;
  const told = perVu === 'auto' ? `auto (${String(settings['connectionsPerVu'])})` : perVu;
  console.log(
    [
      `${told} a VU: ${verdict.result}, ${verdict.sentence}`,
      `  held ${((stages[0]?.held ?? NaN) * 100).toFixed(2)} %, lag p99 ${lag.toFixed(1)} ms, notification p99 ${latency.toFixed(1)} ms`,
      `  k6 ${k6.megabytes.toFixed(0)} MB and ${cores(k6)}, the target ${target.megabytes.toFixed(0)} MB and ${cores(target)}`,
    ].join('\n'),
  );
  return verdict.result === 'PASS' && k6.megabytes < MOST_MEGABYTES;
}

const [sockets = '10000', seconds = '60', perVus = 'auto'] = process.argv.slice(2);
const k6 = await findOrBuildK6(process.env);
let isKept = true;
for (const perVu of perVus.split(',')) isKept = (await round(k6.path, sockets, seconds, perVu)) && isKept;
process.exitCode = isKept ? 0 : 1;
