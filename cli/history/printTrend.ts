/** `crescendo history --trend`: chooses the runs and the points, and draws them. */
import { resolve } from 'node:path';
import { InputError } from '../../lib/words/settings.ts';
import {
  chosenRuns,
  readFilters,
  readMetric,
  readPercentile,
  readStages,
  type Filters,
} from './historyFilter.ts';
import { counted } from '../../report/text/words.ts';
import { nothingText, tellGaps } from './historyGaps.ts';
import { findRun } from './historyNames.ts';
import type { HistoryOptions } from './historyOptions.ts';
import type { Row } from './historySchema.ts';
import { readHistory, type History, type KnownMetric } from './historyStore.ts';
import { jsonText } from './historyText.ts';
import { trendText } from './historyTrend.ts';
import { paint, say } from '../process/terminal.ts';

/** Prints a metric per stage over runs. Throws an InputError for anything wrong with the options. */
export async function printTrend(options: HistoryOptions): Promise<void> {
  const filters = readFilters(options, new Date());
  const isWanted = readStages(options.stages ?? '1-9999');
  const percentile = readPercentile(options.percentile ?? '95');
  const history = await readHistory(options.reports, { metric: options.trend ?? '', percentile });
  const all = chosenRuns(history.runs, filters).filter(({ alike }) => alike !== null);
  const runs = options.anyPlan === true ? all : all.filter(({ alike }) => alike === all[0]?.alike);
  const shown = runs.slice(0, filters.limit);
  const folders = new Set(shown.map(({ folder }) => folder));
  const baseline = baselineOf(options, history);
  const wanted = shown.length === 0 ? undefined : readWanted(options, percentile, history);
  const points = history.points.filter(
    ({ folder, stage, statistic }) =>
      statistic === wanted?.statistic &&
      isWanted(stage) &&
      (folders.has(folder) || folder === baseline?.folder),
  );
  tellGaps(history, options.reports);
  if (wanted !== undefined && points.length === 0) throw new InputError([noPoints(wanted)]);
  if (options.json) {
    say(jsonText(points, 1));
    return;
  }
  if (wanted === undefined) {
    say(nothingText(history, options.reports));
    return;
  }
  const title = titleOf(wanted, shown, options.anyPlan === true);
  const trend = { title, runs: shown.toReversed(), points, unit: wanted.unit };
  say(trendText({ ...trend, baseline }, paint));
  for (const line of trendNotes(all.length - runs.length, shown, filters)) say(` ${line}`);
}

/** What is drawn. */
interface Drawn {
  metric: string;
  /** A percentile, `rate` or `count`. */
  statistic: string;
  unit: string;
  /** The percentiles that runs keep of it. */
  kept: string[];
}

function readWanted(
  { trend = '', percentile: asked }: HistoryOptions,
  percentile: string,
  { metrics }: History,
): Drawn {
  const metric = readMetric(trend, [...metrics.keys()]);
  const { unit, statistics } = metrics.get(metric) ?? NOTHING;
  const kept = [...statistics].flatMap((name) => (/^p\d/.test(name) ? [name.slice(1)] : []));
  const byNumber = kept.sort((a, b) => Number(a) - Number(b));
  if (kept.length > 0) return { metric, statistic: percentile, unit, kept: byNumber };
  if (asked !== undefined) throw new InputError([`${metric} has no percentiles. Leave --percentile out.`]);
  return { metric, statistic: statistics.has('rate') ? 'rate' : 'count', unit, kept };
}

const NOTHING: KnownMetric = { unit: 'count', statistics: new Set() };

function baselineOf({ baseline, reports }: HistoryOptions, { runs }: History): Row<'runs'> | undefined {
  if (baseline === undefined) return undefined;
  const path = resolve(findRun(baseline, reports));
  const run = runs.find(({ folder }) => resolve(reports, folder) === path);
  if (run !== undefined) return run;
  throw new InputError([
    `--baseline is "${baseline}", which is no run in ${reports}. Name one of its folders.`,
  ]);
}

function noPoints({ metric, statistic, kept }: Drawn): string {
  if (kept.length === 0) return `These stages have no samples for ${metric}.`;
  return `These stages have no ${statistic} of ${metric}. Runs keep the percentiles ${kept.join(', ')}.`;
}

function titleOf(
  { metric, statistic, kept }: Drawn,
  [newest]: readonly Row<'runs'>[],
  anyPlan: boolean,
): string {
  const what = kept.length === 0 ? metric : `${metric} ${statistic}`;
  return anyPlan ? `${what}, any script and plan` : `${what} of ${newest?.script}, ${newest?.plan}`;
}

function trendNotes(unlike: number, shown: readonly Row<'runs'>[], { target }: Filters): string[] {
  const targets = new Set(shown.map((run) => run.target));
  return [
    ...(unlike === 0
      ? []
      : [`left out: ${counted(unlike, 'run')} of another script or plan; --any-plan adds them`]),
    ...(targets.size > 1 && target === undefined ? [`of ${targets.size} targets; --target chooses`] : []),
  ];
}
