/**
 * `junit.xml`: a suite per stage with a case per limit, and a suite "run" with the verdict, as CI systems read it. Pure.
 * A limit without samples is skipped; so is a broken one of a stage that only informs, for it must fail no build.
 */
import { countedAs } from '../../lib/words/plural.ts';
import type { Evidence, Remains } from '../derive/evidence.ts';
import { junitXml, type JunitCase, type JunitSuite } from './junitXml.ts';
import { lookOf } from '../limits/looks.ts';
import type { LimitResult, RunSummary, StageSummary } from '../derive/summary.ts';
import type { Verdict } from '../derive/verdict.ts';
import { limitName, limitSentence, percent } from './words.ts';

type Outcome = 'passed' | 'failure' | 'error' | 'skipped';

interface Case {
  name: string;
  outcome: Outcome;
  /** In one line; unused for those that passed. */
  message: string;
}

interface Suite {
  name: string;
  seconds: number;
  cases: Case[];
}

/** The whole file. */
export function renderJunit(evidence: Evidence): string {
  const { script, durationMs } = evidence.summary;
  return junitXml({ name: script, seconds: durationMs / 1000 }, junitSuitesOf(evidence));
}

/** The file of a run of which k6 left no summary: the verdict alone. */
export function renderJunitOfRemains(remains: Remains): string {
  const { run } = remains;
  return junitXml({ name: scriptOf(run), seconds: secondsOf(run) }, junitSuitesOf(remains));
}

/** The suites of a run, of which a file of several runs is made, too. */
export function junitSuitesOf(evidence: Evidence | Remains): JunitSuite[] {
  if ('summary' in evidence) return suitesOf(evidence);
  const { verdict, run } = evidence;
  return elementsOf(scriptOf(run), [verdictSuite(verdict, secondsOf(run))], run);
}

const scriptOf = (run: Evidence['run']): string => run?.script ?? 'crescendo';

function secondsOf(run: Evidence['run']): number {
  return run === undefined ? 0 : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
}

function suitesOf({ summary, verdict, run }: Evidence): JunitSuite[] {
  const { script, durationMs, stages, plan } = summary;
  const seconds = (index: number) => {
    const { start, end } = plan.stages[index] ?? { start: 0, end: 0 };
    return Math.max(0, Math.min(end, durationMs) - start) / 1000;
  };
  const suites = stages.map((stage, index) => stageSuite(stage, summary, seconds(index)));
  return elementsOf(script, [verdictSuite(verdict, durationMs / 1000), ...suites], run);
}

const VERDICTS: Record<Verdict['result'], Outcome> = {
  PASS: 'passed',
  FAIL: 'failure',
  INVALID: 'error',
  ABORTED: 'error',
};

function verdictSuite({ result, sentence, reasons }: Verdict, seconds: number): Suite {
  const others = reasons.slice(1).map((reason) => `; also: ${reason}`);
  const message = `${result}: ${sentence}${others.join('')}`;
  return { name: 'run', seconds, cases: [{ name: 'verdict', outcome: VERDICTS[result], message }] };
}

function stageSuite(stage: StageSummary, summary: RunSummary, seconds: number): Suite {
  const { number, name, level, limits } = stage;
  const title = `stage ${number}${name === undefined ? '' : ` ${name}`}: ${countedAs(level, summary.vocabulary.level)}`;
  return { name: title, seconds, cases: limits.map((limit) => limitCase(stage, limit, summary)) };
}

function limitCase({ binding, state }: StageSummary, limit: LimitResult, summary: RunSummary): Case {
  const name = `${limitName(limit)} (${limit.metric} ${limit.expression})`;
  if (state === 'not reached') return { name, outcome: 'skipped', message: 'the stage was not reached' };
  if (limit.kept === null) return { name, outcome: 'skipped', message: 'no samples' };
  const margin = limit.margin === null ? '' : `, margin ${percent(limit.margin, 0)}`;
  const message = `${limitSentence(limit)}${margin}`;
  if (limit.kept) return { name, outcome: 'passed', message };
  if (!binding) return { name, outcome: 'skipped', message: `only informs: ${message}` };
  const look = lookOf(summary, limit.metric);
  return { name, outcome: 'failure', message: look === undefined ? message : `${message}; look at ${look}` };
}

function elementsOf(script: string, suites: readonly Suite[], run: Evidence['run']): JunitSuite[] {
  return suites.map(({ cases, ...suite }) => {
    const classname = `${script}.${suite.name}`;
    return { ...suite, startedAt: run?.startedAt, cases: cases.map((one) => junitCase(one, classname)) };
  });
}

function junitCase({ name, outcome, message }: Case, classname: string): JunitCase {
  if (outcome === 'passed') return { name, classname };
  const type = { failure: 'limit', error: 'invalid', skipped: undefined }[outcome];
  return { name, classname, result: { kind: outcome, message, type } };
}
