/**
 * The check before any load: did k6 take the options of the script as they are? Reaches scripts as text, because only
 * `setup` runs it.
 */
import { endWith } from './endWith.ts';
import { overriddenOption } from './k6Options.ts';

/** Ends the run before any load when k6 took (`exec.test.options`) something else than `asked`; false then. */
export function requireOptions(taken: unknown, asked: Record<string, unknown>): boolean {
  const sentence = overriddenOption(JSON.parse(JSON.stringify(taken)) as Record<string, unknown>, asked);
  if (sentence !== undefined) endWith(sentence);
  return sentence === undefined;
}
