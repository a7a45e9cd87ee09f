/**
 * What only the first evaluation of a script needs: settings, plan, limits, k6 options, what VUs share. Pure.
 * It reaches the scripts as text, with what their system adds, because each VU would keep a copy of it otherwise.
 */
import {
  readConfig,
  refuseUnknownSettings,
  sessionConfig,
  shownSettings,
  unusedSettings,
  type Config,
  type SessionConfig,
} from './config.ts';
import { overridingVariables } from './k6Options.ts';
import {
  answerLimit,
  measuresDrift,
  parseLimits,
  switchOf,
  type Limit,
  type Limits,
} from '../words/limits.ts';
import { thresholdsOf, trendStats } from './thresholds.ts';
import type { Plan } from '../words/load.ts';
import { choosePlan, type Chosen, type LoadName } from './plans.ts';
import { plural } from '../words/plural.ts';
import type { Shared } from '../system.ts';
import { longestRetries } from '../vu/retry.ts';
import {
  outageCall,
  perVuIterations,
  probes,
  rampingVus,
  sharedIterations,
  type Scenario,
} from './scenarios.ts';
import { InputError, type Environment } from '../words/settings.ts';
import type { Vocabulary } from '../words/vocabulary.ts';
import { madeMetrics, vuWords, type MadeMetric, type VuWords } from '../words/vuWords.ts';

/** k6's own limit for a WebSocket handshake, which can't be set. */
const HANDSHAKE_LIMIT_SECONDS = 60;

/** What a script brings along, and how to read the environment and files. */
export interface Input {
  /** The script's name, as in `dist/<name>.js`. */
  name: string;
  load: LoadName;
  /** The script's own defaults of settings. */
  defaults: Environment;
  /** Text of thresholds/<name>.json. */
  thresholds: string;
  env: Environment;
  /** The text of a file; throws when it can't be read. */
  readFile: (path: string) => string;
}

/** The text of a file that a setting names; throws an InputError when it can't be read. */
export type ReadFile = (setting: string, path: string) => string;

/** What a system adds. */
export interface SystemBefore<Facts> {
  words: Vocabulary;
  /** What a metric's `only` names that these settings ask for, beside `retries`, `drift` and `arrivals`. */
  has: (config: Config) => string[];
  share: (config: Config, readFile: ReadFile) => Shared<Facts>;
  /** Seconds that the operations of a visit take at most, its pauses included. */
  longestVisit: (config: Config, shared: Shared<Facts>) => number;
  /** Seconds that a visit's open operations may take after the end of the plan. */
  longestEnd: (config: Config) => number;
}

/** What a script says of its run in `options.ext.crescendo`. */
export interface ScriptFacts {
  plan: Plan;
  /** Those that bind. */
  limits: Limit[];
  requiredSessions: number | null;
  generatorLagLimitMs: number;
  /** Settings that the run does not use. */
  unused: string[];
}

/** What a run needs; all of it is plain data. */
export interface Prepared<Facts = unknown> extends Chosen {
  load: LoadName;
  config: Config;
  limits: Limits;
  shared: Shared<Facts>;
  sessionConfig: SessionConfig;
  vuMetrics: MadeMetric[];
  vuWords: VuWords;
  /** Settings for people and files: without secrets, and without those that judge. */
  shownSettings: Record<string, unknown>;
  options: Record<string, unknown>;
}

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepareRun<Facts>(system: SystemBefore<Facts>, input: Input): Prepared<Facts> | string {
  try {
    return prepared(system, input);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return error.message;
    throw error;
  }
}

function prepared<Facts>(system: SystemBefore<Facts>, input: Input): Prepared<Facts> {
  const overriding = overridingVariables(input.env);
  if (overriding.length > 0) throw new InputError(overriding);
  refuseUnknownSettings(input.env);
  const settings = readConfig(withDefaults(input));
  const limits = readLimits(input, settings);
  const chosen = choosePlan(input.load, settings, (path) => readFile(input, 'PLAN_FILE', path));
  const config = { ...settings, think: chosen.think };
  if (chosen.plan.outage) chosen.plan.outage.withinMs = answerLimit(limits[config.limits])?.bound ?? null;
  checkJudgement(config, chosen.plan, limits);
  const shared = system.share(config, (setting, path) => readFile(input, setting, path));
  const tail = visitTail(config, system.longestEnd(config));
  const longest = system.longestVisit(config, shared) + longestRetries(config) + tail;
  const scenarios = scenariosOf(input.name, config, chosen, { tail, longest });
  const options = optionsOf(scenarios, config, chosen, limits);
  const has = new Set([...houseHas(config, chosen.plan, limits), ...system.has(config)]);
  const ext = { crescendo: factsOf(input.load, config, chosen.plan, limits) };
  return {
    ...chosen,
    load: input.load,
    config,
    sessionConfig: sessionConfig(config),
    limits,
    shared,
    vuMetrics: madeMetrics(system.words, has),
    vuWords: vuWords(system.words, has),
    shownSettings: shownSettings(config),
    options: { ...options, ext },
  };
}

function houseHas({ retries }: Config, { arrivals }: Plan, limits: Limits): string[] {
  const has = { retries: retries > 0, drift: measuresDrift(limits), arrivals: arrivals !== undefined };
  return Object.entries(has).flatMap(([name, is]) => (is ? [name] : []));
}

/** For whoever reads the options from outside, by `k6 inspect`: the command. */
function factsOf(load: LoadName, config: Config, plan: Plan, limits: Limits): ScriptFacts {
  const { requiredSessions, generatorLagLimitMs, limits: level } = config;
  const unused = unusedSettings(load, config);
  return { plan, limits: limits[level], requiredSessions, generatorLagLimitMs, unused };
}

/** An empty setting is an unset one. */
function withDefaults({ env, defaults }: Input): Environment {
  const unset = Object.entries(defaults).filter(([name]) => (env[name] ?? '').trim() === '');
  return { ...env, ...Object.fromEntries(unset) };
}

/** Refuses limits on something that the settings switch off. */
function checkSwitches({ heartbeatSeconds, retries }: Config, limits: readonly Limit[]): void {
  const values = { HEARTBEAT_SECONDS: heartbeatSeconds, RETRIES: retries };
  const problems = limits.flatMap(({ metric }) => {
    const setting = switchOf(metric);
    return setting === undefined || values[setting] > 0
      ? []
      : [`${metric} has a limit, but ${setting} is 0, so there would be none: set it, or remove the limit.`];
  });
  if (problems.length > 0) throw new InputError([...new Set(problems)]);
}

/** Refuses settings with which nothing would be judged, or less than was required. */
function checkJudgement(config: Config, { stages }: Plan, limits: Limits): void {
  const { limits: level, requiredSessions } = config;
  checkSwitches(config, limits[level]);
  if (limits[level].length === 0)
    throw new InputError([
      `LIMITS is ${level}, but the thresholds file has no limits of that level. Add some.`,
    ]);
  const counts = stages.map(({ sessions }) => sessions);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (requiredSessions !== null && (requiredSessions < least || requiredSessions > most))
    throw new InputError([
      `REQUIRED_SESSIONS is ${requiredSessions}, but the plan has ${least === most ? plural(most, 'session') : `${least} to ${most} sessions`}: choose a number of sessions that it comes to.`,
    ]);
}

function scenariosOf(
  name: string,
  config: Config,
  { plan, arrivals }: Chosen,
  { tail, longest }: { tail: number; longest: number },
): Record<string, Scenario> {
  if (plan.arrivals !== undefined)
    return { [name]: sharedIterations(plan, (arrivals.at(-1) ?? 0) / 1000 + longest) };
  if (plan.end === null) return { [name]: perVuIterations(plan, longest) };
  const sessions = { [name]: rampingVus(plan, tail) };
  if (plan.outage === undefined) return sessions;
  const withProbes = { ...sessions, probes: probes(plan, tail) };
  return config.outage.url === undefined ? withProbes : { ...withProbes, outage: outageCall(plan) };
}

function optionsOf(
  scenarios: Record<string, Scenario>,
  config: Config,
  { plan, stopsAtBreak }: Chosen,
  limits: Limits,
): Record<string, unknown> {
  return {
    scenarios,
    thresholds: thresholdsOf(limits[config.limits], { plan, stopsAtBreak, ...config }),
    summaryTrendStats: trendStats(limits),
    userAgent: 'Crescendo',
    // Without url: the path of a session's clean-up would make a time series of every session.
    systemTags: ['status', 'method', 'name', 'scenario', 'expected_response', 'error_code'],
  };
}

function readLimits(input: Input, { thresholdsFile: file }: Config): Limits {
  return file === undefined
    ? parseLimits(input.thresholds, `thresholds/${input.name}.json`)
    : parseLimits(readFile(input, 'THRESHOLDS_FILE', file), file);
}

/** Reads a file named by a setting; relative to the folder in which k6 was started, where that is known. */
function readFile({ env, readFile: read }: Input, setting: string, path: string): string {
  const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(path);
  const folder = env['PWD'];
  try {
    return read(isAbsolute || folder === undefined ? path : `${folder}/${path}`);
  } catch {
    throw new InputError([
      `${setting} is "${path}": there is no such file, or it can't be read. Check the path.`,
    ]);
  }
}

/** Seconds that a visit may need after the end of the plan: what is open, a late handshake, clean-up. */
function visitTail({ httpTimeoutSeconds }: Config, longestEnd: number): number {
  return longestEnd + HANDSHAKE_LIMIT_SECONDS + 3 * httpTimeoutSeconds + 5;
}
