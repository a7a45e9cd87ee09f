/** What was seen of a run of which k6 left no summary, as text. Pure. */
import type { Remains } from '../derive/evidence.ts';
import { explain } from '../derive/explain.ts';
import { renderEnd, row } from './text.ts';
import { parseTimeline } from '../derive/timeline.ts';
import { duration, percent, whole, counted } from './words.ts';

/** The whole text of at most 80 columns; `colours` only for a terminal; `files`: where the files are. */
export function renderRemains(remains: Remains, colours: boolean, files?: string): string {
  return renderEnd(remains.verdict, seenLines(remains), colours, files);
}

/** What the record of k6 and the monitor hold, a line each; empty when k6 did not get so far. */
export function seenLines({ timeline, run }: Remains): string[] {
  const last = timeline === undefined ? undefined : parseTimeline(timeline).points.at(-1);
  const observed = run?.observed;
  if (last === undefined) return exampleLines(run);
  const total = (metric: string) => last.total(metric, 'count') ?? 0;
  const count = (metric: string) => whole(total(metric));
  const p95 = last.total('answer_latency', 'p(95)');
  const latency = p95 === null ? '' : `; answer p95 ${duration(p95)}`;
  const peak = observed === undefined ? '' : `, peak ${whole(observed.peakConcurrent)} seen`;
  return [
    ...row(
      'seen so far',
      `${counted(total('sessions_started'), 'session')} started, ${count('sessions_completed')} completed, ${count('sessions_failed')} failed`,
    ),
    ...row(
      'invocations',
      `${count('questions_sent')} sent, ${count('questions_answered')} answered, ${count('questions_failed')} failed${peak}${latency}`,
    ),
    ...exampleLines(run),
    ...generatorLine(observed),
  ];
}

/** Nobody has counted the failures, but the log has the first of each class. */
function exampleLines(run: Remains['run']): string[] {
  const examples = run?.examples ?? [];
  return examples.flatMap(({ phase, reason, text }, index) =>
    row(index === 0 ? 'failures' : '', `first ${explain(reason).title} (${phase}): ${text}`),
  );
}

function generatorLine(observed: NonNullable<Remains['run']>['observed']): string[] {
  const parts = [
    ...(typeof observed?.peakCpu === 'number' ? [`CPU peak ${percent(observed.peakCpu, 0)}`] : []),
    ...(typeof observed?.peakMemoryBytes === 'number'
      ? [`memory ${whole(observed.peakMemoryBytes / 1e6)} MB`]
      : []),
  ];
  return parts.length === 0 ? [] : row('generator', parts.join(', '));
}
