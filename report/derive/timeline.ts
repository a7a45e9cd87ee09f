/**
 * The record of k6's web dashboard (`timeline.ndjson`) as points, one per period. Pure.
 *
 * Each line is `{"event", "data"}`. `param` lists the aggregates of each metric type; `metric` announces names and their
 * types; `cumulative` (since the start) and `snapshot` (of one period) hold an array per metric announced so far, in the
 * order of their sorted names. The last part of a period has no snapshot. See k6, internal/dashboard/meter.go.
 */
import { isPlainObject } from '../../lib/words/jsonFields.ts';

/** What one period brought. */
export interface TimelinePoint {
  /** End of the period, epoch milliseconds. */
  time: number;
  /** Length of the period in seconds. */
  seconds: number;
  /**
   * A metric's aggregate in this period: `count` and `rate` of Counters, `rate` of Rates, `value` of Gauges, `avg`,
   * `max`, `med`, `min`, `p(90)`, `p(95)`, `p(99)` of Trends; null without samples. A sub-metric is named as k6 names
   * it, `failures{reason:reset}`.
   */
  period(metric: string, aggregate: string): number | null;
  /** The same since the start of the run. */
  total(metric: string, aggregate: string): number | null;
}

/** A whole record. Times are epoch milliseconds. */
export interface Timeline {
  startedAt: number;
  points: TimelinePoint[];
  /** Names of all metrics and sub-metrics, sorted. */
  metrics: string[];
}

/**
 * What `seconds` of a run brought, per second. The rest of a second at the end of a run counts as a whole one: a rate
 * of its own would be a spike that never was.
 */
export const perSecond = (count: number, seconds: number): number => count / Math.max(1, seconds);

type Values = readonly (readonly number[])[];

/** The names announced so far and where the aggregates of each stand in its array. */
interface Layout {
  index: ReadonlyMap<string, number>;
  aggregates: readonly (readonly string[])[];
}

/** Reads a record; lines that are cut or mean nothing here are passed over, so that a killed run is read as well. */
export function parseTimeline(text: string): Timeline {
  const reader = new TimelineReader();
  for (let start = 0; start < text.length;) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? text.length : end);
    start = end < 0 ? text.length : end + 1;
    if (!line.startsWith('{"event":"threshold"')) reader.read(line);
  }
  return reader.done();
}

class TimelineReader {
  private readonly points: TimelinePoint[] = [];
  private aggregates: Record<string, readonly string[]> = {};
  private readonly types = new Map<string, string>();
  private layout: Layout = { index: new Map(), aggregates: [] };
  private startedAt = 0;
  private last: TimelinePoint | undefined;
  private cumulative: { time: number; values: Values; layout: Layout } | undefined;

  read(line: string): void {
    const { event, data } = parseLine(line);
    if (event === 'param' && isPlainObject(data)) this.learnAggregates(data['aggregates']);
    else if (event === 'metric' && isPlainObject(data)) this.announce(data);
    else if (isValues(data)) this.take(event, data);
  }

  done(): Timeline {
    this.flush();
    return { startedAt: this.startedAt, points: this.points, metrics: [...this.layout.index.keys()] };
  }

  private learnAggregates(known: unknown): void {
    if (isPlainObject(known)) this.aggregates = known as Record<string, readonly string[]>;
  }

  private announce(metrics: Record<string, unknown>): void {
    for (const [name, about] of Object.entries(metrics))
      if (isPlainObject(about)) this.types.set(name, String(about['type']));
    const names = [...this.types.keys()].sort();
    this.layout = {
      index: new Map(names.map((name, place) => [name, place])),
      aggregates: names.map((name) => this.aggregates[this.types.get(name) ?? ''] ?? []),
    };
  }

  private take(event: string, values: Values): void {
    const { layout } = this;
    const time = valueOf(values, layout, 'time', 'value');
    if (event === 'start') this.startedAt = values[0]?.[0] ?? 0;
    if (time === null || values.length !== layout.index.size) return;
    if (event === 'cumulative') {
      this.flush();
      this.cumulative = { time, values, layout };
    } else if (event === 'snapshot') {
      this.add(values);
    }
  }

  /** A period that has no snapshot: counters say by their growth what it brought, other metrics nothing. */
  private flush(): void {
    if (this.cumulative !== undefined) this.add(undefined);
  }

  private add(snapshot: Values | undefined): void {
    const { cumulative, last } = this;
    if (cumulative === undefined) return;
    this.cumulative = undefined;
    const { time, values, layout } = cumulative;
    const seconds = (time - (last?.time ?? this.startedAt)) / 1000;
    const total = (metric: string, aggregate: string) => valueOf(values, layout, metric, aggregate);
    const grown = (metric: string, aggregate: string) => {
      if (aggregate === 'value') return total(metric, aggregate);
      if (aggregate !== 'count') return null;
      const now = total(metric, 'count');
      return now === null ? null : now - (last?.total(metric, 'count') ?? 0);
    };
    const period =
      snapshot === undefined
        ? grown
        : (metric: string, aggregate: string) => valueOf(snapshot, layout, metric, aggregate);
    this.last = { time, seconds, period, total };
    this.points.push(this.last);
  }
}

function parseLine(line: string): { event: string; data: unknown } {
  const nothing = { event: '', data: undefined };
  try {
    const parsed: unknown = JSON.parse(line);
    return isPlainObject(parsed) ? { event: String(parsed['event']), data: parsed['data'] } : nothing;
  } catch {
    return nothing;
  }
}

function valueOf(values: Values, layout: Layout, metric: string, aggregate: string): number | null {
  const place = layout.index.get(metric);
  if (place === undefined) return null;
  const position = layout.aggregates[place]?.indexOf(aggregate) ?? -1;
  return values[place]?.[position] ?? null;
}

const isValues = (value: unknown): value is Values => Array.isArray(value) && value.every(Array.isArray);
