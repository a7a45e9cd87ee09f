/**
 * `junit.xml`: a suite per stage with a case per limit, and a suite "run" with the verdict, as CI systems read it. Pure.
 * A limit without samples is skipped; so is a broken one of a stage that only informs, for it must fail no build.
 */
import { countedAs } from '../../lib/words/plural.ts';
import type { Evidence, Remains } from '../derive/evidence.ts';
import { junitXml, type JunitCase, type JunitSuite } from './junitXml.ts';
import { lookOf } from '../derive/looks.ts';
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
export function renderJunit({ summary, verdict, run }: Evidence): string {
  const { script, durationMs, stages, plan } = summary;
  const seconds = (index: number) => {
    const { start, end } = plan.stages[index] ?? { start: 0, end: 0 };
    return Math.max(0, Math.min(end, durationMs) - start) / 1000;
  };
  const suites = stages.map((stage, index) => stageSuite(stage, summary, seconds(index)));
  return document(script, durationMs / 1000, [verdictSuite(verdict, durationMs / 1000), ...suites], run);
}

/** The file of a run of which k6 left no summary: the verdict alone. */
export function renderJunitOfRemains({ verdict, run }: Remains): string {
  const seconds = run === undefined ? 0 : (Date.parse(run.endedAt) - Date.parse(run.startedAt)) / 1000;
  return document(run?.script ?? 'crescendo', seconds, [verdictSuite(verdict, seconds)], run);
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

function document(script: string, seconds: number, suites: readonly Suite[], run: Evidence['run']): string {
  const elements = suites.map(({ cases, ...suite }): JunitSuite => {
    const classname = `${script}.${suite.name}`;
    return { ...suite, startedAt: run?.startedAt, cases: cases.map((one) => junitCase(one, classname)) };
  });
  return junitXml({ name: script, seconds }, elements);
}

function junitCase({ name, outcome, message }: Case, classname: string): JunitCase {
  if (outcome === 'passed') return { name, classname };
  const type = { failure: 'limit', error: 'invalid', skipped: undefined }[outcome];
  return { name, classname, result: { kind: outcome, message, type } };
}
