/**
 * thresholds/*.json → limits per stage → k6 thresholds, with the guards that keep k6 from passing a limit
 * that nothing was measured for. Pure.
 */
import type { Plan, Stage } from './load.ts';
import { HANDSHAKE_STATUSES, PHASES, REPEATABLE, reasonsOf, type Phase, type Reason } from './failures.ts';
import { closest, InputError } from './settings.ts';

/** Share of the planned sessions that the load generator must have kept up in each judged stage. */
export const LEAST_HELD = 0.99;

/** The levels of a thresholds file, strictest first. */
export const LEVELS = ['target', 'warning', 'critical'] as const;
export type Level = (typeof LEVELS)[number];

/** One threshold expression: `p(95)<5000` on `answer_latency`. */
export interface Limit {
  metric: string;
  expression: string;
  /** `avg`, `min`, `max`, `med`, `p(x)`, `rate`, `count` or `value`. */
  aggregate: string;
  operator: '<' | '<=' | '>' | '>=' | '==' | '!=';
  bound: number;
}

/** Limits by level. */
export type Limits = Record<Level, Limit[]>;

type Kind = 'trend' | 'rate' | 'counter' | 'gauge';

/**
 * What a limit may bind. `guard`: the Counter that counts the metric's samples. `everyStage`: each judged stage
 * must have samples; otherwise the run as a whole must (sessions may outlast a stage).
 */
interface Bindable {
  kind: Kind;
  guard?: string;
  everyStage?: boolean;
}

const BINDABLE = (): Record<string, Bindable> => ({
  answer_latency: { kind: 'trend', guard: 'questions_answered', everyStage: true },
  first_chunk_latency: { kind: 'trend', guard: 'questions_answered', everyStage: true },
  answer_success: { kind: 'rate', guard: 'questions_sent', everyStage: true },
  session_success: { kind: 'rate', guard: 'sessions_ended' },
  session_duration: { kind: 'trend', guard: 'sessions_ended' },
  session_setup_duration: { kind: 'trend', guard: 'sockets_opened' },
  socket_connect_duration: { kind: 'trend', guard: 'sockets_opened' },
  socket_success: { kind: 'rate', guard: 'sessions_started' },
  questions_answered: { kind: 'counter' },
  questions_failed: { kind: 'counter' },
  sessions_completed: { kind: 'counter' },
  sessions_failed: { kind: 'counter' },
  sockets_failed: { kind: 'counter' },
  failures: { kind: 'counter' },
  answers_late: { kind: 'counter' },
  messages_unknown: { kind: 'counter' },
  chunks_duplicated: { kind: 'counter' },
  http_req_duration: { kind: 'trend', guard: 'http_reqs' },
  http_req_failed: { kind: 'rate', guard: 'http_reqs' },
  ws_connecting: { kind: 'trend', guard: 'ws_sessions' },
});

const AGGREGATES: Record<Kind, RegExp> = {
  trend: /^(avg|min|max|med|p\(\d{1,3}(\.\d+)?\))$/,
  rate: /^rate$/,
  counter: /^(count|rate)$/,
  gauge: /^value$/,
};

/**
 * Reads a thresholds file. Throws an InputError that lists everything wrong; `file` is how the sentences call it.
 */
export function parseLimits(text: string, file: string): Limits {
  const levels = parseObject(text, file);
  const problems: string[] = [];
  const limits: Limits = { target: [], warning: [], critical: [] };
  for (const [level, metrics] of Object.entries(levels)) {
    if (!isLevel(level)) {
      problems.push(
        `${file}: "${level}" is not a level. A file has ${LEVELS.map((name) => `"${name}"`).join(', ')}.`,
      );
    } else if (isRecord(metrics)) {
      for (const [metric, list] of Object.entries(metrics))
        limits[level].push(...metricLimits(file, level, metric, list, problems));
    } else {
      problems.push(`${file}: "${level}" must be an object of metric names, each with a list of limits.`);
    }
  }
  if (problems.length > 0) throw new InputError(problems);
  return limits;
}

function parseObject(text: string, file: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    throw new InputError([
      `${file} is not JSON (${String(error instanceof Error ? error.message : error)}).`,
    ]);
  }
  throw new InputError([`${file} must hold an object with the levels ${LEVELS.join(', ')}.`]);
}

function metricLimits(
  file: string,
  level: Level,
  metric: string,
  list: unknown,
  problems: string[],
): Limit[] {
  const bindable = BINDABLE();
  const known = Object.hasOwn(bindable, metric) ? bindable[metric] : undefined;
  if (known === undefined) {
    const meant = closest(metric, Object.keys(bindable));
    const hint = meant ? `Did you mean ${meant}?` : `Possible are ${Object.keys(bindable).join(', ')}.`;
    problems.push(`${file}: "${metric}" is not a metric of this script. ${hint}`);
    return [];
  }
  if (!Array.isArray(list) || list.length === 0) {
    problems.push(
      `${file}: "${metric}" in "${level}" must have a list of limits, for example ["${example(known.kind)}"].`,
    );
    return [];
  }
  return list.flatMap((expression: unknown) => {
    const limit = parseExpression(metric, String(expression), known.kind);
    if (limit) return [limit];
    problems.push(
      `${file}: "${String(expression)}" is not a limit for ${metric}. Write an aggregate, an operator and a number, for example "${example(known.kind)}".`,
    );
    return [];
  });
}

function example(kind: Kind): string {
  return { trend: 'p(95)<5000', rate: 'rate>0.99', counter: 'count<10', gauge: 'value<10' }[kind];
}

const EXPRESSION = /^\s*([a-z]+(?:\([\d.]+\))?)\s*(<=|>=|===|==|!=|<|>)\s*(-?\d+(?:\.\d+)?)\s*$/;

function parseExpression(metric: string, expression: string, kind: Kind): Limit | undefined {
  const [, aggregate = '', operator = '', bound = ''] = EXPRESSION.exec(expression) ?? [];
  if (!AGGREGATES[kind].test(aggregate)) return undefined;
  const [, percentile] = /^p\((.*)\)$/.exec(aggregate) ?? [];
  if (percentile !== undefined && Number(percentile) > 100) return undefined;
  const plain = operator === '===' ? '==' : operator;
  return isOperator(plain)
    ? {
        metric,
        expression: `${aggregate}${operator}${bound}`,
        aggregate,
        operator: plain,
        bound: Number(bound),
      }
    : undefined;
}

const isOperator = (text: string): text is Limit['operator'] =>
  ['<', '<=', '>', '>=', '==', '!='].includes(text);
const isLevel = (text: string): text is Level => LEVELS.some((level) => level === text);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Whether `value` keeps the limit. */
export function keeps(limit: Limit, value: number): boolean {
  const { operator, bound } = limit;
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

/** Whether every judged stage must have samples of this metric. */
export function neededInEveryStage(metric: string): boolean {
  return BINDABLE()[metric]?.everyStage === true;
}

/** The metric's name with the stage's tag, as k6 names the sub-metric. */
export function inStage(metric: string, stage: Stage): string {
  return `${metric}{stage:${stage.number}}`;
}

/** Whether a stage's limits decide the run (`REQUIRED_SESSIONS`), rather than only inform. */
export function binds(stage: Stage, requiredSessions: number | null): boolean {
  return requiredSessions === null || stage.sessions <= requiredSessions;
}

/** k6's `options.thresholds`. */
export type Thresholds = Record<string, string[]>;

/** What the thresholds depend on besides the limits of the binding level. */
export interface Judgement {
  plan: Plan;
  requiredSessions: number | null;
  generatorLagLimitMs: number;
}

/**
 * The thresholds of a run: every limit on every stage, twice guarded (samples, generator), the sub-metrics that
 * the summary needs (`count>=0`, `max>=0` and `rate>=0` always hold), and what binds every script.
 */
export function thresholdsOf(limits: readonly Limit[], judgement: Judgement): Thresholds {
  const thresholds = new ThresholdList();
  for (const key of observed(judgement.plan)) thresholds.observe(key);
  for (const stage of judgement.plan.stages) {
    const binding = binds(stage, judgement.requiredSessions);
    for (const limit of limits) {
      if (binding) thresholds.add(inStage(limit.metric, stage), limit.expression);
      else thresholds.observe([inStage(limit.metric, stage), BINDABLE()[limit.metric]?.kind ?? 'counter']);
    }
    if (!binding) continue;
    for (const guard of guards(limits, true)) thresholds.add(inStage(guard, stage), 'count>0');
    thresholds.add(inStage('generator_lag', stage), lagLimit(judgement));
    if (judgement.plan.end !== null)
      thresholds.add(inStage('hold_vu_time', stage), `count>=${heldTime(stage)}`);
  }
  for (const guard of guards(limits, false)) thresholds.add(guard, 'count>0');
  for (const metric of [
    'script_errors',
    'sessions_open',
    'questions_open',
    'dropped_iterations',
    ...exhausted(),
  ])
    thresholds.add(metric, 'count==0');
  thresholds.add('generator_lag', lagLimit(judgement));
  return thresholds.list;
}

/** Milliseconds that the VUs of a stage must have been there: 99 % of what was planned. */
function heldTime({ sessions, hold, end }: Stage): number {
  return Math.ceil(LEAST_HELD * sessions * (end - hold));
}

/** Failures that are the load generator's own. */
function exhausted(): string[] {
  return PHASES.flatMap((phase) =>
    reasonsOf(phase)
      .filter((reason) => reason.startsWith('generator_'))
      .map((reason) => failureMetric(phase, reason)),
  );
}

function failureMetric(phase: Phase, reason: Reason): string {
  return `failures{phase:${phase},reason:${reason}}`;
}

function lagLimit({ generatorLagLimitMs }: Judgement): string {
  return `p(99)<${generatorLagLimitMs}`;
}

function guards(limits: readonly Limit[], everyStage: boolean): string[] {
  const bindable = BINDABLE();
  const metrics = limits.map((limit) => bindable[limit.metric]);
  return metrics.flatMap((metric) =>
    metric?.guard && Boolean(metric.everyStage) === everyStage ? [metric.guard] : [],
  );
}

class ThresholdList {
  readonly list: Thresholds = {};

  add(key: string, expression: string): void {
    const expressions = (this.list[key] ??= []);
    if (!expressions.includes(expression)) expressions.push(expression);
  }

  /** Makes k6 keep a sub-metric without judging it. */
  observe([key, kind]: [key: string, kind: Kind]): void {
    this.list[key] ??= [];
    this.add(key, { trend: 'max>=0', rate: 'rate>=0', counter: 'count>=0', gauge: 'value>=0' }[kind]);
  }
}

/** Sub-metrics that the summary reads: a row per stage, failures by class, handshakes by status. */
function observed(plan: Plan): [string, Kind][] {
  const perStage: [string, Kind][] = [
    ['questions_sent', 'counter'],
    ['questions_answered', 'counter'],
    ['answer_success', 'rate'],
    ['answer_latency', 'trend'],
    ['first_chunk_latency', 'trend'],
    ['session_success', 'rate'],
    ['sessions_started', 'counter'],
    ['socket_success', 'rate'],
    ['hold_session_time', 'counter'],
    ['hold_vu_time', 'counter'],
    ['generator_lag', 'trend'],
  ];
  const stages = plan.stages.flatMap((stage) =>
    perStage.map(([metric, kind]): [string, Kind] => [inStage(metric, stage), kind]),
  );
  const failures = PHASES.flatMap((phase) =>
    reasonsOf(phase).map((reason): [string, Kind] => [failureMetric(phase, reason), 'counter']),
  );
  const affected = REPEATABLE.flatMap((phase) =>
    reasonsOf(phase).map((reason): [string, Kind] => [
      `sessions_affected{phase:${phase},reason:${reason}}`,
      'counter',
    ]),
  );
  const statuses = [101, ...HANDSHAKE_STATUSES].map((status): [string, Kind] => [
    `ws_sessions{status:${status}}`,
    'counter',
  ]);
  return [...stages, ...failures, ...affected, ...statuses];
}

/**
 * Percentiles of the summary: a grid that draws the distribution and lets several runs be merged (it costs
 * nothing during the run), and whatever the limits name.
 */
export function trendStats(limits: Limits): string[] {
  const grid = [1, 2.5, 5, 10, 20, 25, 30, 40, 50, 60, 70, 75, 80, 90, 95, 97.5, 99, 99.5, 99.9];
  const named = LEVELS.flatMap((level) => limits[level].map((limit) => limit.aggregate));
  const trends = named.filter((aggregate) => AGGREGATES.trend.test(aggregate));
  return [
    ...new Set(['count', 'min', 'avg', 'med', 'max', ...grid.map((point) => `p(${point})`), ...trends]),
  ];
}
