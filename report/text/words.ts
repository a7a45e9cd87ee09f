/** Numbers and limits as people read them. Pure. */
import { withCommas } from '../../lib/words/plural.ts';
import type { Unit } from '../../lib/vocabulary/vocabulary.ts';
import type { LimitResult, StageSummary } from '../derive/summary.ts';

/** `212 ms`, `1.94 s`, `61 s`, `33 min`: three digits at most. */
export function duration(milliseconds: number): string {
  if (milliseconds < 9.95) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 999.5) return `${milliseconds.toFixed(0)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 9.995) return `${seconds.toFixed(2)} s`;
  if (seconds < 99.95) return `${seconds.toFixed(1)} s`;
  return seconds < 600 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`;
}

/** A moment or a span of a run: `0:40`, `12:05`, `1:02:00`. */
export function clockText(seconds: number): string {
  const sign = seconds < 0 ? '−' : '';
  const all = Math.round(Math.abs(seconds));
  const [hours, minutes] = [Math.floor(all / 3600), Math.floor(all / 60) % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return `${sign}${hours > 0 ? `${hours}:${two(minutes)}` : minutes}:${two(all % 60)}`;
}

/** A number and its unit with a space between them at which no line ends. */
export function withUnitsTied(text: string): string {
  return text.replace(/(\d) (?=(?:ms|s|min|kB|MB|GB|%|×)(?!\w))/g, '$1\u00a0');
}

/** A limit's bound, exactly: `5 s`, `2500 ms`. */
function boundText(milliseconds: number): string {
  return milliseconds >= 1000 && milliseconds % 100 === 0 ? `${milliseconds / 1000} s` : `${milliseconds} ms`;
}

/** `99.92 %`; never rounded up to 100. */
export function percent(share: number, digits = 2): string {
  const scale = 100 * 10 ** digits;
  const rounded = share < 1 && share >= 0 ? Math.floor(share * scale + 1e-9) : Math.round(share * scale);
  return rounded === scale ? '100 %' : `${((rounded / scale) * 100).toFixed(digits)} %`;
}

/** Rounded: `21,480`. */
export function whole(value: number): string {
  return withCommas(Math.round(value));
}

/** A number that need not be whole: `21,480`, `0.25`. */
function amount(value: number): string {
  return Number.isInteger(value) || value >= 100 ? whole(value) : String(Number(value.toFixed(2)));
}

/** `812 kB`, `48.2 MB`, `1.94 GB`. */
export function bytes(count: number): string {
  const [scale, unit] =
    Math.abs(count) < 1e6 ? [1e3, 'kB'] : Math.abs(count) < 1e9 ? [1e6, 'MB'] : [1e9, 'GB'];
  return `${Number((count / scale).toPrecision(3))} ${unit}`;
}

/** The metric in words, without what every time is: `answer`, `session success`, `health request`. */
export function metricName(metric: string): string {
  const [, whole = metric, tags = ''] = /^(.*)\{(.*)\}$/.exec(metric) ?? [];
  const values = tags.split(',').map((tag) => tag.replace(/^.*?:/, ''));
  const name = whole.replace(/_(latency|duration)$/, '').replaceAll('_', ' ');
  return [...values, name].join(' ').trim();
}

/** An aggregate as people call it: `p95`, `avg`; empty where the metric has only one. */
export function aggregateName(aggregate: string): string {
  if (aggregate === 'med') return 'p50';
  const [, percentile] = /^p\(([\d.]+)\)$/.exec(aggregate) ?? [];
  if (percentile !== undefined) return `p${percentile}`;
  return /^(rate|count|value)$/.test(aggregate) ? '' : aggregate;
}

/** `answer p95`, `session success`. */
export function limitName({ metric, aggregate }: Pick<LimitResult, 'metric' | 'aggregate'>): string {
  const name = aggregate === 'med' ? aggregate : aggregateName(aggregate);
  return `${metricName(metric)} ${name}`.trim();
}

/** Stands where nothing was measured. */
export const NOTHING = '–';

/** A value as a report shows it: a dash where nothing was measured. */
export function figureText(unit: Unit, value: number | null | undefined): string {
  if (value === null || value === undefined) return NOTHING;
  switch (unit) {
    case 'ms':
      return duration(value);
    case 'share':
      return percent(value);
    case 'factor':
      return `${value.toFixed(2)} ×`;
    case 'per second':
      return `${amount(value)}/s`;
    case 'bytes':
      return bytes(value);
    case 'bytes per second':
      return `${bytes(value)}/s`;
    case 'count':
    case 'per session-hour':
      return amount(value);
  }
}

/** The measured value in the limit's own unit. */
export function valueText({ unit, value }: Pick<LimitResult, 'unit' | 'value'>): string {
  return value === null ? 'no samples' : figureText(unit, value);
}

/** The bound in the same unit, exactly: `5 s`, `99 %`. */
export function limitText({ unit, bound }: Pick<LimitResult, 'unit' | 'bound'>): string {
  switch (unit) {
    case 'ms':
      return boundText(bound);
    case 'share':
      return `${Number((bound * 100).toFixed(4))} %`;
    case 'factor':
      return `${bound} ×`;
    case 'per second':
      return `${amount(bound)}/s`;
    case 'bytes':
      return bytes(bound);
    case 'bytes per second':
      return `${bytes(bound)}/s`;
    case 'count':
    case 'per session-hour':
      return amount(bound);
  }
}

/** `1 session`, `21,480 sessions`. */
export function counted(count: number, noun: string): string {
  return `${whole(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `answer p95 6.20 s, limit 5 s`. */
export function limitSentence(limit: LimitResult): string {
  return `${limitName(limit)} ${valueText(limit)}, limit ${limitText(limit)}`;
}

/** The limits that a stage broke: `answer p95 6.20 s (limit 5 s)`, each. */
export function brokenTexts({ limits }: Pick<StageSummary, 'limits'>): string[] {
  const broken = limits.filter(({ kept }) => kept === false);
  return broken.map((limit) => `${limitName(limit)} ${valueText(limit)} (limit ${limitText(limit)})`);
}

/** The sign of each state of a stage. */
export const STATE_SIGNS: Record<StageSummary['state'], string> = {
  held: '✓',
  broke: '✗',
  'not measured': '?',
  unfinished: '…',
  'not reached': '·',
};

/** A time, or a dash where nothing was measured. */
export function timeText(milliseconds: number | undefined | null): string {
  return figureText('ms', milliseconds);
}

/** A share, or a dash. */
export function shareText(share: number | null | undefined, digits = 2): string {
  return share === null || share === undefined ? NOTHING : percent(share, digits);
}

/** How long errors lasted: null, to the end. */
export function errorsText(milliseconds: number | null): string {
  if (milliseconds === null) return 'errors to the end';
  return milliseconds === 0 ? 'no errors' : `errors for ${duration(milliseconds)}`;
}

/**
 * The most operations that were seen open at the same time, where that tells something: not when nobody looked, and not
 * when it is below the average, as after a run that is over before the first look.
 */
export function peakSeen(average: number, seen: number | undefined): string | undefined {
  return seen === undefined || seen < average ? undefined : whole(seen);
}
