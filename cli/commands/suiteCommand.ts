/** `crescendo suite <file or name>`: several tests one after the other. */
import { InputError } from '../../lib/words/settings.ts';
import { WIDTH, wrap } from '../../report/text/wrap.ts';
import { refuseK6Arguments } from '../k6/k6Arguments.ts';
import { say } from '../process/terminal.ts';
import { findSuite } from '../suite/findSuite.ts';
import { planSuite, type PlannedSuite } from '../suite/planSuite.ts';
import { runSuite } from '../suite/runSuite.ts';
import { leftText, timeLeft } from '../suite/suiteProgress.ts';
import { counted } from '../../report/text/words.ts';

/** What the command line says besides the suite. */
export interface SuiteOptions {
  /** `NAME=value`, each, for all tests. */
  env?: readonly string[];
  scale?: string;
  quick?: boolean;
  stopAtFailure?: boolean;
  reports: string;
}

/** Resolves to the exit code: that of the gravest test. Throws an InputError when nothing could be run. */
export async function suite(
  name: string,
  { env = [], scale, quick = false, stopAtFailure, reports }: SuiteOptions,
  k6Arguments: readonly string[],
): Promise<number> {
  refuseK6Arguments(k6Arguments);
  if (quick && scale !== undefined)
    throw new InputError(['--quick and --scale both make a suite smaller: give one of them.']);
  const planned = await planSuite(findSuite(name), { env, scale: readScale(scale), quick });
  const stopsAtFailure = stopAtFailure ?? planned.stopsAtFailure;
  introduce(planned);
  return runSuite({ ...planned, stopsAtFailure }, { env, reports, k6Arguments });
}

const [LEAST, MOST] = [0.0001, 100];

function readScale(text: string | undefined): number {
  const scale = Number(text ?? 1);
  if (scale >= LEAST && scale <= MOST) return scale;
  throw new InputError([
    `--scale is "${text ?? ''}": it must be a number from ${LEAST} to ${MOST}, for example --scale 0.01.`,
  ]);
}

/** Says what is going to be run, and what became of each value at another scale. */
function introduce({ name, about, scale, quick, tests }: PlannedSuite): void {
  const size = quick ? ', with small loads (--quick)' : scale === 1 ? '' : ` at --scale ${scale}`;
  say(`suite ${name}: ${counted(tests.length, 'test')}, ${leftText(timeLeft(tests, 0))}${size}`);
  for (const line of about === undefined ? [] : wrap(about, WIDTH)) say(line);
  for (const [index, { name: test, scaled }] of tests.entries()) {
    const changes = scaled.map((one) => `${one.name} ${one.from} → ${one.to}`);
    const text = [`${index + 1} ${test}`, ...(changes.length === 0 ? [] : [changes.join(', ')])].join(': ');
    wrap(text, WIDTH - 4).forEach((line, row) => say(row === 0 ? ` ${line}` : `    ${line}`));
  }
}
