/** `crescendo verify <folder>`: does the evidence of a run prove its verdict? */
import { plain, plainLines } from '../../lib/words/plain.ts';
import { checksOf, type Check } from '../../report/verify/verify.ts';
import type { Style } from '../../report/text/paint.ts';
import { MOST_PROBLEMS, readVerifiable } from '../evidence/verifiable.ts';
import { BROKEN } from '../exitCodes.ts';
import { packageVersion } from '../process/packageRoot.ts';
import { paint, say } from '../process/terminal.ts';

/**
 * Verifies a folder of `crescendo run`, or a `summary.json` alone; prints a line per check and returns the exit code: 0
 * when all of them hold. Throws an InputError when there is no evidence.
 */
export function verify(path: string): number {
  const evidence = readVerifiable(path);
  const checks = checksOf(evidence);
  for (const check of checks) print(check);
  const wrong = checks.filter(({ problems }) => problems.length > 0);
  const { result } = evidence.verdict;
  say();
  say(
    wrong.length === 0
      ? `The evidence proves its verdict: ${result}.`
      : `The evidence does not prove its verdict (${result}): ${wrong.map(({ name }) => name).join(', ')}.`,
  );
  const writer = evidence.run?.crescendo ?? packageVersion();
  if (wrong.length > 0 && writer !== packageVersion())
    say(
      `Crescendo ${plain(writer)} wrote it and this is ${packageVersion()}: verify it with the one that wrote it.`,
    );
  return wrong.length === 0 ? 0 : BROKEN;
}

function print({ name, shows, problems, skipped }: Check): void {
  const [mark, style]: [string, Style] =
    problems.length > 0 ? ['✗', 'red'] : skipped === undefined ? ['✓', 'green'] : ['-', 'dim'];
  say(` ${paint(mark, style)} ${name.padEnd(10)} ${skipped ?? shows}`);
  for (const problem of problems.slice(0, MOST_PROBLEMS)) say(`     ${plainLines(problem)}`);
  if (problems.length > MOST_PROBLEMS) say(`     and ${problems.length - MOST_PROBLEMS} more`);
}
