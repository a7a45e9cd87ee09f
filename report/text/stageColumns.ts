/** The table of stages, once for every format: heads, widths, and what stands in the cells. Pure. */
import { metricsOf, type Column, type Unit, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { aggregateOf, measureOf, perSecondIn } from '../derive/measures.ts';
import type { StageSummary } from '../derive/summary.ts';
import { figureText, NOTHING, percent, whole } from './words.ts';

/** A column behind the stage's number. */
export interface StageColumn {
  head: string;
  /** What it is, for who can ask. */
  title: string;
  /** Characters that it takes in a text, with the space before it. */
  width: number;
  /** Only where there is room. */
  isWide: boolean;
  text: (stage: StageSummary) => string;
}

/** All columns: the level, how much of it was there, and those of the vocabulary. */
export function stageColumns(vocabulary: Vocabulary): StageColumn[] {
  const { level, held, columns } = vocabulary;
  return [
    {
      head: level.many,
      title: 'planned',
      width: Math.max(9, level.many.length + 1),
      isWide: false,
      text: (stage) => whole(stage.level),
    },
    {
      head: 'held',
      title: `share of the planned ${level.many} that ${held.did}, on average`,
      width: 7,
      isWide: false,
      text: (stage) => heldText(stage.held),
    },
    ...columns.map((column) => ownColumn(column, vocabulary)),
  ];
}

/** Those for a text: of `room` characters, as many as fit. */
export function textColumns(vocabulary: Vocabulary, room: number): StageColumn[] {
  const narrow = stageColumns(vocabulary).filter(({ isWide }) => !isWide);
  const end = (index: number) => narrow.slice(0, index + 1).reduce((sum, { width }) => sum + width, 0);
  return narrow.filter((_, index) => end(index) <= room);
}

/** The longest text of each unit, with the space before it: ` 599 min`, ` 99.99 %`, ` 9,999,999`. */
const WIDTHS: Record<Unit, number> = {
  ms: 8,
  share: 9,
  count: 10,
  bytes: 10,
  factor: 9,
  'bytes per second': 10,
  'per second': 10,
  'per session-hour': 10,
};

function ownColumn({ head, title, metric, aggregate, wide }: Column, vocabulary: Vocabulary): StageColumn {
  const { unit = 'count', is } = metricsOf(vocabulary)[metric] ?? {};
  return {
    head,
    title: is === undefined ? title : `${title}: ${is}`,
    width: Math.max(WIDTHS[unit], head.length + 1),
    isWide: wide === true,
    text: (stage) => figureText(unit, valueIn(stage, vocabulary, metric, aggregate)),
  };
}

/** The `rate` of a count is per second. */
function valueIn(
  stage: StageSummary,
  vocabulary: Vocabulary,
  metric: string,
  aggregate: string,
): number | undefined {
  const measure = measureOf(stage, vocabulary, metric);
  return typeof measure === 'number' && aggregate === 'rate'
    ? perSecondIn(stage, vocabulary, metric)
    : aggregateOf(measure, aggregate);
}

function heldText(held: number | null): string {
  return held === null ? NOTHING : percent(held, held > 1 ? 0 : 1);
}
