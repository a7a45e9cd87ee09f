/** The XML that CI systems know as JUnit's: suites of cases, and what came of each. Pure; for Node alone. */
import XMLBuilder from 'fast-xml-builder';
import { plain } from '../../lib/words/plain.ts';

/** What came of a case that did not pass. */
export interface JunitResult {
  kind: 'failure' | 'error' | 'skipped';
  message: string;
  type?: string | undefined;
}

export interface JunitCase {
  name: string;
  classname: string;
  /** None: it passed. */
  result?: JunitResult | undefined;
  /** Shown for a case that passed, too. */
  output?: string | undefined;
}

export interface JunitSuite {
  name: string;
  cases: readonly JunitCase[];
  /** How long it took, where that is known. */
  seconds?: number | undefined;
  /** When it began, as an ISO text. */
  startedAt?: string | undefined;
}

const builder = new XMLBuilder({
  attributesGroupName: '$',
  attributeNamePrefix: '',
  ignoreAttributes: false,
  suppressBooleanAttributes: false,
  suppressEmptyNode: true,
  format: true,
});

/** The whole file. Texts of others are made plain, which leaves no character that XML 1.0 forbids. */
export function junitXml(
  { name, seconds }: Pick<JunitSuite, 'name' | 'seconds'>,
  suites: readonly JunitSuite[],
): string {
  const cases = suites.flatMap((suite) => suite.cases);
  return builder.build({
    '?xml': attributes({ version: '1.0', encoding: 'UTF-8' }),
    testsuites: {
      ...attributes({ name, ...counts(cases), ...timeOf(seconds) }),
      testsuite: suites.map(suiteElement),
    },
  });
}

function suiteElement({ name, cases, seconds, startedAt }: JunitSuite): object {
  const timestamp = startedAt?.replace(/\.\d+Z$/, '');
  return {
    ...attributes({ name, ...counts(cases), ...timeOf(seconds), timestamp }),
    testcase: cases.map((one) => caseElement(one, seconds)),
  };
}

/** A suite's time is that of its load, not the sum of its cases', which take none. */
function caseElement({ name, classname, result, output }: JunitCase, seconds: number | undefined): object {
  return {
    ...attributes({ name, classname, ...timeOf(seconds === undefined ? undefined : 0) }),
    ...(result !== undefined && {
      [result.kind]: attributes({ message: result.message, type: result.type }),
    }),
    ...(output !== undefined && { 'system-out': plain(output) }),
  };
}

function counts(cases: readonly JunitCase[]): Record<string, string> {
  const of = (kind: JunitResult['kind']) =>
    String(cases.filter(({ result }) => result?.kind === kind).length);
  return {
    tests: String(cases.length),
    failures: of('failure'),
    errors: of('error'),
    skipped: of('skipped'),
  };
}

function timeOf(seconds: number | undefined): { time?: string } {
  return seconds === undefined ? {} : { time: Math.max(0, seconds).toFixed(3) };
}

function attributes(given: Record<string, string | undefined>): { $: Record<string, string> } {
  const known = Object.entries(given).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { $: Object.fromEntries(known.map(([name, value]) => [name, plain(value)])) };
}
