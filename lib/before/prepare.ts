/**
 * What only the first evaluation of a script needs: settings, plan, limits, k6 options, what VUs share. Pure.
 * It reaches the scripts as text, with what their system adds, because each VU would keep a copy of it otherwise.
 */
import { readConfig, sessionConfig, shapingSettings, shownSettings, unusedSettings } from './config.ts';
import { overridingVariables } from './k6Options.ts';
import {
  measuresDrift,
  p95Limit,
  parseLimits,
  withThroughput,
  type Limit,
  type Limits,
} from '../words/limits.ts';
import {
  headlineOf,
  metricsOf,
  retriedPhases,
  visitNoun,
  wordsFor,
  type Noun,
  type Vocabulary,
} from '../vocabulary/vocabulary.ts';
import { thresholdsOf, trendStats, type Judgement, type SubMetric } from './thresholds.ts';
import { highestLevel, type LoadName, type Plan } from '../plans/load.ts';
import { isProfile } from './profiles.ts';
import { choosePlan, type Chosen, type PlanSettings } from './plans.ts';
import { leastVisits } from '../measures/work.ts';
import { observedFanout, type Fanout } from '../measures/fanout.ts';
import { countedAs } from '../words/plural.ts';
import {
  isSetting,
  ownSections,
  type ConfigOf,
  type ScriptSettings,
  type Section,
  type Settings,
  type VuConfigOf,
} from '../words/sections.ts';
import type { CommonConfig, CommonVuConfig } from './settings/common.ts';
import { refuseUnknownSettings } from './settings/unknownNames.ts';
import type { Shared } from '../system.ts';
import { longestRetries } from '../vu/retry.ts';
import {
  outageCall,
  perVuIterations,
  rampingArrivalRate,
  probes,
  rampingVus,
  sharedIterations,
  type Scenario,
} from './scenarios.ts';
import { InputError, withDefaults, type Environment } from '../words/settings.ts';
import { madeMetrics, vuWords, type MadeMetric, type VuWords } from '../vocabulary/vuWords.ts';

/** k6's own limit for a WebSocket handshake, which can't be set. */
const HANDSHAKE_LIMIT_SECONDS = 60;

/** What a value of PROFILE stands for in a script that has its own: defaults of settings, perhaps another load. */
export type Presets = Readonly<Record<string, { load?: LoadName; defaults: Environment }>>;

/** What a script brings along, and how to read the environment and files. */
export interface Input {
  /** The script's name, as in `dist/<name>.js`. */
  name: string;
  load: LoadName;
  /** The script's own defaults of settings. */
  defaults: Environment;
  /** Its own values of PROFILE. */
  presets?: Presets;
  /** Text of thresholds/<name>.json. */
  thresholds: string;
  /** What a metric's `only` names that the script has, whatever its settings. */
  features?: readonly string[];
  /** Settings that only this script has. */
  own?: ScriptSettings;
  env: Environment;
  /** The text of a file; throws when it can't be read. */
  readFile: (path: string) => string;
}

/** The text of a file that a setting names; throws an InputError when it can't be read. */
export type ReadFile = (setting: string, path: string) => string;

/** What a system adds; `L`: the sections of settings that its scripts read, those of every script among them. */
export interface SystemBefore<Facts, L extends readonly Section[]> {
  words: Vocabulary;
  /** The same where settings add to it, such as values of a tag. */
  wordsOf?: (config: ConfigOf<L> & CommonConfig) => Vocabulary;
  sections: L;
  /** What a metric's `only` names that these settings ask for, beside `retries`, `drift` and `arrivals`. */
  has: (config: ConfigOf<L> & CommonConfig) => string[];
  share: (config: ConfigOf<L> & CommonConfig, readFile: ReadFile) => Shared<Facts>;
  /** Seconds that the operations of a visit take at most, its pauses included. */
  longestVisit: (config: ConfigOf<L> & CommonConfig, shared: Shared<Facts>) => number;
  /** How many of the headline's operations a visit is to begin that runs to its own end. */
  perVisit?: (config: ConfigOf<L> & CommonConfig, shared: Shared<Facts>) => number;
  /** Seconds that a visit's open operations may take after the end of the plan. */
  longestEnd: (config: ConfigOf<L> & CommonConfig) => number;
  /** Its requests are so large that k6 must not leave the memory of those that are over lying. */
  isBulky?: true;
  /** Scenarios beside that of the visits; scripts export what these execute. */
  beside?: (config: ConfigOf<L> & CommonConfig, plan: Plan) => Record<string, Scenario>;
  /** Options of k6 that it needs. */
  k6Options?: (config: ConfigOf<L> & CommonConfig) => Record<string, unknown>;
  /** Its visits stay until the plan ends, so that it can have none without an end. */
  staysToEnd?: true;
  /** What its clients get of what others send, where one message goes to many. */
  fanout?: (config: ConfigOf<L> & CommonConfig) => Fanout;
  /** Sub-metrics that its parts read, beside those of the vocabulary. */
  observed?: (config: ConfigOf<L> & CommonConfig, plan: Plan) => readonly SubMetric[];
}

/** What a script says of its run in `options.ext.crescendo`, for the command, which reads it by `k6 inspect`. */
export interface ScriptFacts {
  vocabulary: Vocabulary;
  plan: Plan;
  /** Those that bind. */
  limits: Limit[];
  requiredSessions: number | null;
  generatorLagLimitMs: number;
  /** How long after the end of a stage its last operations may end, in milliseconds. */
  lateMs: number;
  /** Settings that the run does not use. */
  unused: string[];
  /** The script's own defaults of settings, those of its PROFILE among them. */
  defaults: Environment;
  /** Its requests are large. */
  isBulky?: true;
  /** Settings that only this script has. */
  own: ScriptSettings;
}

/** What a run needs; all of it is plain data. */
export interface Prepared<Facts = unknown> extends Chosen {
  vocabulary: Vocabulary;
  load: LoadName;
  config: CommonConfig;
  limits: Limits;
  shared: Shared<Facts>;
  sessionConfig: CommonVuConfig;
  vuMetrics: MadeMetric[];
  vuWords: VuWords;
  /** Settings for people and files: without secrets, and without those that judge. */
  shownSettings: Record<string, unknown>;
  /** The names of those that shape the load beside the plan. */
  shapingSettings: string[];
  fanout?: Fanout;
  options: Record<string, unknown>;
}

/** Prepares a run; a text instead says what is wrong with settings or files, one sentence a line. */
export function prepareRun<Facts, const L extends readonly Section[]>(
  system: SystemBefore<Facts, L>,
  input: Input,
): Prepared<Facts> | string {
  try {
    return prepared(system, input);
  } catch (error) {
    if (error instanceof InputError || error instanceof RangeError) return error.message;
    throw error;
  }
}

function prepared<Facts, const L extends readonly Section[]>(
  system: SystemBefore<Facts, L>,
  input: Input,
): Prepared<Facts> {
  const own = input.own ?? {};
  const sections = [...system.sections, ...ownSections(own)] as unknown as L;
  const overriding = overridingVariables(input.env);
  if (overriding.length > 0) throw new InputError(overriding);
  refuseUnknownSettings(input.env, sections);
  const { load, defaults, isPreset } = asPreset(input);
  const env = withDefaults(input.env, defaults);
  const settings = readConfig(env, sections) as ConfigOf<L> & CommonConfig & PlanSettings;
  const words = system.wordsOf?.(settings) ?? system.words;
  const limits = readLimits(input, settings, words);
  if (!isPreset) refuseOtherProfiles(settings);
  const choice = isPreset ? { ...settings, profile: null } : settings;
  const chosen = choosePlan(load, choice, (path) => readFile(input, 'PLAN_FILE', path));
  if (system.staysToEnd) refuseEndless(chosen.plan, words);
  const vocabulary = wordsFor(chosen.plan, words);
  const config = {
    ...settings,
    ...(chosen.think === undefined ? {} : { think: chosen.think }),
    ...(settings.connectionsPerVu === undefined ? {} : { connectionsPerVu: chosen.plan.perVu ?? 1 }),
  };
  if (chosen.plan.outage)
    chosen.plan.outage.withinMs =
      p95Limit(limits[config.limits], headlineOf(vocabulary).latency)?.bound ?? null;
  checkJudgement({ words, sections }, config, chosen.plan, limits, vocabulary.level);
  const shared = system.share(config, (setting, path) => readFile(input, setting, path));
  if (leastVisits(chosen.plan) > 0 && system.perVisit !== undefined)
    chosen.plan.perVisit = system.perVisit(config, shared);
  const tail = visitTail(config, system.longestEnd(config));
  const longest = system.longestVisit(config, shared) + longestRetries(config, vocabulary) + tail;
  const scenarios = {
    ...scenariosOf(input.name, config, chosen, { tail, longest }),
    ...system.beside?.(config, chosen.plan),
  };
  const has = new Set([
    ...houseHas(config, chosen.plan, limits),
    ...system.has(config),
    ...(input.features ?? []),
  ]);
  const fanout = system.fanout?.(config);
  const observed = [
    ...(system.observed?.(config, chosen.plan) ?? []),
    ...(fanout === undefined ? [] : fanoutSubMetrics(vocabulary, chosen.plan, fanout)),
  ];
  const options = optionsOf(scenarios, config, chosen, limits, { vocabulary, observed });
  const facts: ScriptFacts = {
    vocabulary,
    plan: chosen.plan,
    limits: limits[config.limits],
    requiredSessions: config.requiredSessions,
    generatorLagLimitMs: config.generatorLagLimitMs,
    unused: unusedSettings(load, choice, sections),
    lateMs: 1000 * system.longestEnd(config) + 5000,
    defaults,
    own,
    ...(system.isBulky ? { isBulky: true as const } : {}),
  };
  return {
    ...chosen,
    vocabulary,
    load,
    config,
    sessionConfig: sessionConfig(config, sections) as VuConfigOf<L> & CommonVuConfig,
    limits,
    shared,
    vuMetrics: madeMetrics(vocabulary, has),
    vuWords: vuWords(vocabulary, has),
    shownSettings: shownSettings(config, sections),
    shapingSettings: shapingSettings(sections),
    ...(fanout === undefined ? {} : { fanout }),
    options: { ...options, ...system.k6Options?.(config), ext: { crescendo: facts } },
  };
}

function fanoutSubMetrics(vocabulary: Vocabulary, plan: Plan, fanout: Fanout): readonly SubMetric[] {
  return observedFanout(headlineOf(vocabulary).began.metric, highestLevel(plan), fanout);
}

function houseHas({ retries }: CommonConfig, { arrivals, isRate }: Plan, limits: Limits): string[] {
  const has = {
    retries: retries > 0,
    drift: measuresDrift(limits),
    arrivals: arrivals !== undefined || isRate === true,
  };
  return Object.entries(has).flatMap(([name, is]) => (is ? [name] : []));
}

/** The load and the defaults of a script, those of its own PROFILE among them. */
function asPreset({ load, defaults, presets = {}, env }: Input): {
  load: LoadName;
  defaults: Environment;
  isPreset: boolean;
} {
  const profile = env['PROFILE']?.trim() ?? '';
  const preset = Object.hasOwn(presets, profile) ? presets[profile] : undefined;
  if (preset === undefined) return { load, defaults, isPreset: false };
  return { load: preset.load ?? load, defaults: { ...defaults, ...preset.defaults }, isPreset: true };
}

/** A system's setting may name profiles that not every script of it has. */
function refuseOtherProfiles({ profile }: { profile: string | null }): void {
  if (profile !== null && !isProfile(profile))
    throw new InputError([`PROFILE is "${profile}", which this script does not have: unset it.`]);
}

/** Visits that arrive run to their own end. */
function refuseEndless({ end, isRate }: Plan, words: Vocabulary): void {
  if (end !== null && !isRate) return;
  const { many } = visitNoun(words);
  throw new InputError([
    `PLAN_FILE has arrivals, but ${many} of this script stay until the plan ends: write "stages" instead.`,
  ]);
}

/** What of a system decides whether there is something to judge. */
type Judged = Pick<SystemBefore<never, readonly Section[]>, 'words' | 'sections'>;

/** Refuses limits on something that the settings switch off. */
function checkSwitches({ words, sections }: Judged, config: object, limits: readonly Limit[]): void {
  const metrics = metricsOf(words);
  const limited = new Map<string, Set<string>>();
  for (const { metric } of limits) {
    const setting = metrics[metric]?.setting;
    if (setting !== undefined) limited.set(setting, (limited.get(setting) ?? new Set()).add(metric));
  }
  const problems = [...limited].flatMap(([setting, names]) => {
    const state = offState(setting, config, sections);
    return state === undefined ? [] : [switchedOff([...names], `${setting} is ${state}`)];
  });
  if (problems.length > 0) throw new InputError(problems);
}

function switchedOff(metrics: readonly string[], why: string): string {
  const [have, limits] = metrics.length === 1 ? ['has a limit', 'the limit'] : ['have limits', 'the limits'];
  return `${metrics.join(' and ')} ${have}, but ${why}, so there would be none: set it, or remove ${limits}.`;
}

/** How the setting with this variable switches something off; `undefined`: it does not. Such a setting stands in no group. */
function offState(env: string, config: object, sections: readonly Section[]): string | undefined {
  const all: Settings = Object.assign({}, ...sections.map(({ settings }) => settings)) as Settings;
  const entry = Object.entries(all).find(([, part]) => isSetting(part) && part.env === env);
  if (entry === undefined) return undefined;
  const values: Readonly<Record<string, unknown>> = { ...config };
  const value = values[entry[0]];
  if (value === undefined) return 'not set';
  return value === 0 ? '0' : undefined;
}

/** Refuses settings with which nothing would be judged, or less than was required. */
function checkJudgement(system: Judged, config: CommonConfig, plan: Plan, limits: Limits, noun: Noun): void {
  const { stages } = plan;
  const { limits: level, requiredSessions } = config;
  checkSwitches(system, config, limits[level]);
  if (config.retries > 0 && retriedPhases(system.words).length === 0)
    throw new InputError([`RETRIES is ${config.retries}, but this script tries nothing again: unset it.`]);
  if (limits[level].length === 0)
    throw new InputError([
      `LIMITS is ${level}, but the thresholds file has no limits of that level. Add some.`,
    ]);
  const counts = stages.map((stage) => stage.level);
  const [least, most] = [Math.min(...counts), Math.max(...counts)];
  if (requiredSessions !== null && (requiredSessions < least || requiredSessions > most))
    throw new InputError([
      `REQUIRED_SESSIONS is ${requiredSessions}, but the plan has ${least === most ? '' : `${least} to `}${countedAs(most, noun)}: choose a number of ${noun.many} that it comes to.`,
    ]);
}

function scenariosOf(
  name: string,
  config: CommonConfig & PlanSettings,
  { plan, arrivals }: Chosen,
  { tail, longest }: { tail: number; longest: number },
): Record<string, Scenario> {
  if (plan.isRate) return { [name]: rampingArrivalRate(plan, config.phases?.visitSeconds ?? 1, longest) };
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
  config: CommonConfig,
  { plan, stopsAtBreak }: Chosen,
  limits: Limits,
  read: Pick<Judgement, 'vocabulary' | 'observed'>,
): Record<string, unknown> {
  return {
    scenarios,
    thresholds: thresholdsOf(limits[config.limits], { plan, stopsAtBreak, ...read, ...config }),
    summaryTrendStats: trendStats(limits),
    userAgent: 'Crescendo',
    // Without url: the path of a session's clean-up would make a time series of every session.
    systemTags: ['status', 'method', 'name', 'scenario', 'expected_response', 'error_code'],
  };
}

function readLimits(input: Input, config: CommonConfig, vocabulary: Vocabulary): Limits {
  const { thresholdsFile: file, throughputFactor } = config;
  const metrics = metricsOf(vocabulary);
  const limits =
    file === undefined
      ? parseLimits(input.thresholds, `thresholds/${input.name}.json`, metrics)
      : parseLimits(readFile(input, 'THRESHOLDS_FILE', file), file, metrics);
  return withThroughput(limits, throughputFactor);
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
function visitTail({ httpTimeoutSeconds = 0 }: CommonConfig, longestEnd: number): number {
  return longestEnd + HANDSHAKE_LIMIT_SECONDS + 3 * httpTimeoutSeconds + 5;
}
