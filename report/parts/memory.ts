/** What connections cost in memory: the target's at each level, and where somebody looked the load generator's. Pure. */
import {
  LEVELS_MEASURED,
  MEMORY_BEFORE,
  MEMORY_OPEN,
  MEMORY_PEAK,
  MEMORY_PER_CONNECTION,
  READING,
  TARGET_MEMORY,
} from '../../lib/vocabulary/memoryWords.ts';
import { inStage } from '../../lib/words/limits.ts';
import type { Stage } from '../../lib/plans/load.ts';
import type { GeneratorLevel } from '../derive/generatorMemory.ts';
import type { K6Metrics } from '../derive/k6Data.ts';
import type { RunSummary } from '../derive/summary.ts';
import { legend, lineChart, type Line } from '../html/charts/lineChart.ts';
import { linearScale, namedScale } from '../html/charts/scale.ts';
import { html, type Content, type Html } from '../html/escape.ts';
import { rises } from '../html/stageWords.ts';
import { columnsOf, table } from '../html/table.ts';
import type { NamedLine } from '../text/books.ts';
import { bytes, figureText, limitText, whole } from '../text/words.ts';
import type { Part, Seen } from './part.ts';

/** The target's memory at one level, in bytes; null: not measured. */
export interface MemoryLevel {
  stage: number;
  /** Connections that were planned. */
  level: number;
  /** Before they opened, and while they were open. */
  before: number | null;
  open: number | null;
  /** How much more that is, by connection. */
  perConnection: number | null;
  /** The most that it had by then, as far as anybody saw. */
  peak: number | null;
}

export interface MemorySummary {
  levels: MemoryLevel[];
}

/** The part of runs that read the memory of their target. */
export const MEMORY: Part = {
  name: 'memory',
  title: 'Memory',
  field: 'memory',
  summarize: (metrics, { plan, vocabulary }) =>
    vocabulary.operations[READING] === undefined || metrics.count('readings_begun') === 0
      ? {}
      : { memory: { levels: plan.stages.map((stage) => levelOf(metrics, stage)) } },
  lines: (summary) => linesOf(summary),
  section: (summary) => sectionOf(summary),
  doubts: (summary) => doubtsOf(summary),
  figures: [
    {
      ...{ metric: MEMORY_PER_CONNECTION, name: 'memory by connection', unit: 'bytes', more: false },
      ...{ relative: 0.25, absolute: 200_000, value: (summary) => greatest(summary, 'perConnection') },
    },
    {
      ...{ metric: MEMORY_PEAK, name: 'memory at most', unit: 'bytes', more: false },
      ...{ relative: 0.2, absolute: 20_000_000, value: (summary) => greatest(summary, 'peak') },
    },
  ],
};

function levelOf(metrics: K6Metrics, stage: Stage): MemoryLevel {
  const isMeasured = metrics.count(inStage(LEVELS_MEASURED, stage)) > 0;
  const at = (metric: string) => (isMeasured ? metrics.value(inStage(metric, stage)) : null);
  const seen = metrics.distribution(inStage(TARGET_MEMORY, stage))['max'];
  return {
    stage: stage.number,
    level: stage.level,
    before: at(MEMORY_BEFORE),
    open: at(MEMORY_OPEN),
    perConnection: metrics.distribution(inStage(MEMORY_PER_CONNECTION, stage))['max'] ?? null,
    peak: seen === undefined ? null : Math.max(seen, at(MEMORY_PEAK) ?? 0),
  };
}

function levelsOf({ memory }: RunSummary): readonly MemoryLevel[] {
  return memory?.levels ?? [];
}

function greatest(summary: RunSummary, figure: 'perConnection' | 'peak'): number | null {
  const values = levelsOf(summary).flatMap((level) => level[figure] ?? []);
  return values.length === 0 ? null : Math.max(...values);
}

/** Those of k6, by stage, where somebody looked. */
function generatorOf({ observed }: Seen): ReadonlyMap<number, GeneratorLevel> {
  return new Map((observed?.levels ?? []).map((level) => [level.stage, level]));
}

function linesOf(summary: Seen): NamedLine[] {
  const levels = levelsOf(summary);
  const own = generatorOf(summary);
  const most = greatest(summary, 'peak');
  const peak = most === null ? 'it was never read' : `at most ${bytes(most)}`;
  const target = costs(levels, ({ perConnection }) => perConnection);
  const generator = costs(levels, ({ stage }) => own.get(stage)?.perConnection ?? null);
  return [
    ['memory', [...target, peak].join(', ')],
    ...(generator.length === 0
      ? []
      : [['memory of k6', [...generator, `at most ${bytes(mostOf(own))}`].join(', ')] as const]),
  ];
}

/** `92 kB a connection at 10`, `10 kB at 50`. */
function costs(levels: readonly MemoryLevel[], of: (level: MemoryLevel) => number | null): string[] {
  const known = levels.flatMap((level): [number, number][] => {
    const cost = of(level);
    return cost === null ? [] : [[level.level, cost]];
  });
  return known.map(
    ([level, cost], index) => `${bytes(cost)}${index === 0 ? ' a connection' : ''} at ${whole(level)}`,
  );
}

function mostOf(own: ReadonlyMap<number, GeneratorLevel>): number {
  return Math.max(0, ...[...own.values()].map(({ most }) => most));
}

function sectionOf(summary: Seen): Content {
  const own = generatorOf(summary);
  const unseen = own.size === 0 ? ' That of k6 is seen by “crescendo run” only.' : '';
  return html`<p class="note">
      Before: the least while nobody was connected. Open: the most that lasted a second while the connections
      of the level were open. The difference, by connection, is what one costs.${unseen}
    </p>
    ${chartOf(summary)} ${tableOf(summary, own)}`;
}

const KINDS = [
  { name: 'before', kind: 'p95' },
  { name: 'open', kind: 'p50' },
  { name: 'peak', kind: 'p99' },
] as const;

const NAMES = { before: 'before the connections', open: 'while they are open', peak: 'at most by then' };

/** Nothing where nothing was measured. */
function chartOf(summary: RunSummary): Html | undefined {
  const levels = levelsOf(summary);
  const isByLevel = rises(summary.stages);
  const place = ({ stage, level }: MemoryLevel) => (isByLevel ? level : stage);
  const lines = KINDS.map(({ name, kind }): Line => ({
    name: NAMES[name],
    kind,
    hasMarkers: true,
    points: levels.map((level) => ({ x: place(level), y: level[name] })),
  }));
  const values = lines.flatMap(({ points }) => points.flatMap(({ y }) => y ?? []));
  if (values.length === 0) return undefined;
  const most = Math.max(...values);
  const limits = limitsOf(summary).filter(({ y }) => y < 4 * most);
  return html`${legend(lines)}
    <figure>
      ${lineChart({
        label: 'Memory of the target over connections; the table below has the values.',
        x: namedScale(levels.map(place), 20),
        y: linearScale(1.04 * Math.max(most, ...limits.map(({ y }) => y))),
        xText: whole,
        yText: (value) => (value === 0 ? '0' : bytes(value)),
        xTitle: isByLevel ? summary.vocabulary.level.many : 'stage',
        lines,
        limits,
      })}
    </figure>`;
}

/** The limit on the whole memory, with its stages where it is not one of all. */
function limitsOf({ stages }: RunSummary) {
  const limited = stages.flatMap(({ level, limits }) =>
    limits.filter(({ metric }) => metric === TARGET_MEMORY).map((limit) => ({ level, limit })),
  );
  const [first] = limited;
  if (first === undefined) return [];
  const where =
    limited.length === stages.length ? '' : ` at ${limited.map(({ level }) => whole(level)).join(', ')}`;
  return [{ y: first.limit.bound, text: `limit ${limitText(first.limit)}${where}`, kind: 'p50' as const }];
}

function tableOf(summary: RunSummary, own: ReadonlyMap<number, GeneratorLevel>): Html {
  const { level } = summary.vocabulary;
  const heads = ['stage', level.many, 'before', 'open', `by ${level.one}`, 'peak'];
  const ofGenerator = own.size === 0 ? [] : ['k6 at most', `k6 by ${level.one}`];
  const rows = levelsOf(summary).map((row) => ({
    cells: [
      whole(row.stage),
      whole(row.level),
      ...[row.before, row.open, row.perConnection, row.peak].map(bytesText),
      ...(own.size === 0 ? [] : generatorCells(own.get(row.stage))),
    ],
  }));
  return table('Memory by level', columnsOf([...heads, ...ofGenerator]), rows);
}

function generatorCells(level: GeneratorLevel | undefined): string[] {
  return [bytesText(level?.most), bytesText(level?.perConnection)];
}

function bytesText(value: number | null | undefined): string {
  return figureText('bytes', value);
}

/** Levels with limits on memory whose memory nobody knows to the end; where another limit broke, that is why. */
function doubtsOf(summary: RunSummary): string[] {
  const { stages } = summary;
  const judged = stages.filter(
    ({ binding, state, limits }) =>
      binding && state !== 'broke' && limits.some(({ metric }) => MEMORIES.includes(metric)),
  );
  const missing = levelsOf(summary).filter(
    ({ stage, perConnection }) => perConnection === null && judged.some(({ number }) => number === stage),
  );
  if (missing.length === 0) return [];
  const which = `${missing.length === 1 ? 'stage' : 'stages'} ${missing.map(({ stage }) => stage).join(', ')}`;
  return [
    `the memory of the target was not measured to the end of ${which}, for ${whyNot(summary)}: check what MEMORY_URL answers`,
  ];
}

function whyNot(summary: RunSummary): string {
  const { began = 0, bad = 0 } = summary.operations[READING] ?? {};
  return bad > 0
    ? `${whole(bad)} of ${whole(began)} readings failed`
    : 'as it says itself it had no more connections than before';
}

const MEMORIES: readonly string[] = [TARGET_MEMORY, MEMORY_PER_CONNECTION];
