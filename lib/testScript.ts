/** Puts a test script together: what was prepared, the check of the target, what its system's users do, the summary. */
import { SharedArray } from 'k6/data';
import exec from 'k6/execution';
import http from 'k6/http';
import { endWith } from './before/endWith.ts';
import type * as OptionsCheck from './before/optionsCheck.ts';
import optionsCheckSource from './before/optionsCheck.ts?text';
import type * as MemoryCheck from './before/memoryCheck.ts';
import memoryCheckSource from './before/memoryCheck.ts?text';
import type { Input, Prepared, Presets } from './before/prepare.ts';
import type * as TargetCheck from './before/targetCheck.ts';
import targetCheckSource from './before/targetCheck.ts?text';
import { summarize, type Summarize } from './handleSummary.ts';
import type { System, Uses, VuSystem } from './system.ts';
import { evaluate } from './evaluate.ts';
import { driftObserver } from './vu/drift.ts';
import { arrival, iteration, rateArrival, type RunSession } from './vu/iteration.ts';
import type { CommonVuConfig } from './before/settings/common.ts';
import { makeMetrics } from './vu/metrics.ts';
import { highestLevel, type LoadName, type Plan } from './plans/load.ts';
import type { MadeMetric, VuWords } from './vocabulary/vuWords.ts';

/** What makes one script differ from another. */
interface Definition<Facts, Config extends CommonVuConfig> {
  /** The script's name, as in `dist/<name>.js`. */
  name: string;
  load: LoadName;
  /** Settings whose defaults differ from those of the docs' tables. */
  defaults?: Record<string, string>;
  /** Its own values of PROFILE. */
  presets?: Presets;
  /** Text of thresholds/<name>.json. */
  thresholds: string;
  system: System<Facts, Config>;
}

/** The exports of a k6 script. */
export interface TestScript<Config extends CommonVuConfig = CommonVuConfig> {
  options: Record<string, unknown>;
  /** Checks options and target before any load; what it returns tells every iteration that it did. */
  setup: () => boolean | Promise<boolean>;
  /** For scripts whose system has something left to do after the load. */
  teardown: () => Promise<void>;
  run: (checked?: boolean) => Promise<void>;
  handleSummary: Summarize;
  /** For scripts that run something beside the sessions. */
  parts: { config: Config; plan: Plan; words: VuWords; system: Pick<VuSystem, 'probes'> };
}

/** What every VU needs of what was prepared; `optionsText`: the options as JSON, which only `setup` reads. */
interface Run<Facts> {
  config: CommonVuConfig;
  plan: Plan;
  facts: Facts;
  words: VuWords;
  optionsText: () => string;
}

/**
 * Builds the exports of a script. Wrong settings or files end k6 with exit code 107 and their sentences, before any
 * load: a rejection with a text at the top level is the one form that k6 prints without a stack trace.
 */
export async function testScript<Facts, Config extends CommonVuConfig>(
  definition: Definition<Facts, Config>,
): Promise<TestScript<Config>> {
  const prepared = __VU === 0 ? prepare(definition) : undefined;
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- see above
  if (typeof prepared === 'string') return Promise.reject(prepared);
  const { config: common, plan, facts, words, optionsText } = shared(prepared);
  const config = common as Config;
  makeMetrics(sharedMetrics(prepared));
  const system = definition.system.inVu({ config, words, facts, textAt: sharedTexts(prepared) });
  const visit = system.visits();
  const observer = words.drift && driftObserver(words.drift);
  const run: RunSession = (clock, vu, number) => visit(clock, vu, number, observer);
  const runIteration = iterationOf(plan, config, prepared, run);
  return {
    options: prepared?.options ?? {},
    setup: () => checkBeforeLoad(config, optionsText(), system.uses()),
    run: (checked) => (checked === true ? runIteration() : refuseUnchecked()),
    teardown: () => system.after?.(highestLevel(plan)) ?? Promise.resolve(),
    handleSummary: summarize(definition.name, prepared),
    parts: { config, plan, words, system },
  };
}

function iterationOf(
  plan: Plan,
  config: CommonVuConfig,
  prepared: Prepared | undefined,
  run: RunSession,
): () => Promise<void> {
  if (plan.isRate) return rateArrival(plan, run);
  return plan.arrivals ? arrival(plan, arrivalTimes(prepared), run) : iteration({ plan, ...config }, run);
}

function checkBeforeLoad(
  config: CommonVuConfig,
  optionsText: string,
  uses: Uses,
): boolean | Promise<boolean> {
  const options = JSON.parse(optionsText) as Record<string, unknown>;
  const { requireOptions } = evaluate(optionsCheckSource) as typeof OptionsCheck;
  const { requireTarget } = evaluate(targetCheckSource) as typeof TargetCheck;
  const isThere = requireOptions(exec.test.options, options) && requireTarget(config, http, uses);
  if (isThere && uses.memoryUrl !== undefined)
    (evaluate(memoryCheckSource) as typeof MemoryCheck).requireMemory(uses.memoryUrl, options, http);
  return uses.missing === undefined ? true : uses.missing().then(endIfMissing);
}

function endIfMissing(sentence: string | undefined): boolean {
  if (sentence !== undefined) endWith(sentence);
  return true;
}

/** Ends the test at its first iteration, with exit code 108. */
function refuseUnchecked(): Promise<void> {
  exec.test.abort(
    'the check before the load did not run, because k6 was told to leave it out (--no-setup, K6_NO_SETUP, "noSetup") or the script does not export setup.',
  );
  return Promise.resolve();
}

/** The exports of a system's `before`. */
interface Before<Facts> {
  prepare: (input: Input) => Prepared<Facts> | string;
}

function prepare<Facts, Config extends CommonVuConfig>(
  definition: Definition<Facts, Config>,
): Prepared<Facts> | string {
  const { name, load, defaults = {}, presets = {}, thresholds, system } = definition;
  const module = evaluate(system.before) as Before<Facts>;
  return module.prepare({
    name,
    load,
    defaults,
    presets,
    thresholds,
    features: system.features ?? [],
    own: system.settings ?? {},
    env: __ENV,
    readFile: (path) => open(path),
  });
}

/**
 * Settings as text, for what a SharedArray makes of objects takes twice the memory of each VU. The stages stay in their
 * array: a VU keeps the one it is in.
 */
function shared<Facts>(prepared: Prepared<Facts> | undefined): Run<Facts> {
  const texts = new SharedArray('run', () =>
    prepared === undefined ? [] : [JSON.stringify(runOf(prepared)), JSON.stringify(prepared.options)],
  );
  const run = texts[0];
  if (run === undefined) throw new Error('k6 evaluated a VU before the test was prepared.');
  const stages = new SharedArray('stages', () => prepared?.plan.stages ?? []);
  const { plan, ...others } = JSON.parse(run) as Omit<Run<Facts>, 'optionsText'>;
  return { ...others, plan: { ...plan, stages }, optionsText: () => texts[1] ?? '{}' };
}

function runOf<Facts>({
  sessionConfig: config,
  plan,
  vuWords: words,
  shared: { facts },
}: Prepared<Facts>): Omit<Run<Facts>, 'optionsText'> {
  return { config, plan: { ...plan, stages: [] }, facts, words };
}

/** The times of arrivals stay in their array, too. */
function arrivalTimes(prepared: Prepared | undefined): (index: number) => number {
  const times = new SharedArray('arrivals', () => prepared?.arrivals ?? []);
  return (index) => times[index] ?? 0;
}

/** As text, which no VU keeps. */
function sharedMetrics(prepared: Prepared | undefined): MadeMetric[] {
  const [text = '[]'] = new SharedArray('metrics', () => [JSON.stringify(prepared?.vuMetrics ?? [])]);
  return JSON.parse(text) as MadeMetric[];
}

/** So do the texts of the system. */
function sharedTexts(prepared: Prepared | undefined): (index: number) => string {
  const texts = new SharedArray('texts', () => [...(prepared?.shared.texts ?? [])]);
  return (index) => texts[index] ?? '';
}
