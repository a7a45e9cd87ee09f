/** thresholds/*.json → limits: what may be limited, and what a limit means in a stage. Pure. */
import type { Plan, Stage } from './load.ts';
import { isObject, parseJson, type JsonText } from './jsonText.ts';
import { closest, InputError } from './settings.ts';

/** Share of the planned sessions that the load generator must have kept up in each judged stage. */
export const LEAST_HELD = 0.99;
/** Above this share k6 made another load than the plan. */
export const MOST_HELD = 1.01;

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

/** k6's kinds of metrics. */
export type Kind = 'trend' | 'rate' | 'counter' | 'gauge';

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

/** What a limit may bind, by metric; a function, so that VUs carry none of it. */
export const BINDABLE = (): Record<string, Bindable> => ({
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

/** The aggregates of each kind. */
export const AGGREGATES: Record<Kind, RegExp> = {
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
    } else if (isObject(metrics)) {
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
  if (isObject(value)) return { ...json, value };
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
    problems.push(`${place(level, metric)}: ${unknownMetric(metric, Object.keys(bindable))}`);
    return [];
  }
  if (!Array.isArray(list) || list.length === 0) {
    problems.push(
      `${place(level, metric)}: "${metric}" in "${level}" must have a list of limits, for example ["${example(known.kind)}"].`,
    );
    return [];
  }
  return list.flatMap((entry: unknown, index) => {
    const limit = parseEntry(metric, entry, known.kind);
    if (typeof limit !== 'string') return [limit];
    problems.push(`${place(level, metric, index)}: ${limit}`);
    return [];
  });
}

function unknownMetric(name: string, known: readonly string[]): string {
  const [, metric = name, tags] = /^([^{]*)\{(.*)\}\s*$/.exec(name) ?? [];
  if (tags !== undefined && known.includes(metric))
    return /^\s*stage\s*:/.test(tags)
      ? `"${name}" names a stage, but every limit applies to each stage by itself. Write "${metric}"; REQUIRED_SESSIONS says up to which stage limits decide.`
      : `"${name}" selects by tags, which limits can't. Write "${metric}": it applies to each stage by itself.`;
  const meant = closest(metric, known);
  const hint = meant ? `Did you mean ${meant}?` : `Possible are ${known.join(', ')}.`;
  return `"${name}" is not a metric of this script. ${hint}`;
}

function example(kind: Kind): string {
  return { trend: 'p(95)<5000', rate: 'rate>0.99', counter: 'count<10', gauge: 'value<10' }[kind];
}

/** A limit as a text, or in k6's object form; a text instead says what is wrong with it. */
function parseEntry(metric: string, entry: unknown, kind: Kind): Limit | string {
  if (!isObject(entry)) return parseExpression(metric, String(entry), kind);
  const { threshold, abortOnFail = false, ...others } = entry;
  const [other] = Object.keys(others);
  const shown = JSON.stringify(entry);
  if (typeof threshold !== 'string')
    return `${shown} has no "threshold". Write "${example(kind)}", or {"threshold": "${example(kind)}"}.`;
  if (abortOnFail !== false || other === 'delayAbortEval')
    return `${shown} would stop the run in mid-stage, which limits can't. Write "${threshold}"; with PROFILE=breakpoint a run ends at the end of the first stage that breaks.`;
  if (other !== undefined) return `${shown} has "${other}", which limits don't have. Write "${threshold}".`;
  return parseExpression(metric, threshold, kind);
}

/** k6's grammar; numbers as Go reads them, but for hexadecimal ones and infinities. */
const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?`;
const EXPRESSION = new RegExp(
  String.raw`^\s*(?:([a-z]+)|p\(\s*(${NUMBER})\s*\))\s*(<=|>=|===|==|!=|<|>)\s*(${NUMBER})\s*$`,
);

function parseExpression(metric: string, text: string, kind: Kind): Limit | string {
  const [, word = '', percentile, operator = '', number = ''] = EXPRESSION.exec(text) ?? [];
  const aggregate = percentile === undefined ? word : `p(${Number(percentile)})`;
  const plain = operator === '===' ? '==' : operator;
  const bound = Number(number);
  const isPercentile = percentile === undefined || (Number(percentile) >= 0 && Number(percentile) <= 100);
  if (!AGGREGATES[kind].test(aggregate) || !isPercentile || !isOperator(plain) || !Number.isFinite(bound))
    return `"${text}" is not a limit for ${metric}. Write an aggregate, an operator and a number, for example "${example(kind)}".`;
  const limit = { metric, expression: `${aggregate}${operator}${bound}`, aggregate, operator: plain, bound };
  return senseless(limit, kind) ?? limit;
}

/** The values that a metric can have. */
interface Domain {
  least: number;
  most: number;
  /** Whole numbers only. */
  whole?: boolean;
  what: string;
}

function domainOf({ metric, aggregate }: Limit, kind: Kind): Domain {
  if (kind === 'rate') return { least: 0, most: 1, what: 'a rate is between 0 and 1' };
  if (metric === 'answer_failure_drift')
    return { least: -1, most: 1, what: 'it is a difference of shares, between -1 and 1' };
  if (aggregate === 'count')
    return { least: 0, most: Infinity, whole: true, what: 'a count is a whole number from 0 on' };
  return { least: 0, most: Infinity, what: 'it is never below 0' };
}

/** The sentence for a limit that can't be broken, or can't be kept, whatever the target does. */
function senseless(limit: Limit, kind: Kind): string | undefined {
  const { metric, expression, aggregate, operator, bound } = limit;
  const domain = domainOf(limit, kind);
  const fate = fateOf(operator, bound, domain);
  if (fate === undefined) return undefined;
  const share = `${aggregate}${operator}${Number((bound / 100).toPrecision(12))}`;
  const isPercent = kind === 'rate' && bound > 1 && bound <= 100;
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

/** The setting that switches a metric on, where one does: without it there would be nothing to judge. */
export function switchOf(metric: string): 'HEARTBEAT_SECONDS' | 'RETRIES' | undefined {
  if (metric === 'heartbeat_latency') return 'HEARTBEAT_SECONDS';
  return metric.startsWith('retries') ? 'RETRIES' : undefined;
}

/** The strictest p95 limit of answers. */
export function answerLimit(limits: readonly Limit[]): Limit | undefined {
  return limits
    .filter(({ metric, aggregate }) => metric === 'answer_latency' && aggregate === 'p(95)')
    .sort((a, b) => a.bound - b.bound)[0];
}

/** Whether every judged stage must have samples of this metric. */
export function neededInEveryStage(metric: string): boolean {
  return BINDABLE()[metric]?.everyStage === true;
}

/** The metric's name with the stage's tag, as k6 names the sub-metric. */
export function inStage(metric: string, stage: Pick<Stage, 'number'>): string {
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
