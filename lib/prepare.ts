/**
 * What only the first evaluation of a script needs: settings, plan, limits, questions, k6 options. Pure.
 * It reaches the scripts as text (`./prepare.ts?text`), because each VU would keep a copy of it otherwise.
 */
import { readConfig, refuseUnknownSettings, type Config } from './config.ts';
import { parseLimits, thresholdsOf, trendStats, type Limits } from './limits.ts';
import { burst, perVuIterations, ramp, rampingVus, type Plan, type Scenario } from './load.ts';
import { flatten, parsePools, parseShares, type QuestionList } from './questions.ts';
import { InputError, type Environment } from './settings.ts';

/** k6's own limit for a WebSocket handshake, which can't be set. */
const HANDSHAKE_LIMIT_SECONDS = 60;

/** A kind of load: the plan, and the k6 scenario that carries it; `questions`: how many a session asks. */
interface Load {
  plan: (config: Config) => Plan;
  scenario: (plan: Plan, config: Config, questions: number) => Scenario;
}

const LOADS = {
  ramp: {
    plan: (config) => ramp(config.ramp),
    scenario: (plan, config) => rampingVus(plan, config.ramp.transitionSeconds, sessionTail(config)),
  },
  burst: {
    plan: (config) => burst(config.numSessions),
    scenario: (plan, config, questions) => perVuIterations(plan, longestSession(config, questions)),
  },
} satisfies Record<string, Load>;

/** The kinds of load that a script can choose. */
export type LoadName = keyof typeof LOADS;

/** What a script brings along, and how to read the environment and files. */
export interface Input {
  /** The script's name, as in `dist/<name>.js`. */
  name: string;
  load: LoadName;
  /** Text of thresholds/<name>.json. */
  thresholds: string;
  /** Text of data/questions.json. */
  pools: string;
  env: Environment;
  /** The text of a file; throws when it can't be read. */
  readFile: (path: string) => string;
}

/** What a run needs; all of it is plain data. */
export interface Prepared {
  config: Config;
  plan: Plan;
  limits: Limits;
  questions: QuestionList;
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
  refuseUnknownSettings(input.env);
  const config = readConfig(input.env);
  const load: Load = LOADS[input.load];
  const plan = load.plan(config);
  const limits = readLimits(input, config);
  checkJudgement(config, plan, limits);
  const questions = readQuestions(input, config);
  const perSession = questions.slices.reduce((sum, slice) => sum + slice.count, 0);
  const scenarios = { [input.name]: load.scenario(plan, config, perSession) };
  return { config, plan, limits, questions, options: optionsOf(scenarios, config, plan, limits) };
}

/** Refuses settings with which nothing would be judged, or less than was required. */
function checkJudgement({ limits: level, requiredSessions }: Config, { stages }: Plan, limits: Limits): void {
  if (limits[level].length === 0)
    throw new InputError([
      `LIMITS is ${level}, but the thresholds file has no limits of that level. Add some.`,
    ]);
  const [least, most] = [stages[0]?.sessions ?? 0, stages.at(-1)?.sessions ?? 0];
  if (requiredSessions !== null && (requiredSessions < least || requiredSessions > most))
    throw new InputError([
      `REQUIRED_SESSIONS is ${requiredSessions}, but the plan has ${least === most ? most : `${least} to ${most}`} sessions: choose a number of sessions that it comes to.`,
    ]);
}

function optionsOf(
  scenarios: Record<string, Scenario>,
  config: Config,
  plan: Plan,
  limits: Limits,
): Record<string, unknown> {
  return {
    scenarios,
    thresholds: thresholdsOf(limits[config.limits], { plan, ...config }),
    summaryTrendStats: trendStats(limits),
    userAgent: 'Crescendo',
    // For whoever reads the options from outside (`k6 inspect`): the command needs the plan.
    ext: { crescendo: { plan } },
    // Without url: the path of a session's clean-up would make a time series of every session.
    systemTags: ['status', 'method', 'name', 'scenario', 'expected_response', 'error_code'],
  };
}

function readLimits(input: Input, { thresholdsFile: file }: Config): Limits {
  return file === undefined
    ? parseLimits(input.thresholds, `thresholds/${input.name}.json`)
    : parseLimits(readFile(input, 'THRESHOLDS_FILE', file), file);
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

/** Seconds that a whole session may need when every step takes as long as it may. */
function longestSession(config: Config, questions: number): number {
  return questions * (config.answerTimeoutSeconds + config.thinkSeconds) + sessionTail(config);
}
