/** `crescendo verify <folder>`: does the evidence of a run prove its verdict? */
import { plain, plainLines } from '../../lib/words/plain.ts';
import { checksOf, type Check, type Verifiable } from '../../report/verify/verify.ts';
import type { Style } from '../../report/text/paint.ts';
import { MOST_PROBLEMS } from '../evidence/proof.ts';
import { readRun } from '../evidence/runReader.ts';
import { BROKEN } from '../exitCodes.ts';
import { packageVersion } from '../process/packageRoot.ts';
import { paint, say } from '../process/terminal.ts';

/**
 * Verifies a folder of `crescendo run`, or a `summary.json` alone; prints a line per check and resolves to the exit code:
 * 0 when all of them hold. Throws an InputError when there is no evidence.
 */
export async function verify(path: string): Promise<number> {
  const evidence = await readRun(path, 'verify');
  const checks = checksOf(evidence);
  for (const check of checks) print(check);
  say();
  const wrong = checks.filter(({ problems }) => problems.length > 0);
  say(conclusion(evidence, wrong));
  return wrong.length === 0 ? 0 : BROKEN;
}

/** Another version may derive the same figures in another way, so who wrote them is part of what does not hold. */
function conclusion({ verdict: { result }, run }: Verifiable, wrong: readonly Check[]): string {
  if (wrong.length === 0) return `The evidence proves its verdict: ${result}.`;
  const names = wrong.map(({ name }) => name).join(', ');
  const own = packageVersion();
  const writer = run?.crescendo ?? own;
  if (writer === own) return `The evidence does not prove its verdict (${result}): ${names}.`;
  return `Crescendo ${plain(writer)} wrote this evidence, and to ${own} it does not prove its verdict (${result}): ${names}. Verify it with ${plain(writer)}.`;
}

function print({ name, shows, problems, skipped }: Check): void {
  const [mark, style]: [string, Style] =
    problems.length > 0 ? ['✗', 'red'] : skipped === undefined ? ['✓', 'green'] : ['-', 'dim'];
  say(` ${paint(mark, style)} ${name.padEnd(10)} ${skipped ?? shows}`);
  for (const problem of problems.slice(0, MOST_PROBLEMS)) say(`     ${plainLines(problem)}`);
  if (problems.length > MOST_PROBLEMS) say(`     and ${problems.length - MOST_PROBLEMS} more`);
}
