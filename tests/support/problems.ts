/** What an action refuses. */
import { InputError } from '../../lib/words/settings.ts';

/** The sentences of the InputError that an action throws; none when it throws nothing. */
export function problems(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
  return [];
}

/** The same of an action that takes its time. */
export async function problemsOfAsync(action: () => Promise<unknown>): Promise<readonly string[]> {
  try {
    await action();
  } catch (error) {
    return problems(() => {
      throw error;
    });
  }
  return [];
}
