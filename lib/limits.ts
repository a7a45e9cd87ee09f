/**
 * thresholds/*.json → limits per stage → k6 thresholds, with the guards that keep k6 from passing a limit
 * that nothing was measured for. Pure.
 */
import type { Plan, Stage } from './load.ts';
import { HANDSHAKE_STATUSES, PHASES, REPEATABLE, reasonsOf, type Phase, type Reason } from './failures.ts';
import { parseJson, type JsonText } from './jsonText.ts';
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

/** A limit on `disconnects`, counted per hour of the sessions that are planned. */
const DISCONNECT_RATE = 'disconnects_per_session_hour';
const HOUR_MS = 3_600_000;

type Kind = 'trend' | 'rate' | 'counter' | 'gauge';

/**
 * What a limit may bind. `guard`: the Counter that counts the metric's samples. `everyStage`: each judged stage
 * must have samples; otherwise the run as a whole must (sessions may outlast a stage).
 */
interface Bindable {
  kind: Kind;
  guard?: string;
  everyStage?: boolean;
  /** Compares with stage 1, so it binds only later stages with as many sessions. */
  drift?: boolean;
}

const BINDABLE = (): Record<string, Bindable> => ({
  answer_latency: { kind: 'trend', guard: 'questions_answered', everyStage: true },
  first_chunk_latency: { kind: 'trend', guard: 'questions_answered', everyStage: true },
  answer_success: { kind: 'rate', guard: 'questions_sent', everyStage: true },
  answer_latency_drift: { kind: 'trend', guard: 'answers_compared', everyStage: true, drift: true },
  answer_failure_drift: { kind: 'trend', guard: 'answers_compared', everyStage: true, drift: true },
  [DISCONNECT_RATE]: { kind: 'gauge' },
  heartbeat_latency: { kind: 'trend', guard: 'heartbeats_answered' },
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
  disconnects: { kind: 'counter' },
  retries: { kind: 'counter' },
  retries_suppressed: { kind: 'counter' },
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

/** Reads a thresholds file, called `file` in sentences. Throws an InputError that lists all that is wrong, by line. */
export function parseLimits(text: string, file: string): Limits {
  const json = parseObject(text, file);
  const { place } = json;
  const problems = [...json.repeated];
  const limits: Limits = { target: [], warning: [], critical: [] };
  for (const [level, metrics] of Object.entries(json.value)) {
    if (!isLevel(level)) {
      problems.push(
        `${place(level)}: "${level}" is not a level. A file has ${LEVELS.map((name) => `"${name}"`).join(', ')}.`,
      );
    } else if (isRecord(metrics)) {
      for (const [metric, list] of Object.entries(metrics))
        limits[level].push(...metricLimits(place, level, metric, list, problems));
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
  if (isRecord(value)) return { ...json, value };
  throw new InputError([`${json.place()}: there is no object of limits. ${shape}`]);
}

function metricLimits(
  place: JsonText['place'],
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
    problems.push(`${place(level, metric)}: "${metric}" is not a metric of this script. ${hint}`);
    return [];
  }
  if (!Array.isArray(list) || list.length === 0) {
    problems.push(
      `${place(level, metric)}: "${metric}" in "${level}" must have a list of limits, for example ["${example(known.kind)}"].`,
    );
    return [];
  }
  return list.flatMap((expression: unknown, index) => {
    const limit = parseExpression(metric, String(expression), known.kind);
    if (limit) return [limit];
    problems.push(
      `${place(level, metric, index)}: "${String(expression)}" is not a limit for ${metric}. Write an aggregate, an operator and a number, for example "${example(known.kind)}".`,
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
  return stage.informs !== true && (requiredSessions === null || stage.sessions <= requiredSessions);
}

/** Whether the run must compare answers with those of stage 1. */
export function measuresDrift(limits: Limits): boolean {
  const bindable = BINDABLE();
  return LEVELS.some((level) => limits[level].some(({ metric }) => bindable[metric]?.drift === true));
}

/** Whether a limit can be judged in a stage. */
export function applies({ metric }: Limit, stage: Stage, plan: Plan): boolean {
  if (BINDABLE()[metric]?.drift !== true) return true;
  return stage.number > 1 && stage.sessions === plan.stages[0]?.sessions;
}

/** A limit as k6 can judge it in a stage: one per session-hour becomes a count. */
export function forStage(limit: Limit, stage: Stage): Limit {
  if (limit.metric !== DISCONNECT_RATE) return limit;
  const bound = limit.bound * sessionHours(stage);
  const expression = `count${limit.operator}${bound}`;
  return { ...limit, metric: 'disconnects', aggregate: 'count', expression, bound };
}

/** Hours that the sessions of a stage are planned to be open in its judged part, together. */
function sessionHours({ sessions, hold, end }: Stage): number {
  return (sessions * (end - hold)) / HOUR_MS;
}

/** A value that k6 measured for `forStage`'s limit, in the unit of the limit as it was written. */
export function ownUnit({ metric }: Limit, stage: Stage, value: number): number {
  return metric === DISCONNECT_RATE ? value / sessionHours(stage) : value;
}

/** One of k6's thresholds; with `abortOnFail` the run ends when it is crossed after `delayAbortEval`. */
export type Threshold = string | { threshold: string; abortOnFail: true; delayAbortEval: string };

/** k6's `options.thresholds`. */
export type Thresholds = Record<string, Threshold[]>;

/** What the thresholds depend on besides the limits of the binding level. */
export interface Judgement {
  plan: Plan;
  requiredSessions: number | null;
  generatorLagLimitMs: number;
  /** The run ends at the end of the first stage that breaks a binding limit. */
  stopsAtBreak: boolean;
  /** Further attempts of an operation; default none. */
  retries?: number;
}

/**
 * The thresholds of a run: every limit on every stage, twice guarded (samples, generator), the sub-metrics that
 * the summary needs (`count>=0`, `max>=0` and `rate>=0` always hold), and what binds every script.
 */
export function thresholdsOf(limits: readonly Limit[], judgement: Judgement): Thresholds {
  const { plan, requiredSessions, retries = 0 } = judgement;
  const thresholds = new ThresholdList();
  for (const key of observed(plan)) thresholds.observe(key);
  for (const key of retries > 0 ? observedRetries() : []) thresholds.observe(key);
  for (const stage of plan.stages)
    if (binds(stage, requiredSessions)) bindStage(thresholds, limits, stage, judgement);
    else for (const limit of limits) observeLimit(thresholds, limit, stage, plan);
  for (const guard of guards(limits, false)) thresholds.add(guard, 'count>0');
  for (const metric of mustBeZero(plan)) thresholds.add(metric, 'count==0');
  thresholds.add('generator_lag', lagLimit(judgement));
  return thresholds.list;
}

function bindStage(
  thresholds: ThresholdList,
  limits: readonly Limit[],
  stage: Stage,
  judgement: Judgement,
): void {
  const { plan, stopsAtBreak } = judgement;
  const judged = limits.filter((limit) => applies(limit, stage, plan));
  for (const limit of judged) {
    const { metric, expression } = forStage(limit, stage);
    if (stopsAtBreak) thresholds.addStop(inStage(metric, stage), expression, stage.end);
    else thresholds.add(inStage(metric, stage), expression);
  }
  for (const guard of guards(judged, true)) thresholds.add(inStage(guard, stage), 'count>0');
  thresholds.add(inStage('generator_lag', stage), lagLimit(judgement));
  if (plan.end !== null) thresholds.add(inStage('hold_vu_time', stage), `count>=${heldTime(stage)}`);
}

function observeLimit(thresholds: ThresholdList, limit: Limit, stage: Stage, plan: Plan): void {
  if (!applies(limit, stage, plan)) return;
  const { metric } = forStage(limit, stage);
  thresholds.observe([inStage(metric, stage), BINDABLE()[metric]?.kind ?? 'counter']);
}

/** Probes may be dropped: when nothing answers any more, there can't be a VU for each. */
function mustBeZero({ outage }: Plan): string[] {
  const own = outage === undefined ? ['dropped_iterations', 'arrivals_late'] : ['outage_failed'];
  return ['script_errors', 'sessions_open', 'questions_open', ...own, ...exhausted()];
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

  /** As `add`, and when the limit is crossed after `time` (ms since the start) k6 ends the run. */
  addStop(key: string, expression: string, time: number): void {
    const stop = { threshold: expression, abortOnFail: true, delayAbortEval: `${time}ms` } as const;
    (this.list[key] ??= []).push(stop);
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
  const affected = REPEATABLE.flatMap(observedSessions);
  const statuses = [101, ...HANDSHAKE_STATUSES].map((status): [string, Kind] => [
    `ws_sessions{status:${status}}`,
    'counter',
  ]);
  return [...stages, ...failures, ...affected, ...statuses, ...observedProbes(plan)];
}

function observedSessions(phase: Phase): [string, Kind][] {
  return reasonsOf(phase).map((reason) => [`sessions_affected{phase:${phase},reason:${reason}}`, 'counter']);
}

/** With retries, every class can happen several times in one session. */
function observedRetries(): [string, Kind][] {
  const retries = PHASES.map((phase): [string, Kind] => [`retries{phase:${phase}}`, 'counter']);
  return [...retries, ...PHASES.flatMap(observedSessions)];
}

/** Seconds after the start of an outage for which probes are kept apart; a longer recovery is not measured. */
export const MAX_PROBE_SECONDS = 600;

/** The probes' metric with the tag of a second since the outage's planned start. */
export function inSecond(second: number): string {
  return `probe_within_limit{second:${second}}`;
}

function observedProbes({ end, outage }: Plan): [string, Kind][] {
  if (outage === undefined || end === null) return [];
  const seconds = Math.min(MAX_PROBE_SECONDS, Math.ceil((end - outage.start) / 1000));
  const perSecond = Array.from({ length: seconds }, (_, second): [string, Kind] => [
    inSecond(second),
    'rate',
  ]);
  return [['questions_failed{stage:probe}', 'counter'], ...perSecond];
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
