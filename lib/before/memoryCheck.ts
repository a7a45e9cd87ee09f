/**
 * The check before any load of a run with limits on the target's memory: does its address tell it? Reaches scripts as
 * text, because only `setup` runs it.
 */
import { endWith } from './endWith.ts';
import { reasonOfText } from '../words/failures.ts';
import { MEMORY_FORMS, readMemory } from '../measures/memoryReading.ts';
import { LEVELS_MEASURED } from '../vocabulary/memoryWords.ts';

/** What it needs of `k6/http`. */
interface Http {
  get: (url: string, params: Record<string, unknown>) => { status: number; body: unknown };
}

/** The part of `options` that says which limits bind. */
interface Options {
  ext?: { crescendo?: { limits?: readonly { samples?: string }[] } };
}

/** Ends the run before any load when limits on memory could not be judged. */
export function requireMemory(url: string, options: Options, http: Http): void {
  const limits = options.ext?.crescendo?.limits ?? [];
  if (!limits.some(({ samples }) => samples === LEVELS_MEASURED)) return;
  const problem = problemOf(url, http);
  if (problem === undefined) return;
  endWith(
    `There are limits on the target's memory, but MEMORY_URL, which is ${url}, does not tell it (${problem}). Set it to an address of your back end that answers with ${MEMORY_FORMS}, or remove the limits.`,
  );
}

function problemOf(url: string, http: Http): string | undefined {
  try {
    const { status, body } = http.get(url, {
      timeout: '10s',
      redirects: 0,
      throw: true,
      responseType: 'text',
      tags: { name: 'memory check' },
    });
    if (status < 200 || status > 299) return `status ${status}`;
    return typeof body !== 'string' || readMemory(body) === undefined
      ? 'it answers something else'
      : undefined;
  } catch (error) {
    return `no answer: ${reasonOfText(String(error)).replaceAll('_', ' ')}`;
  }
}
