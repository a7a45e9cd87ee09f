/** One session against the target, end to end, by the same script that makes the load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Example } from '../../lib/words/exampleText.ts';
import { duration, counted } from '../../report/text/words.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import { capture } from '../process/capture.ts';
import type { Finding } from './finding.ts';
import { checkSettings, k6Environment, type Variables } from './environment.ts';
import { readSummary } from '../evidence/evidence.ts';
import { exampleOf } from '../../report/derive/evidence.ts';
import { parseLogLine, TroubleCount } from '../k6/k6Log.ts';
import type { K6 } from '../k6/k6Binary.ts';
import { findScript } from './scriptFile.ts';

const TIMEOUT_MS = 180_000;

/** Runs `burst` with one session and one question; `name` is what the finding calls the target. */
export async function trySession(k6: K6, variables: Variables, name: string): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-'));
  const summaryFile = join(folder, 'summary.json');
  try {
    const env = k6Environment({
      ...variables,
      ...oneQuestion(variables),
      SUMMARY_FILE: summaryFile,
      REPORT_FILE: '',
    });
    const args = ['run', '--quiet', '--no-color', '--include-system-env-vars', findScript('burst').path];
    const { stderr, problem } = await capture(k6.path, args, { env, timeoutMs: TIMEOUT_MS });
    const summary = readSummary(summaryFile);
    if (summary !== undefined) return findingOf(summary, name, examplesIn(stderr));
    return { grade: 'bad', text: `${name}: ${firstError(stderr) ?? problem ?? 'k6 said nothing'}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The first question of the first pool that a session would ask. */
function oneQuestion(variables: Variables): Variables {
  const [pool = ''] = checkSettings(variables).questions.split(/[:,]/);
  return { NUM_SESSIONS: '1', QUESTIONS: `${pool.trim()}:1` };
}

function examplesIn(stderr: string): readonly Example[] {
  const troubles = new TroubleCount();
  for (const line of stderr.split('\n')) troubles.add(line);
  return troubles.examples;
}

function firstError(stderr: string): string | undefined {
  return stderr.split('\n').flatMap((line) => parseLogLine(line)?.message ?? [])[0];
}

/** What a summary of one session says. */
function findingOf(summary: RunSummary, name: string, examples: readonly Example[] = []): Finding {
  if (summary.sessions.completed === 1) return { grade: 'fine', text: `${name} answers: ${times(summary)}` };
  const failures = summary.failures.flatMap((failure) => {
    const { phase, title, why } = failure;
    const example = exampleOf(failure, examples);
    return [
      `${phase}: ${title}. Likely: ${why}.`,
      ...(example === undefined ? [] : [`It began with: ${example}`]),
    ];
  });
  return { grade: 'bad', text: [`${name}: a session failed.`, ...failures].join('\n') };
}

function times({ metrics, settings }: RunSummary): string {
  const average = (metric: string) => metrics[metric]?.['avg'] ?? 0;
  const connect = average('socket_connect_duration');
  const chunks = metrics['answer_chunks']?.['count'] ?? 0;
  const setUp = `log-in and session ${duration(average('session_setup_duration') - connect)}`;
  const answer = `answer ${duration(average('answer_latency'))} (${counted(chunks, 'chunk')}, ${String(settings['encryption'])})`;
  const firstChunk = `first chunk ${duration(average('first_chunk_latency'))}`;
  return `${setUp}, socket ${duration(connect)},\n${firstChunk}, ${answer}`;
}
