/** Puts a test script together: settings, limits, k6 options, the check of the target, the summary. */
import { SharedArray } from 'k6/data';
import http from 'k6/http';
import defaultPools from '../data/questions.json?text';
import { readConfig, refuseUnknownSettings, type Config } from './config.ts';
import { reasonOfText } from './failures.ts';
import { iteration } from './iteration.ts';
import { parseLimits, thresholdsOf, trendStats, type Limits } from './limits.ts';
import type { Plan, Scenario } from './load.ts';
import type { ChatProtocol } from './protocols/protocol.ts';
import {
  flatten,
  inOrder,
  parsePools,
  parseShares,
  shuffle,
  type Question,
  type QuestionList,
  type Slice,
} from './questions.ts';
import { seededRandom } from './random.ts';
import { InputError } from './settings.ts';
import { summarize, type Summarize } from './summary.ts';
import { chatbotUser, type Questions } from './users/chatbot.ts';

/** k6's own limit for a WebSocket handshake, which can't be set. */
const HANDSHAKE_LIMIT_SECONDS = 60;

/** What makes one script differ from another. */
export interface Definition {
  /** The script's name, as in `dist/<name>.js`. */
  name: string;
  /** Text of thresholds/<name>.json. */
  thresholds: string;
  protocol: ChatProtocol;
  plan: (config: Config) => Plan;
  /** `questions`: how many a session asks. */
  scenario: (plan: Plan, config: Config, questions: number) => Scenario;
}

/** The exports of a k6 script. */
export interface TestScript {
  options: Record<string, unknown>;
  setup: () => void;
  run: () => Promise<void>;
  handleSummary: Summarize;
}

/**
 * Builds the exports of a script. Wrong settings or files end k6 with exit code 107 and their sentences, before any
 * load: a rejection with a text at the top level is the one form that k6 prints without a stack trace.
 */
export async function chatScript(definition: Definition): Promise<TestScript> {
  try {
    return build(definition);
  } catch (error) {
    if (!(error instanceof InputError || error instanceof RangeError)) throw error;
    // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
    return Promise.reject(error.message);
  }
}

function build(definition: Definition): TestScript {
  if (__VU === 0) refuseUnknownSettings(__ENV);
  const config = readConfig(__ENV);
  const plan = definition.plan(config);
  const first = __VU === 0 ? prepare(definition, config, plan) : undefined;
  const user = chatbotUser(config, definition.protocol, questionSource(config, first?.questions));
  return {
    options: first?.options ?? {},
    setup: () => requireTarget(config),
    run: iteration({ plan, ...config }, user),
    handleSummary: summarize(definition.name, config, plan, first?.limits),
  };
}

/** What only the first evaluation of the script needs: k6 keeps the options, and a SharedArray the questions. */
function prepare(definition: Definition, config: Config, plan: Plan) {
  const limits = readLimits(definition, config);
  const questions = readQuestions(config);
  const perSession = questions.slices.reduce((sum, slice) => sum + slice.count, 0);
  return { limits, questions, options: options(definition, config, plan, limits, perSession) };
}

function readLimits(definition: Definition, config: Config): Limits {
  const file = config.thresholdsFile;
  return file === undefined
    ? parseLimits(definition.thresholds, `thresholds/${definition.name}.json`)
    : parseLimits(openFile('THRESHOLDS_FILE', file), file);
}

function readQuestions({ questionsFile: file, questions }: Config): QuestionList {
  const pools =
    file === undefined
      ? parsePools(defaultPools, 'data/questions.json')
      : parsePools(openFile('QUESTIONS_FILE', file), file);
  return flatten(pools, parseShares(questions, pools));
}

function options(
  definition: Definition,
  config: Config,
  plan: Plan,
  limits: Limits,
  questions: number,
): Record<string, unknown> {
  return {
    scenarios: { [definition.name]: definition.scenario(plan, config, questions) },
    thresholds: thresholdsOf(limits[config.limits], { plan, ...config }),
    summaryTrendStats: trendStats(limits),
    userAgent: 'Crescendo',
    // For whoever reads the options from outside (`k6 inspect`): the command needs the plan.
    ext: { crescendo: { plan } },
    // Without url: the path of a session's clean-up would make a time series of every session.
    systemTags: ['status', 'method', 'name', 'scenario', 'expected_response', 'error_code'],
  };
}

/** Questions live once per process; a VU keeps those of its session, and draws them anew only when they differ. */
function questionSource({ questionOrder, seed }: Config, list: QuestionList | undefined): Questions {
  const slices = new SharedArray('question slices', () => list?.slices ?? []);
  const texts = new SharedArray('questions', () => list?.texts ?? []);
  const textAt = (index: number) => texts[index] ?? '';
  let mine: Slice[] | undefined;
  let same: Question[] | undefined;
  return (vu, iteration) => {
    mine ??= [...slices];
    if (questionOrder === 'order') return (same ??= inOrder(mine, textAt));
    return shuffle(mine, textAt, seededRandom(seed, vu, iteration));
  };
}

/** Reads a file named by a setting; relative to the folder in which k6 was started, where that is known. */
function openFile(setting: string, path: string): string {
  const isAbsolute = /^([/\\]|[A-Za-z]:)/.test(path);
  const folder = __ENV['PWD'];
  try {
    return open(isAbsolute || folder === undefined ? path : `${folder}/${path}`);
  } catch {
    throw new InputError([
      `${setting} is "${path}": there is no such file, or it can't be read. Check the path.`,
    ]);
  }
}

/** Ends the run before any load when nothing answers at the target; any HTTP status is an answer. */
function requireTarget({ apiBaseUrl, websocketBaseUrl }: Config): void {
  const missing =
    unreachable('API_BASE_URL', apiBaseUrl) ?? unreachable('WEBSOCKET_BASE_URL', websocketBaseUrl);
  if (missing !== undefined) endWith(missing);
}

/** The sentence for an address where nothing answers; `undefined` when something does. */
function unreachable(setting: string, address: string): string | undefined {
  const origin = /^(?:ws|http)(s?:\/\/[^/]+)/.exec(address)?.[1] ?? '';
  try {
    const params = { timeout: '10s', redirects: 0, throw: true, tags: { name: 'target check' } };
    http.get(`http${origin}/health`, params);
    return undefined;
  } catch (error) {
    const reason = reasonOfText(String(error)).replaceAll('_', ' ');
    return `Nothing answers at ${address} (${reason}). Start your back end there, or set ${setting} to where it is.`;
  }
}

/** Ends `setup`, and so the run, with a sentence and without a stack trace: thrown by native code, in a timer. */
function endWith(sentence: string): void {
  const thrower = (function* (): Generator {
    /* never runs: `throw` ends it at its start */
  })();
  setTimeout(thrower.throw.bind(thrower, sentence), 0);
}

/** Seconds that a session may need after the end of the plan: its open answer, a late handshake, clean-up. */
export function sessionTail(config: Config): number {
  return config.answerTimeoutSeconds + HANDSHAKE_LIMIT_SECONDS + 3 * config.httpTimeoutSeconds + 5;
}

/** Seconds that a whole session may need when every step takes as long as it may. */
export function longestSession(config: Config, questions: number): number {
  return questions * (config.answerTimeoutSeconds + config.thinkSeconds) + sessionTail(config);
}
