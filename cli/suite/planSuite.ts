/** Settles everything about the tests of a suite before the first of them starts. */
import { InputError } from '../../lib/words/settings.ts';
import { settingsIn, type Section } from '../../lib/words/sections.ts';
import type { Scaled } from '../../report/suite/suiteRecord.ts';
import { wantsReferenceTarget } from '../setup/environment.ts';
import { planRun } from '../setup/prepareRun.ts';
import { quickNames } from '../setup/quick.ts';
import { findScript } from '../setup/scriptFile.ts';
import type { FoundSuite } from './findSuite.ts';
import { thisMachine, unmetNeeds, type Machine } from './needs.ts';
import { atScale, type Values } from './scale.ts';
import type { SuiteTestOrder } from './suiteReader.ts';

/** A test that is ready to be run. */
export interface PlannedTest {
  name: string;
  /** A name or a path. */
  script: string;
  /** What its script is called. */
  scriptName: string;
  values: Values;
  scaled: readonly Scaled[];
  /** How long its plan lasts in milliseconds; where it has no fixed end, how long it lasts at most. */
  lengthMs: number;
  atMost: boolean;
  coolDownMs: number;
}

/** A suite that is ready to be run. */
export interface PlannedSuite {
  name: string;
  about: string | undefined;
  /** The path of its file, as people read it. */
  file: string;
  scale: number;
  /** With small loads, whatever the suite says. */
  quick: boolean;
  stopsAtFailure: boolean;
  tests: readonly PlannedTest[];
}

/** What the command line says of all tests. */
export interface SuitePlanOptions {
  /** `NAME=value`, each. */
  env?: readonly string[];
  scale: number;
  quick: boolean;
}

/**
 * Asks each script for its plan, which checks its settings, and this machine for what the tests need. Throws an InputError
 * that lists what is wrong with any of them.
 */
export async function planSuite(found: FoundSuite, options: SuitePlanOptions): Promise<PlannedSuite> {
  const { suite, file } = found;
  const machine = await thisMachine();
  const problems: string[] = [];
  const tests: PlannedTest[] = [];
  for (const test of suite.tests) {
    const planned = await plannedTest(test, file, options, machine).catch(inputProblems);
    if ('name' in planned) tests.push(planned);
    else problems.push(...planned.problems.map((problem) => `${file}: test "${test.name}": ${problem}`));
  }
  if (problems.length > 0) throw new InputError([...new Set(problems)]);
  const { name, about, stopsAtFailure } = suite;
  const { scale, quick } = options;
  return { name, about, file, scale, quick, stopsAtFailure, tests };
}

function inputProblems(error: unknown): { problems: readonly string[] } {
  if (error instanceof InputError) return { problems: error.problems.flatMap((text) => text.split('\n')) };
  throw error;
}

async function plannedTest(
  order: SuiteTestOrder,
  file: string,
  { env = [], scale, quick }: SuitePlanOptions,
  machine: Machine,
): Promise<PlannedTest> {
  const { name, script, needs, coolDownSeconds } = order;
  const asked = (values: Values) => planRun(script, { env, quick, fromFile: { file, values } });
  const own = quick ? withoutQuick(order.values, script) : order.values;
  const full = await asked(own);
  const { values, scaled } = atScale(own, full.sections, scale);
  const { inspected, variables, script: found } = scaled.length === 0 ? full : await asked(values);
  const isReference = wantsReferenceTarget(variables, full.sections);
  const problems = [
    ...unusedSettings(order.values, full.sections, found.name),
    ...unmetNeeds(needs, quick ? 0 : scale, machine, { variables, isReference }),
  ];
  if (problems.length > 0) throw new InputError(problems);
  const { plan, longestMs } = inspected;
  return {
    ...{ name, script, scriptName: found.name, values, scaled },
    lengthMs: plan.end ?? longestMs,
    atMost: plan.end === null,
    coolDownMs: 1000 * coolDownSeconds * (quick ? QUICK_REST : Math.min(1, Math.sqrt(scale))),
  };
}

/** Of the rest between two tests, with small loads. */
const QUICK_REST = 0.1;

/** Small loads go before those of a suite. */
function withoutQuick(values: Values, script: string): Values {
  const small = quickNames(findScript(script).name);
  return Object.fromEntries(Object.entries(values).filter(([name]) => !small.includes(name)));
}

/** A setting that stands with a test is meant for it. */
function unusedSettings(values: Values, sections: readonly Section[], script: string): string[] {
  const known = settingsIn(sections).map(({ env }) => env);
  return Object.keys(values)
    .filter((name) => !known.includes(name))
    .map((name) => `${name} is set, but ${script} does not read it. Remove it there.`);
}
