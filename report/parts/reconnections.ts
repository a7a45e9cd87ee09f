/** How connections came back after they were dropped, and what that cost the back end, by back-off. Pure. */
import { BACKOFFS } from '../../lib/words/backoff.ts';
import { inStage } from '../../lib/words/limits.ts';
import type { Stage } from '../../lib/plans/load.ts';
import {
  ATTEMPTS,
  attemptsBySecond,
  DROPPED,
  observedDrops,
  plannedDrops,
} from '../../lib/measures/reconnections.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { headlineOf } from '../../lib/vocabulary/vocabulary.ts';
import type { K6Metrics } from '../derive/k6Data.ts';
import type { RunSummary, TestInfo } from '../derive/summary.ts';
import type { Html } from '../html/escape.ts';
import { table } from '../html/table.ts';
import type { NamedLine } from '../text/books.ts';
import { duration, limitSentence, NOTHING, timeText, whole } from '../text/words.ts';
import type { Break, Part, PartFigure } from './part.ts';

/** The storm of one stage: of the connections that were dropped in its judged part. Times are milliseconds. */
export interface Storm {
  stage: number;
  backoff: string;
  /** Connections to be dropped, and those that were, as planned. */
  planned: number;
  dropped: number;
  /** Those, and others that were lost. */
  reconnections: number;
  notBack: number;
  attempts: number;
  /** null: nothing was to come back. */
  attemptsEach: number | null;
  /** null: nothing came back. */
  longestMs: number | null;
  /** Most attempts within a second, counted from the first drop of the stage. */
  worstSecond: number;
}

function stormOf(metrics: K6Metrics, test: TestInfo, stage: Stage): Storm {
  const { latency = '', success, began } = headlineOf(test.vocabulary);
  const count = (metric: string) => metrics.count(inStage(metric, stage));
  const reconnections = count(began.metric);
  const { rate, samples } = metrics.share(inStage(success, stage));
  const seconds = attemptsBySecond(stage, test.plan, reconnectSeconds(test));
  return {
    stage: stage.number,
    backoff: stage.name ?? '',
    planned: plannedDrops(stage, test.plan),
    dropped: count(DROPPED),
    reconnections,
    notBack: Math.round(samples * (1 - (rate ?? 1))),
    attempts: count(ATTEMPTS),
    attemptsEach: reconnections === 0 ? null : count(ATTEMPTS) / reconnections,
    longestMs: metrics.distribution(inStage(latency, stage))['max'] ?? null,
    worstSecond: Math.max(0, ...seconds.map((key) => metrics.count(key))),
  };
}

function reconnectSeconds({ settings }: Pick<TestInfo, 'settings'>): number {
  return Number(settings['reconnectSeconds'] ?? 0);
}

/** The part of runs in which connections are dropped. */
export const RECONNECTIONS: Part = {
  name: 'reconnections',
  title: 'Reconnections',
  field: 'reconnections',
  summarize: (metrics, test) =>
    Object.hasOwn(test.vocabulary.metrics, ATTEMPTS)
      ? { reconnections: test.plan.stages.map((stage) => stormOf(metrics, test, stage)) }
      : {},
  observed: (summary) => observedDrops(summary.plan, reconnectSeconds(summary)),
  lines: ({ reconnections = [] }) => reconnections.map(lineOf),
  section: ({ reconnections = [] }) => tableOf(reconnections),
  sentence: sentenceOf,
  doubts: doubtsOf,
  figures: BACKOFFS.flatMap(figuresOf),
};

function lineOf({ backoff, notBack, attemptsEach, longestMs, worstSecond, ...of }: Storm): NamedLine {
  const lost = notBack === 0 ? '' : `, ${whole(notBack)} not in time`;
  const back = longestMs === null ? 'none back' : `back after ${duration(longestMs)} at most`;
  const text = [
    `${whole(of.dropped)} of ${whole(of.planned)} dropped`,
    `${back}${lost}`,
    `${eachText(attemptsEach)} dials each`,
    `${whole(worstSecond)} in the worst second`,
  ];
  return [`storm ${backoff}`, text.join(', ')];
}

function eachText(attempts: number | null): string {
  return attempts === null ? NOTHING : attempts.toFixed(2);
}

function tableOf(storms: readonly Storm[]): Html {
  const columns = [
    { head: 'back-off', kind: 'left' as const },
    { head: 'dropped', title: 'connections that were dropped, of those that were planned' },
    { head: 'reconnections', title: 'connections that had to come back, lost ones among them' },
    { head: 'not in time', title: 'connections that were not back in time' },
    { head: 'dials', title: 'dials of connections that were to come back' },
    { head: 'dials each', title: 'dials for each reconnection' },
    { head: 'longest back', title: 'the longest time from a drop until open and subscribed again' },
    { head: 'worst second', title: 'most dials within one second, which the back end had to accept' },
  ];
  const rows = storms.map((storm) => ({
    kind: storm.notBack > 0 ? ('broke' as const) : undefined,
    cells: [
      storm.backoff,
      `${whole(storm.dropped)} / ${whole(storm.planned)}`,
      whole(storm.reconnections),
      whole(storm.notBack),
      whole(storm.attempts),
      eachText(storm.attemptsEach),
      timeText(storm.longestMs),
      whole(storm.worstSecond),
    ],
  }));
  return table('Storm by back-off', columns, rows);
}

const DROP = { one: 'drop', many: 'drops' };

function sentenceOf(summary: RunSummary, broken: Break | undefined): string {
  const { reconnections: storms = [] } = summary;
  if (broken !== undefined) {
    const { number, name = '' } = broken.stage;
    return `breaks with back-off ${name} (stage ${number}): ${limitSentence(broken.worst)}`;
  }
  const all = storms.reduce((sum, { reconnections }) => sum + reconnections, 0);
  const back = all - storms.reduce((sum, { notBack }) => sum + notBack, 0);
  const longest = Math.max(0, ...storms.map(({ longestMs }) => longestMs ?? 0));
  const level = countedAs(summary.plan.stages[0]?.level ?? 0, summary.vocabulary.level);
  return `${level} came back after ${whole(back)} of ${countedAs(all, DROP)}, within ${duration(longest)}`;
}

/** Fewer drops than planned are less load, but for stages that broke: there clients were not back for the next drop. */
function doubtsOf({ reconnections = [], stages, measures, settings }: RunSummary): string[] {
  const failed = measures['drops_failed'];
  const calls =
    typeof failed === 'number' && failed > 0
      ? `${failed} calls of DROP_URL failed: see the log of k6`
      : undefined;
  const other =
    settings['drops'] === 'server'
      ? 'DROP_URL did not drop them, or they were not back yet: make CYCLE_SECONDS longer'
      : 'the others were not back yet: make CYCLE_SECONDS longer';
  return reconnections
    .filter(({ stage, dropped, planned }) => dropped < planned && stages[stage - 1]?.state !== 'broke')
    .map(
      ({ stage, dropped, planned }) =>
        `only ${dropped} of ${planned} connections were dropped in stage ${stage}: ${calls ?? other}`,
    );
}

function figuresOf(backoff: string): PartFigure[] {
  const of = ({ reconnections = [] }: RunSummary) => reconnections.find((storm) => storm.backoff === backoff);
  const key = backoff.replaceAll('-', '_');
  return [
    {
      ...{ metric: `attempts_each_${key}`, name: `dials each, ${backoff}`, unit: 'count', more: false },
      ...{ relative: 0.1, absolute: 0.2, value: (summary) => of(summary)?.attemptsEach ?? null },
    },
    {
      ...{ metric: `longest_back_${key}`, name: `longest back, ${backoff}`, unit: 'ms', more: false },
      ...{ relative: 0.25, absolute: 50, value: (summary) => of(summary)?.longestMs ?? null },
    },
    {
      ...{ metric: `worst_second_${key}`, name: `dials in the worst second, ${backoff}`, unit: 'count' },
      ...{ more: false, relative: 0.1, absolute: 2, value: (summary) => of(summary)?.worstSecond ?? null },
    },
  ];
}
