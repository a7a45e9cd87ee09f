/** `crescendo history --trend`: chooses the runs and the points, and draws them. */
import { resolve } from 'node:path';
import { trendStats } from '../../lib/before/thresholds.ts';
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
import { isShare } from './historyRun.ts';
import type { Row } from './historySchema.ts';
import { readHistory, type History, type Wanted } from './historyStore.ts';
import { jsonText } from './historyText.ts';
import { trendText } from './historyTrend.ts';
import { paint, say } from '../process/terminal.ts';

/** Prints a metric per stage over runs. Throws an InputError for anything wrong with the options. */
export async function printTrend(options: HistoryOptions): Promise<void> {
  const filters = readFilters(options, new Date());
  const isWanted = readStages(options.stages ?? '1-9999');
  const wanted = readWanted(options);
  const history = await readHistory(options.reports, wanted);
  const all = chosenRuns(history.runs, filters).filter(({ alike }) => alike !== null);
  const runs = options.anyPlan === true ? all : all.filter(({ alike }) => alike === all[0]?.alike);
  const shown = runs.slice(0, filters.limit);
  const folders = new Set(shown.map(({ folder }) => folder));
  const baseline = baselineOf(options, history);
  const points = history.points.filter(
    ({ folder, stage, value }) =>
      value !== null && isWanted(stage) && (folders.has(folder) || folder === baseline?.folder),
  );
  tellGaps(history, options.reports);
  if (shown.length > 0 && points.length === 0) throw new InputError([noPoints(wanted)]);
  if (options.json) {
    say(jsonText(points, 1));
    return;
  }
  if (shown.length === 0) {
    say(nothingText(history, options.reports));
    return;
  }
  const title = titleOf(wanted, shown, options.anyPlan === true);
  const trend = { title, runs: shown.toReversed(), points, isShare: isShare(wanted.metric) === true };
  say(trendText({ ...trend, baseline }, paint));
  for (const line of trendNotes(all.length - runs.length, shown, filters)) say(` ${line}`);
}

function readWanted({ trend = '', percentile }: HistoryOptions): Wanted {
  const metric = readMetric(trend);
  if (isShare(metric) !== true) return { metric, statistic: readPercentile(percentile ?? '95') };
  if (percentile === undefined) return { metric, statistic: 'rate' };
  throw new InputError([`${metric} is a share and has no percentiles. Leave --percentile out.`]);
}

function baselineOf({ baseline, reports }: HistoryOptions, { runs }: History): Row<'runs'> | undefined {
  if (baseline === undefined) return undefined;
  const path = resolve(findRun(baseline, reports));
  const run = runs.find(({ folder }) => resolve(reports, folder) === path);
  if (run !== undefined) return run;
  throw new InputError([
    `--baseline is "${baseline}", which is no run in ${reports}. Name one of its folders.`,
  ]);
}

function noPoints({ metric, statistic }: Wanted): string {
  if (statistic === 'rate') return `These stages have no samples for ${metric}.`;
  const grid = trendStats({ target: [], warning: [], critical: [] }).flatMap((name) =>
    [...name.matchAll(/^p\((.*)\)$/g)].map(([, point]) => point),
  );
  return `These stages have no ${statistic} of ${metric}. Runs keep the percentiles ${grid.join(', ')}.`;
}

function titleOf({ metric, statistic }: Wanted, [newest]: readonly Row<'runs'>[], anyPlan: boolean): string {
  const what = statistic === 'rate' ? metric : `${metric} ${statistic}`;
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
