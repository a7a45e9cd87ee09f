/** One session against the target, end to end, by the same script that makes the load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Example } from '../../lib/words/exampleText.ts';
import { metricsOf } from '../../lib/vocabulary/vocabulary.ts';
import { duration, metricName } from '../../report/text/words.ts';
import { aggregateOf, measureOf, booksOf } from '../../report/derive/measures.ts';
import type { RunSummary } from '../../report/derive/summary.ts';
import { capture } from '../process/capture.ts';
import type { Finding } from './finding.ts';
import { k6Environment, type Variables } from './environment.ts';
import type { KnownSystem } from './knownSettings.ts';
import { readOwnSummary } from '../evidence/evidenceFile.ts';
import { exampleOf } from '../../report/derive/evidence.ts';
import { runArguments } from '../k6/k6Arguments.ts';
import { messagesIn, TroubleCount } from '../k6/k6Log.ts';
import type { K6 } from '../k6/k6Binary.ts';
import { findScript } from './scriptFile.ts';

const TIMEOUT_MS = 180_000;

/** Makes one short visit of a system's; `name` is what the finding calls the target. */
export async function trySession(
  k6: K6,
  { script, settings }: NonNullable<KnownSystem['trial']>,
  variables: Variables,
  name: string,
): Promise<Finding> {
  const folder = mkdtempSync(join(tmpdir(), 'crescendo-'));
  const summaryFile = join(folder, 'summary.json');
  try {
    const env = k6Environment({
      ...variables,
      ...settings(variables),
      SUMMARY_FILE: summaryFile,
      REPORT_FILE: '',
    });
    const args = runArguments(findScript(script).path);
    const { stderr, problem } = await capture(k6.path, args, { env, timeoutMs: TIMEOUT_MS });
    const summary = readOwnSummary(summaryFile);
    if (summary !== undefined) return findingOf(summary, name, examplesIn(stderr));
    return { grade: 'bad', text: `${name}: ${messagesIn(stderr)[0] ?? problem ?? 'k6 said nothing'}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function examplesIn(stderr: string): readonly Example[] {
  const troubles = new TroubleCount();
  for (const line of stderr.split('\n')) troubles.add(line);
  return troubles.examples;
}

/** What a summary of one visit says. */
function findingOf(summary: RunSummary, name: string, examples: readonly Example[] = []): Finding {
  const { vocabulary } = summary;
  if (booksOf(summary, vocabulary.visit).good === 1)
    return { grade: 'fine', text: `${name} answers:\n${inLines(times(summary))}` };
  const failures = summary.failures.flatMap((failure) => {
    const { phase, title, why } = failure;
    const example = exampleOf(failure, examples);
    return [
      `${vocabulary.phases[phase]?.title ?? phase}: ${title}. Likely: ${why}.`,
      ...(example === undefined ? [] : [`It began with: ${example}`]),
    ];
  });
  const visit = vocabulary.operations[vocabulary.visit]?.noun.one ?? vocabulary.level.one;
  return { grade: 'bad', text: [`${name}: a ${visit} failed.`, ...failures].join('\n') };
}

/** Every time that the system measures, as it was this once. */
function times(summary: RunSummary): string[] {
  return Object.entries(metricsOf(summary.vocabulary)).flatMap(([metric, { kind, unit, of, ofK6 }]) => {
    const isOwn =
      kind === 'trend' && unit === 'ms' && (of ?? ofK6) === undefined && metric !== 'generator_lag';
    const time = isOwn ? aggregateOf(measureOf(summary, summary.vocabulary, metric), 'avg') : undefined;
    return time === undefined ? [] : [`${metricName(metric)} ${duration(time)}`];
  });
}

const PER_LINE = 3;

function inLines(parts: readonly string[]): string {
  const lines = parts.flatMap((_, index) =>
    index % PER_LINE === 0 ? [parts.slice(index, index + PER_LINE).join(', ')] : [],
  );
  return lines.join(',\n');
}
