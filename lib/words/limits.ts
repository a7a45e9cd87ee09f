/** thresholds/*.json → limits: what may be limited, and what a limit means in a stage. Pure. */
import type { Plan, Stage } from '../plans/load.ts';
import { isPlainObject } from './jsonFields.ts';
import { parseJson, type JsonText } from './jsonText.ts';
import { closest, InputError } from './settings.ts';
import type { Kind, Metric, Unit } from '../vocabulary/vocabulary.ts';

/** Share of the planned sessions that the load generator must have kept up in each judged stage. */
export const LEAST_HELD = 0.99;
/** Above this share k6 made another load than the plan. */
export const MOST_HELD = 1.01;

/** The levels of a thresholds file, strictest first. */
export const LEVELS = ['target', 'warning', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** One threshold expression, such as `p(95)<5000`, and what it needs to know of the metric that it binds. */
export interface Limit {
  metric: string;
  expression: string;
  /** `avg`, `min`, `max`, `med`, `p(x)`, `rate`, `count` or `value`. */
  aggregate: string;
  operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  bound: number;
  kind: Kind;
  unit: Unit;
  /** Must each judged stage have samples, or only the run? */
  needs: 'every stage' | 'run';
  /** The Counter of the metric's samples. */
  samples?: string;
  /** Binds only later stages with as many sessions as stage 1. */
  drift?: true;
  /** The Counter that the metric is per hour. */
  perHourOf?: string;
  /** Binds only stages of this level; all when left out. */
  at?: number;
  /** Binds only stages of this kind; all when left out. */
  in?: string;
  /** Those that the metric selects by; stages that do something else only are not judged. */
  tags?: Readonly<Record<string, string>>;
}

/** Limits by level. */
export type Limits = Record<Level, Limit[]>;

const HOUR_SECONDS = 3600;

/** Metrics by name, of which limits may bind some. */
export type Metrics = Readonly<Record<string, Metric>>;

/** The aggregates of each kind. */
export const AGGREGATES: Record<Kind, RegExp> = {
  trend: /^(avg|min|max|med|p\(\d{1,3}(\.\d+)?\))$/,
  rate: /^rate$/,
  counter: /^(count|rate)$/,
  gauge: /^value$/,
};

/**
 * Reads a thresholds file, called `file` in sentences, of a script that has these metrics. Throws an InputError that lists all that is wrong, by line. */
export function parseLimits(text: string, file: string, metrics: Metrics): Limits {
  const json = parseObject(text, file);
  const { place } = json;
  const problems = [...json.repeated];
  const limits: Limits = { target: [], warning: [], critical: [] };
  for (const [level, byMetric] of Object.entries(json.value)) {
    if (!isLevel(level)) {
      problems.push(
        `${place(level)}: "${level}" is not a level. A file has ${LEVELS.map((name) => `"${name}"`).join(', ')}.`,
      );
    } else if (isPlainObject(byMetric)) {
      for (const [name, part] of Object.entries(byMetric))
        limits[level].push(...namedLimits([level, name], part, { place, metrics, problems }));
    } else {
      problems.push(
        `${place(level)}: "${level}" must be an object of metric names, each with a list of limits.`,
      );
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return limits;
}

function parseObject(text: string, file: string): JsonText & { value: Record<string, unknown> } {
  const shape = `It must hold an object with the levels ${LEVELS.join(', ')}.`;
  const json = parseJson(text, file, shape);
  const { value } = json;
  if (isPlainObject(value)) return { ...json, value };
  throw new InputError([`${json.place()}: there is no object of limits. ${shape}`]);
}

/** What reading a file needs and collects on the way. */
interface Reading {
  place: JsonText['place'];
  metrics: Metrics;
  problems: string[];
}

/** Stages by level, by kind, or by both: `@50`, `@together`, `@50 together`. */
const CHOICE = /^@(?:(\d+)|([a-z][a-z-]*)|(\d+) ([a-z][a-z-]*))$/;

/** The limits on a metric, or those that hold in some stages only. */
function namedLimits(path: readonly string[], part: unknown, reading: Reading): Limit[] {
  const name = path.at(-1) ?? '';
  const stages = stagesNamed(name);
  if (stages === undefined) return metricLimits(path, part, reading);
  if (isPlainObject(part))
    return Object.entries(part).flatMap(([metric, list]) =>
      metricLimits([...path, metric], list, reading).map((limit) => ({ ...limit, ...stages })),
    );
  reading.problems.push(
    `${reading.place(...path)}: "${name}" must be an object of metric names, each with a list of limits.`,
  );
  return [];
}

function stagesNamed(name: string): Pick<Limit, 'at' | 'in'> | undefined {
  const [whole, onlyLevel, onlyKind, level = onlyLevel, kind = onlyKind] = CHOICE.exec(name) ?? [];
  if (whole === undefined) return undefined;
  return {
    ...(level === undefined ? {} : { at: Number(level) }),
    ...(kind === undefined ? {} : { in: kind }),
  };
}

/** The name in a file for the stages of a limit; `undefined`: for all. */
export function stagesOf({ at, in: kind }: Pick<Limit, 'at' | 'in'>): string | undefined {
  const words = [at, kind].filter((word) => word !== undefined);
  return words.length === 0 ? undefined : `@${words.join(' ')}`;
}

function metricLimits(path: readonly string[], list: unknown, reading: Reading): Limit[] {
  const { place, metrics, problems } = reading;
  const [level = ''] = path;
  const metric = path.at(-1) ?? '';
  const bindable = bindableOf(metrics);
  const known = Object.hasOwn(bindable, metric) ? bindable[metric] : undefined;
  if (known === undefined) {
    problems.push(`${place(...path)}: ${unknownMetric(metric, Object.keys(bindable))}`);
    return [];
  }
  if (!Array.isArray(list) || list.length === 0) {
    problems.push(
      `${place(...path)}: "${metric}" in "${level}" must have a list of limits, for example ["${example(known.kind)}"].`,
    );
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    const limit = parseEntry(metric, entry, known);
    if (typeof limit !== 'string') return [limit];
    problems.push(`${place(...path, index)}: ${limit}`);
    return [];
  });
}

function unknownMetric(name: string, known: readonly string[]): string {
  const [, metric = name, tags] = /^([^{]*)\{(.*)\}\s*$/.exec(name) ?? [];
  if (tags !== undefined && known.includes(metric)) return unknownTags(name, metric, tags, known);
  const meant = closest(metric, known);
  const hint = meant ? `Did you mean ${meant}?` : `Possible are ${known.join(', ')}.`;
  return `"${name}" is not a metric of this script. ${hint}`;
}

function unknownTags(name: string, metric: string, tags: string, known: readonly string[]): string {
  if (/^\s*stage\s*:/.test(tags))
    return `"${name}" names a stage, but every limit applies to each stage by itself. Write "${metric}"; REQUIRED_SESSIONS says up to which stage limits decide.`;
  const possible = known.filter((other) => other.startsWith(`${metric}{`));
  return possible.length === 0
    ? `"${name}" selects by tags, which ${metric} does not have. Write "${metric}": it applies to each stage by itself.`
    : `"${name}" selects by tags that ${metric} does not have. Possible are ${possible.join(', ')}.`;
}

function example(kind: Kind): string {
  return { trend: 'p(95)<5000', rate: 'rate>0.99', counter: 'count<10', gauge: 'value<10' }[kind];
}

/** A limit as a text, or in k6's object form; a text instead says what is wrong with it. */
function parseEntry(metric: string, entry: unknown, about: Metric): Limit | string {
  if (!isPlainObject(entry)) return parseExpression(metric, String(entry), about);
  const { threshold, abortOnFail = false, ...others } = entry;
  const [other] = Object.keys(others);
  const shown = JSON.stringify(entry);
  const { kind } = about;
  if (typeof threshold !== 'string')
    return `${shown} has no "threshold". Write "${example(kind)}", or {"threshold": "${example(kind)}"}.`;
  if (abortOnFail !== false || other === 'delayAbortEval')
    return `${shown} would stop the run in mid-stage, which limits can't. Write "${threshold}"; with PROFILE=breakpoint a run ends at the end of the first stage that breaks.`;
  if (other !== undefined) return `${shown} has "${other}", which limits don't have. Write "${threshold}".`;
  return parseExpression(metric, threshold, about);
}

/** k6's grammar; numbers as Go reads them, but for hexadecimal ones and infinities. */
const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const EXPRESSION = new RegExp(
  String.raw`^\s*(?:([a-z]+)|p\(\s*(${NUMBER})\s*\))\s*(<=|>=|===|==|!=|<|>)\s*(${NUMBER})\s*$`,
);

function parseExpression(metric: string, text: string, about: Metric): Limit | string {
  const { kind } = about;
  const [, word = '', percentile, operator = '', number = ''] = EXPRESSION.exec(text) ?? [];
  const aggregate = percentile === undefined ? word : `p(${Number(percentile)})`;
  const plain = operator === '===' ? '==' : operator;
  const bound = Number(number);
  const isPercentile = percentile === undefined || (Number(percentile) >= 0 && Number(percentile) <= 100);
  if (!AGGREGATES[kind].test(aggregate) || !isPercentile || !isOperator(plain) || !Number.isFinite(bound))
    return `"${text}" is not a limit for ${metric}. Write an aggregate, an operator and a number, for example "${example(kind)}".`;
  const expression = `${aggregate}${operator}${bound}`;
  const limit = { metric, expression, aggregate, operator: plain, bound, ...facts(about, aggregate) };
  return senseless(limit, about) ?? limit;
}

function facts({ kind, unit, limit = 'run', samples, drift, perHourOf, of }: Metric, aggregate: string) {
  return {
    kind,
    unit: kind === 'counter' && aggregate === 'rate' ? rateOf(unit) : unit,
    needs: limit,
    ...(samples === undefined ? {} : { samples }),
    ...(drift === undefined ? {} : { drift }),
    ...(perHourOf === undefined ? {} : { perHourOf }),
    ...(of === undefined ? {} : { tags: of.tags }),
  };
}

function rateOf(unit: Unit): Unit {
  return unit === 'bytes' ? 'bytes per second' : 'per second';
}

function bindableOf(metrics: Metrics): Metrics {
  return Object.fromEntries(Object.entries(metrics).filter(([, { limit }]) => limit !== undefined));
}

/** The values that a metric can have. */
interface Domain {
  least: number;
  most: number;
  /** Whole numbers only. */
  whole?: boolean;
  what: string;
}

function domainOf({ aggregate }: Limit, { kind, least = 0 }: Metric): Domain {
  if (kind === 'rate') return { least: 0, most: 1, what: 'a rate is between 0 and 1' };
  if (least < 0 && kind !== 'counter')
    return { least, most: 1, what: 'it is a difference of shares, between -1 and 1' };
  if (aggregate === 'count' && least === 0)
    return { least: 0, most: Infinity, whole: true, what: 'a count is a whole number from 0 on' };
  return { least, most: Infinity, what: `it is never below ${least}` };
}

/** The sentence for a limit that can't be broken, or can't be kept, whatever the target does. */
function senseless(limit: Limit, about: Metric): string | undefined {
  const { metric, expression, aggregate, operator, bound } = limit;
  const domain = domainOf(limit, about);
  const fate = fateOf(operator, bound, domain);
  if (fate === undefined) return undefined;
  const share = `${aggregate}${operator}${Number((bound / 100).toPrecision(12))}`;
  const isPercent = about.kind === 'rate' && bound > 1 && bound <= 100;
  const remedy = isPercent ? `Did you mean ${share}?` : 'Write the bound that you mean, or remove it.';
  return `"${expression}" for ${metric} ${fate}: ${domain.what}. ${remedy}`;
}

function fateOf(operator: Limit['operator'], bound: number, domain: Domain): string | undefined {
  const { least, most, whole } = domain;
  const isPossible = bound >= least && bound <= most && (whole !== true || Number.isInteger(bound));
  const [never, always] = {
    '<': [bound <= least, bound > most],
    '<=': [bound < least, bound >= most],
    '>': [bound >= most, bound < least],
    '>=': [bound > most, bound <= least],
    '==': [!isPossible, false],
    '!=': [false, !isPossible],
  }[operator];
  if (never) return 'can never hold';
  return always ? 'always holds' : undefined;
}

const isOperator = (text: string): text is Limit['operator'] =>
  ['<', '<=', '>', '>=', '==', '!='].includes(text);
const isLevel = (text: string): text is Level => LEVELS.some((level) => level === text);

/** The same limits, those on numbers per second multiplied by a factor. */
export function withThroughput(limits: Limits, factor: number): Limits {
  if (factor === 1) return limits;
  const changed = (limit: Limit): Limit => (isRate(limit.unit) ? multiplied(limit, factor) : limit);
  return {
    target: limits.target.map(changed),
    warning: limits.warning.map(changed),
    critical: limits.critical.map(changed),
  };
}

function multiplied(limit: Limit, factor: number): Limit {
  const bound = Number((limit.bound * factor).toPrecision(12));
  return { ...limit, bound, expression: `${limit.aggregate}${limit.operator}${bound}` };
}

/** Whether `value` keeps the limit. */
export function keeps({ operator, bound }: Pick<Limit, 'operator' | 'bound'>, value: number): boolean {
  switch (operator) {
    case '<':
      return value < bound;
    case '<=':
      return value <= bound;
    case '>':
      return value > bound;
    case '>=':
      return value >= bound;
    case '==':
      return value === bound;
    case '!=':
      return value !== bound;
  }
}

/** The strictest p95 limit of a metric. */
export function p95Limit(limits: readonly Limit[], metric: string | undefined): Limit | undefined {
  return limits
    .filter((limit) => limit.metric === metric && limit.aggregate === 'p(95)')
    .sort((a, b) => a.bound - b.bound)[0];
}

/** The metric's name with the stage's tag, as k6 names the sub-metric; a sub-metric has one tag more. */
export function inStage(metric: string, stage: Pick<Stage, 'number'>): string {
  const tag = `stage:${stage.number}}`;
  return metric.endsWith('}') ? `${metric.slice(0, -1)},${tag}` : `${metric}{${tag}`;
}

/** Whether a stage's limits decide the run (`REQUIRED_SESSIONS`), rather than only inform. */
export function binds(stage: Stage, requiredSessions: number | null): boolean {
  return stage.informs !== true && (requiredSessions === null || stage.level <= requiredSessions);
}

/** Whether the run must compare later stages with stage 1. */
export function measuresDrift(limits: Limits): boolean {
  return LEVELS.some((level) => limits[level].some(({ drift }) => drift === true));
}

/** Whether a limit can be judged in a stage. */
export function applies({ drift, at, in: kind, tags = {} }: Limit, stage: Stage, plan: Plan): boolean {
  if ((at ?? stage.level) !== stage.level || (kind ?? stage.kind) !== stage.kind) return false;
  if (Object.entries(tags).some(([tag, value]) => stage.only?.[tag]?.includes(value) === false)) return false;
  if (drift !== true) return true;
  return stage.number > 1 && stage.level === plan.stages[0]?.level;
}

/**
 * A limit as k6 can judge it in a stage: what is per session-hour or per second becomes a count, for k6's own rates are
 * over the whole run. So is a rate per second in a plan without an end, whose stage is the run.
 */
export function forStage(limit: Limit, stage: Stage): Limit {
  const parts = partsOf(limit, stage);
  if (parts === undefined) return limit;
  const bound = limit.bound * parts;
  const expression = `count${limit.operator}${bound}`;
  const metric = limit.perHourOf ?? limit.metric;
  return { ...limit, metric, kind: 'counter', aggregate: 'count', expression, bound };
}

/** A value that k6 measured for `forStage`'s limit, in the unit of the limit as it was written. */
export function ownUnit(limit: Limit, stage: Stage, value: number): number {
  return value / (partsOf(limit, stage) ?? 1);
}

/** How many hours or seconds a count of the stage is divided by; `undefined`: by none. */
function partsOf({ perHourOf, unit }: Limit, stage: Stage): number | undefined {
  const seconds = (stage.end - stage.hold) / 1000;
  if (perHourOf !== undefined) return (stage.level * seconds) / HOUR_SECONDS;
  return isRate(unit) && stage.end < Number.MAX_SAFE_INTEGER ? seconds : undefined;
}

function isRate(unit: Unit): boolean {
  return unit === 'per second' || unit === 'bytes per second';
}
