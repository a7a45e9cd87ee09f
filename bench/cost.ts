/**
 * What does Crescendo cost? CPU seconds of k6 per session, against a bare k6 script that does the same without any of
 * our code (`bench/bare.js`): 25 sessions at a time, 10 questions each, 5 chunks an answer, the first after 20 ms,
 * encrypted, or plain with ENCRYPTION=none. Both run at the same time, each against its own target, so that what else
 * the machine does slows both. A short run and a long one tell what a session costs from what k6 needs to start and to
 * end; the median of the ratios counts. For POSIX systems.
 *
 *     npm run bench -- [rounds, 5] [seconds of the long run, 30]
 */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { findOrBuildK6 } from '../cli/k6/k6Binary.ts';
import { startTarget, type Target } from '../target/server.ts';
import { DEFAULT_SETTINGS } from '../target/settings.ts';
import { median } from './median.ts';

const SESSIONS = 25;
const QUESTIONS = 10;
const SHORT_SECONDS = 2;
const ENCRYPTION = process.env['ENCRYPTION'] === 'none' ? 'none' : 'aes-256-gcm';
/** Plain, a bare session costs half as much, and what is ours the same. */
const LIMIT = ENCRYPTION === 'none' ? 1.5 : 1.25;

const inProject = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What one run took. */
interface Run {
  sessions: number;
  /** CPU time, of k6 alone. */
  cpuSeconds: number;
}

/** What a script costs k6. */
interface Cost {
  millisecondsPerSession: number;
  /** CPU time for the start and the end of a run. */
  fixedSeconds: number;
}

/** Runs k6 and returns the CPU seconds, user and system, that it used: the shell's `times` knows those of its children. */
async function cpuSeconds(k6: string, script: string, env: NodeJS.ProcessEnv): Promise<number> {
  const command = '"$0" run --quiet --no-usage-report "$1" >/dev/null 2>&1; code=$?; times; exit $code';
  const shell = spawn('sh', ['-c', command, k6, script], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  shell.stdout.on('data', (text: Buffer) => (output += text.toString()));
  const code = await new Promise((resolve) => shell.on('close', resolve));
  if (code !== 0 && code !== 99) throw new Error(`k6 ended with exit code ${String(code)} in ${script}.`);
  const [user, system] = output.trim().split('\n').at(-1)?.split(' ') ?? [];
  return seconds(user) + seconds(system);
}

/** Reads `1m2.34s`. */
function seconds(text = ''): number {
  const [, minutes, rest] = /^(\d+)m([\d.]+)s$/.exec(text) ?? [];
  if (rest === undefined)
    throw new Error(`"times" of the shell said "${text}" instead of minutes and seconds.`);
  return Number(minutes) * 60 + Number(rest);
}

/** Sessions are counted by the target: those whose clean-up has come. */
async function measure(k6: string, script: string, target: Target, length: number): Promise<Run> {
  const before = target.stats().deleted;
  const used = await cpuSeconds(k6, inProject(script), environment(target, length));
  return { sessions: target.stats().deleted - before, cpuSeconds: used };
}

/** By a short run and a long one. */
async function costOf(k6: string, script: string, target: Target, length: number): Promise<Cost> {
  const short = await measure(k6, script, target, SHORT_SECONDS);
  const long = await measure(k6, script, target, length);
  const perSession = (long.cpuSeconds - short.cpuSeconds) / (long.sessions - short.sessions);
  return {
    millisecondsPerSession: perSession * 1000,
    fixedSeconds: short.cpuSeconds - perSession * short.sessions,
  };
}

function environment(target: Target, length: number): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ENCRYPTION,
    API_BASE_URL: target.url,
    WEBSOCKET_BASE_URL: target.websocketUrl,
    ENCRYPTION_KEY: DEFAULT_SETTINGS.key,
    K6_AUTO_EXTENSION_RESOLUTION: 'false',
    // bare.js
    SESSIONS: String(SESSIONS),
    QUESTIONS_PER_SESSION: String(QUESTIONS),
    SECONDS: String(length),
    // ramp
    SUMMARY_FILE: '',
    REPORT_FILE: '',
    QUESTIONS: `MED1060:${QUESTIONS}`,
    RAMP_START_SESSIONS: String(SESSIONS),
    RAMP_MAX_SESSIONS: String(SESSIONS),
    RAMP_INTERVAL_SECONDS: String(length),
    // Two busy cores make the generator late, which is of no interest here.
    GENERATOR_LAG_LIMIT_MS: '10000',
  };
}

async function bench(rounds: number, length: number): Promise<void> {
  const { path: k6 } = await findOrBuildK6(process.env);
  const [forBare, forOurs] = await Promise.all([startOne(), startOne()]);
  const ratios: number[] = [];
  try {
    for (let round = 1; round <= rounds; round++) {
      const [bare, ours] = await Promise.all([
        costOf(k6, 'bench/bare.js', forBare, length),
        costOf(k6, 'dist/ramp.js', forOurs, length),
      ]);
      const ratio = ours.millisecondsPerSession / bare.millisecondsPerSession;
      ratios.push(ratio);
      console.log(
        `round ${round}: ratio ${ratio.toFixed(2)}   ${text('bare', bare)}   ${text('ramp', ours)}`,
      );
    }
  } finally {
    await Promise.all([forBare.close(), forOurs.close()]);
  }
  const result = median(ratios);
  console.log(
    `\nCPU per session, ramp ÷ bare k6: ${result.toFixed(2)} (median of ${rounds}; limit ${LIMIT})`,
  );
  process.exitCode = result <= LIMIT ? 0 : 1;
}

function startOne(): Promise<Target> {
  return startTarget({ port: 0, firstChunkMs: 20, gapMs: 0, chunks: 5, encryption: ENCRYPTION });
}

function text(name: string, { millisecondsPerSession, fixedSeconds }: Cost): string {
  return `${name} ${millisecondsPerSession.toFixed(2)} ms + ${fixedSeconds.toFixed(1)} s`;
}

const [rounds = '5', length = '30'] = process.argv.slice(2);
await bench(Number(rounds), Number(length));
