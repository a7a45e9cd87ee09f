/** Puts a test script together: what was prepared, the check of the target, the user, the summary. */
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';
import defaultPools from '../data/questions.json?text';
import type { SessionConfig } from './before/config.ts';
import { driftObserver } from './vu/drift.ts';
import { arrival, iteration, type RunSession } from './vu/iteration.ts';
import type { Plan } from './words/load.ts';
import type * as OptionsCheck from './before/optionsCheck.ts';
import optionsCheckSource from './before/optionsCheck.ts?text';
import type * as Prepare from './before/prepare.ts';
import type { LoadName } from './before/plans.ts';
import type { Prepared } from './before/prepare.ts';
import prepareSource from './before/prepare.ts?text';
import type { ChatbotSettings } from '../systems/chatbot/protocolSettings.ts';
import type { ChatProtocol } from '../systems/chatbot/dialect.ts';
import { inOrder, shuffle, type SessionQuestions, type Slice } from '../systems/chatbot/questions.ts';
import { seededRandom } from './words/random.ts';
import { summarize, type Summarize } from './handleSummary.ts';
import type * as TargetCheck from './before/targetCheck.ts';
import targetCheckSource from './before/targetCheck.ts?text';
import { evaluate } from './evaluate.ts';
import { chatbotUser, type Questions } from '../systems/chatbot/user.ts';

/** What makes one script differ from another. */
interface Definition {
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
  /** Checks options and target before any load; what it returns tells every iteration that it did. */
  setup: () => boolean;
  run: (checked?: boolean) => Promise<void>;
  handleSummary: Summarize;
  /** For scripts that run something beside the sessions. */
  parts: { config: SessionConfig; plan: Plan; protocol: ChatProtocol; questions: Questions };
}

/** What every VU needs of what was prepared; `optionsText`: the options as JSON, which only `setup` reads. */
interface Run {
  config: SessionConfig;
  plan: Plan;
  slices: Slice[];
  measuresDrift: boolean;
  optionsText: () => string;
}

/**
 * Builds the exports of a script. Wrong settings or files end k6 with exit code 107 and their sentences, before any
 * load: a rejection with a text at the top level is the one form that k6 prints without a stack trace.
 */
export async function chatScript(definition: Definition): Promise<TestScript> {
  const prepared = __VU === 0 ? prepare(definition) : undefined;
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
  if (typeof prepared === 'string') return Promise.reject(prepared);
  const { config, plan, slices, measuresDrift, optionsText } = shared(prepared);
  const protocol = definition.protocol(config.chatbot);
  const questions = questionSource(config, slices, prepared);
  const user = chatbotUser(config, protocol, questions);
  const observer = measuresDrift ? driftObserver() : undefined;
  const run: RunSession = (clock, vu, number) => user(clock, vu, number, observer);
  const runIteration = plan.arrivals
    ? arrival(plan, arrivalTimes(prepared), run)
    : iteration({ plan, ...config }, run);
  return {
    options: prepared?.options ?? {},
    setup: () => checkBeforeLoad(config, optionsText(), protocol),
    run: (checked) => (checked === true ? runIteration() : refuseUnchecked()),
    handleSummary: summarize(definition.name, prepared),
    parts: { config, plan, protocol, questions },
  };
}

function checkBeforeLoad(config: SessionConfig, optionsText: string, protocol: ChatProtocol): boolean {
  const options = JSON.parse(optionsText) as Record<string, unknown>;
  const { requireOptions } = evaluate(optionsCheckSource) as typeof OptionsCheck;
  if (requireOptions(exec.test.options, options))
    (evaluate(targetCheckSource) as typeof TargetCheck).requireTarget(config, http, protocol);
  return true;
}

/** Ends the test at its first iteration, with exit code 108. */
function refuseUnchecked(): Promise<void> {
  exec.test.abort(
    'the check before the load did not run, because k6 was told to leave it out (--no-setup, K6_NO_SETUP, "noSetup") or the script does not export setup.',
  );
  return Promise.resolve();
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

/**
 * Settings as text, for what a SharedArray makes of objects takes twice the memory of each VU. The stages stay in their
 * array: a VU keeps the one it is in.
 */
function shared(prepared: Prepared | undefined): Run {
  const texts = new SharedArray('run', () =>
    prepared === undefined ? [] : [JSON.stringify(runOf(prepared)), JSON.stringify(prepared.options)],
  );
  const run = texts[0];
  if (run === undefined) throw new Error('k6 evaluated a VU before the test was prepared.');
  const stages = new SharedArray('stages', () => prepared?.plan.stages ?? []);
  const { plan, ...others } = JSON.parse(run) as Omit<Run, 'optionsText'>;
  return { ...others, plan: { ...plan, stages }, optionsText: () => texts[1] ?? '{}' };
}

function runOf({
  sessionConfig: config,
  plan,
  measuresDrift,
  questions: { slices },
}: Prepared): Omit<Run, 'optionsText'> {
  return { config, plan: { ...plan, stages: [] }, slices, measuresDrift };
}

/** So do the times of arrivals. */
function arrivalTimes(prepared: Prepared | undefined): (index: number) => number {
  const times = new SharedArray('arrivals', () => prepared?.arrivals ?? []);
  return (index) => times[index] ?? 0;
}

/** So do the questions; a VU keeps those of its session, and draws them anew only when they differ. */
function questionSource(
  { questionOrder, seed }: SessionConfig,
  slices: readonly Slice[],
  prepared: Prepared | undefined,
): Questions {
  const texts = new SharedArray('questions', () => prepared?.questions.texts ?? []);
  const textAt = (index: number) => texts[index] ?? '';
  let same: SessionQuestions | undefined;
  return (vu, iteration) => {
    if (questionOrder === 'order') return (same ??= inOrder(slices, textAt));
    return shuffle(slices, textAt, seededRandom(seed, vu, iteration));
  };
}
