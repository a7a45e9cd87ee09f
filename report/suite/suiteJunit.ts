/** `junit.xml` of a suite: the suites of its runs, each with the name of its test before its own. Pure. */
import { junitXml, type JunitSuite } from '../text/junitXml.ts';
import type { SuiteRecord } from './suiteRecord.ts';

/** `suites`: those of each test, in the order of the record. */
export function renderSuiteJunit(record: SuiteRecord, suites: readonly (readonly JunitSuite[])[]): string {
  const { suite, startedAt, endedAt, tests } = record;
  const seconds = (Date.parse(endedAt) - Date.parse(startedAt)) / 1000;
  const named = tests.flatMap(({ name }, index) => (suites[index] ?? []).map((own) => withTest(own, name)));
  return junitXml({ name: suite, seconds }, named);
}

/** A suite of cases with the name of its test before its own. */
export function withTest(suite: JunitSuite, test: string): JunitSuite {
  const name = `${test}: ${suite.name}`;
  return {
    ...suite,
    name,
    cases: suite.cases.map((one) => ({ ...one, classname: `${test}.${suite.name}` })),
  };
}
