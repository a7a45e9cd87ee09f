/** Puts a test script together: what was prepared, the check of the target, the user, the summary. */
import { SharedArray } from 'k6/data';
import http from 'k6/http';
import defaultPools from '../data/questions.json?text';
import type { SessionConfig } from './config.ts';
import { reasonOfText } from './failures.ts';
import { driftObserver } from './drift.ts';
import { arrival, iteration, type RunSession } from './iteration.ts';
import type { Plan } from './load.ts';
import type * as Prepare from './prepare.ts';
import type { LoadName } from './plans.ts';
import type { Prepared } from './prepare.ts';
import prepareSource from './prepare.ts?text';
import type { ChatbotSettings } from './protocols/chatbotSettings.ts';
import type { ChatProtocol } from './protocols/protocol.ts';
import { inOrder, sequence, shuffle, type QuestionSequence, type Slice } from './questions.ts';
import { seededRandom } from './random.ts';
import { summarize, type Summarize } from './summary.ts';
import { evaluate } from './text.ts';
import { chatbotUser, type Questions } from './users/chatbot.ts';

/** What makes one script differ from another. */
export interface Definition {
  /** The script's name, as in `dist/<name>.js`. */
  name: string;
  load: LoadName;
  /** Settings whose defaults differ from those of the README's table. */
  defaults?: Record<string, string>;
  /** Text of thresholds/<name>.json. */
  thresholds: string;
  /** Makes the protocol; called once per VU. */
  protocol: (settings: ChatbotSettings) => ChatProtocol;
}

/** The exports of a k6 script. */
export interface TestScript {
  options: Record<string, unknown>;
  setup: () => void;
  run: () => Promise<void>;
  handleSummary: Summarize;
  /** For scripts that run something beside the sessions. */
  parts: { config: SessionConfig; plan: Plan; protocol: ChatProtocol; questions: Questions };
}

/** What every VU needs of what was prepared. */
interface Run {
  config: SessionConfig;
  plan: Plan;
  slices: Slice[];
  measuresDrift: boolean;
}

/**
 * Builds the exports of a script. Wrong settings or files end k6 with exit code 107 and their sentences, before any
 * load: a rejection with a text at the top level is the one form that k6 prints without a stack trace.
 */
export async function chatScript(definition: Definition): Promise<TestScript> {
  const prepared = __VU === 0 ? prepare(definition) : undefined;
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
  if (typeof prepared === 'string') return Promise.reject(prepared);
  const { config, plan, slices, measuresDrift } = shared(prepared);
  const protocol = definition.protocol(config.chatbot);
  const questions = questionSource(config, slices, prepared);
  const user = chatbotUser(config, protocol, questions);
  const observer = measuresDrift ? driftObserver() : undefined;
  const run: RunSession = (clock, vu, number) => user(clock, vu, number, observer);
  return {
    options: prepared?.options ?? {},
    setup: () => requireTarget(config),
    run: plan.arrivals ? arrival(plan, arrivalTimes(prepared), run) : iteration({ plan, ...config }, run),
    handleSummary: summarize(definition.name, prepared),
    parts: { config, plan, protocol, questions },
  };
}

function prepare({ name, load, defaults = {}, thresholds }: Definition): Prepared | string {
  const module = evaluate(prepareSource) as typeof Prepare;
  return module.prepare({
    name,
    load,
    defaults,
    thresholds,
    pools: defaultPools,
    env: __ENV,
    readFile: (path) => open(path),
  });
}

/** Settings and plan as text, for what a SharedArray makes of objects takes twice the memory of each VU. */
function shared(prepared: Prepared | undefined): Run {
  const runs = new SharedArray('run', () =>
    prepared === undefined ? [] : [JSON.stringify(runOf(prepared))],
  );
  const run = runs[0];
  if (run === undefined) throw new Error('k6 evaluated a VU before the test was prepared.');
  return JSON.parse(run) as Run;
}

function runOf({ sessionConfig: config, plan, measuresDrift, questions: { slices } }: Prepared): Run {
  return { config, plan, slices, measuresDrift };
}

/** So do the times of arrivals. */
function arrivalTimes(prepared: Prepared | undefined): (index: number) => number {
  const times = new SharedArray('arrivals', () => prepared?.arrivals ?? []);
  return (index) => times[index] ?? 0;
}

/** So do the questions; only which of them a session asks differs. */
function questionSource(
  { questionOrder, seed }: SessionConfig,
  slices: readonly Slice[],
  prepared: Prepared | undefined,
): Questions {
  const texts = new SharedArray('questions', () => prepared?.questions.texts ?? []);
  const read = (places: readonly number[]) => sequence(places, slices, (place) => texts[place] ?? '');
  let same: QuestionSequence | undefined;
  return (vu, iteration) => {
    if (questionOrder === 'order') return (same ??= read(inOrder(slices)));
    return read(shuffle(slices, seededRandom(seed, vu, iteration)));
  };
}

/** Ends the run before any load when nothing answers at the target; any HTTP status is an answer. */
function requireTarget({ apiBaseUrl, websocketBaseUrl }: SessionConfig): void {
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
