/**
 * What only the first evaluation of a script needs: settings, plan, limits, questions, k6 options. Pure.
 * It reaches the scripts as text (`./prepare.ts?text`), because each VU would keep a copy of it otherwise.
 */
import { readConfig, sessionConfig, shapingSettings, shownSettings, unusedSettings } from './config.ts';
import { overridingVariables } from './k6Options.ts';
import { measuresDrift, p95Limit, parseLimits, type Limit, type Limits } from '../words/limits.ts';
import { headlineOf, metricsOf, type Vocabulary } from '../words/vocabulary.ts';
import { CHATBOT_WORDS } from '../../systems/chatbot/words.ts';
import { thresholdsOf, trendStats } from './thresholds.ts';
import type { LoadName, Plan } from '../words/load.ts';
import { choosePlan, type Chosen } from './plans.ts';
import { countedAs } from '../words/plural.ts';
import { CHATBOT_SECTIONS, type Config, type SessionConfig } from '../../systems/chatbot/settings.ts';
import { refuseUnknownSettings } from './settings/unknownNames.ts';
import { flatten, parsePools, parseShares, type QuestionList } from '../../systems/chatbot/questions.ts';
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
import { longestThink } from '../words/think.ts';

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
  /** Text of data/questions.json. */
  pools: string;
  env: Environment;
  /** The text of a file; throws when it can't be read. */
  readFile: (path: string) => string;
}

/** What a script says of its run in `options.ext.crescendo`. */
export interface ScriptFacts {
  vocabulary: Vocabulary;
  plan: Plan;
  /** Those that bind. */
  limits: Limit[];
  requiredSessions: number | null;
  generatorLagLimitMs: number;
  /** Settings that the run does not use. */
  unused: string[];
}

/** What a run needs; all of it is plain data. */
export interface Prepared extends Chosen {
  vocabulary: Vocabulary;
  load: LoadName;
  config: Config;
  limits: Limits;
  questions: QuestionList;
  sessionConfig: SessionConfig;
  measuresDrift: boolean;
  /** Settings for people and files: without secrets, and without those that judge. */
  shownSettings: Record<string, unknown>;
  /** The names of those that shape the load beside the plan. */
  shapingSettings: string[];
  options: Record<string, unknown>;
}

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepare(input: Input): Prepared | string {
  try {
    return prepared(input);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return error.message;
    throw error;
  }
}

function prepared(input: Input): Prepared {
  const overriding = overridingVariables(input.env);
  if (overriding.length > 0) throw new InputError(overriding);
  refuseUnknownSettings(input.env, CHATBOT_SECTIONS);
  const settings = readConfig(withDefaults(input), CHATBOT_SECTIONS);
  const vocabulary = CHATBOT_WORDS;
  const limits = readLimits(input, settings, vocabulary);
  const chosen = choosePlan(input.load, settings, (path) => readFile(input, 'PLAN_FILE', path));
  const config = { ...settings, think: chosen.think };
  if (chosen.plan.outage)
    chosen.plan.outage.withinMs =
      p95Limit(limits[config.limits], headlineOf(vocabulary).latency)?.bound ?? null;
  checkJudgement(config, chosen.plan, limits, vocabulary);
  const questions = readQuestions(input, config);
  const scenarios = scenariosOf(input.name, config, chosen, questions);
  const options = optionsOf(scenarios, config, chosen, limits, vocabulary);
  const ext = { crescendo: factsOf(input.load, config, chosen.plan, limits, vocabulary) };
  return {
    ...chosen,
    vocabulary,
    load: input.load,
    config,
    sessionConfig: sessionConfig(config, CHATBOT_SECTIONS),
    limits,
    questions,
    measuresDrift: measuresDrift(limits),
    shownSettings: shownSettings(config, CHATBOT_SECTIONS),
    shapingSettings: shapingSettings(CHATBOT_SECTIONS),
    options: { ...options, ext },
  };
}

/** For whoever reads the options from outside, by `k6 inspect`: the command. */
function factsOf(
  load: LoadName,
  config: Config,
  plan: Plan,
  limits: Limits,
  vocabulary: Vocabulary,
): ScriptFacts {
  const { requiredSessions, generatorLagLimitMs, limits: level } = config;
  const unused = unusedSettings(load, config, CHATBOT_SECTIONS);
  return { vocabulary, plan, limits: limits[level], requiredSessions, generatorLagLimitMs, unused };
}

/** An empty setting is an unset one. */
function withDefaults({ env, defaults }: Input): Environment {
  const unset = Object.entries(defaults).filter(([name]) => (env[name] ?? '').trim() === '');
  return { ...env, ...Object.fromEntries(unset) };
}

/** Refuses limits on something that the settings switch off. */
function checkSwitches(
  { heartbeatSeconds, retries }: Config,
  limits: readonly Limit[],
  vocabulary: Vocabulary,
): void {
  const values: Record<string, number> = { HEARTBEAT_SECONDS: heartbeatSeconds, RETRIES: retries };
  const metrics = metricsOf(vocabulary);
  const problems = limits.flatMap(({ metric }) => {
    const setting = metrics[metric]?.setting;
    return setting === undefined || (values[setting] ?? 1) > 0
      ? []
      : [`${metric} has a limit, but ${setting} is 0, so there would be none: set it, or remove the limit.`];
  });
  if (problems.length > 0) throw new InputError([...new Set(problems)]);
}

/** Refuses settings with which nothing would be judged, or less than was required. */
function checkJudgement(config: Config, { stages }: Plan, limits: Limits, vocabulary: Vocabulary): void {
  const { limits: level, requiredSessions } = config;
  checkSwitches(config, limits[level], vocabulary);
  if (limits[level].length === 0)
    throw new InputError([
      `LIMITS is ${level}, but the thresholds file has no limits of that level. Add some.`,
    ]);
  const counts = stages.map((stage) => stage.level);
  const noun = vocabulary.level;
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (requiredSessions !== null && (requiredSessions < least || requiredSessions > most))
    throw new InputError([
      `REQUIRED_SESSIONS is ${requiredSessions}, but the plan has ${least === most ? '' : `${least} to `}${countedAs(most, noun)}: choose a number of ${noun.many} that it comes to.`,
    ]);
}

function scenariosOf(
  name: string,
  config: Config,
  { plan, arrivals, think }: Chosen,
  { slices }: QuestionList,
): Record<string, Scenario> {
  const questions = slices.reduce((sum, { count }) => sum + count, 0);
  const tail = sessionTail(config);
  const asking = questions * (config.answerTimeoutSeconds + longestThink(think));
  const longest = asking + longestRetries(config) + tail;
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
  vocabulary: Vocabulary,
): Record<string, unknown> {
  return {
    scenarios,
    thresholds: thresholdsOf(limits[config.limits], { vocabulary, plan, stopsAtBreak, ...config }),
    summaryTrendStats: trendStats(limits),
    userAgent: 'Crescendo',
    // Without url: the path of a session's clean-up would make a time series of every session.
    systemTags: ['status', 'method', 'name', 'scenario', 'expected_response', 'error_code'],
  };
}

function readLimits(input: Input, { thresholdsFile: file }: Config, vocabulary: Vocabulary): Limits {
  const metrics = metricsOf(vocabulary);
  return file === undefined
    ? parseLimits(input.thresholds, `thresholds/${input.name}.json`, metrics)
    : parseLimits(readFile(input, 'THRESHOLDS_FILE', file), file, metrics);
}

function readQuestions(input: Input, { questionsFile: file, questions }: Config): QuestionList {
  const pools =
    file === undefined
      ? parsePools(input.pools, 'data/questions.json')
      : parsePools(readFile(input, 'QUESTIONS_FILE', file), file);
  return flatten(pools, parseShares(questions, pools));
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

/** Seconds that a session may need after the end of the plan: its open answer, a late handshake, clean-up. */
function sessionTail(config: Config): number {
  return config.answerTimeoutSeconds + HANDSHAKE_LIMIT_SECONDS + 3 * config.httpTimeoutSeconds + 5;
}
