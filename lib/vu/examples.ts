/** The first failure of each class of a VU, in k6's log: thousands would bury the rest. */
import type { Detail, Phase, Reason } from '../words/failures.ts';
import { rare } from './rare.ts';

let shown: Set<string> | undefined;
let secrets: readonly string[] = [];

/** What no example may show from now on: the key, the ids of the session. Replaces what was told before. */
export function hideSecrets(...values: string[]): void {
  secrets = values;
}

/** Logs a failure, when it is the first of its class in this VU and there is something to say about it. */
export function showFirst(phase: Phase, reason: Reason, detail: Detail): void {
  const kind = phase + reason;
  if (detail === '' || shown?.has(kind) === true) return;
  const { exampleLine, exampleText } = rare();
  const text = exampleText(typeof detail === 'string' ? detail : detail(), secrets);
  if (text === '') return;
  (shown ??= new Set()).add(kind);
  console.warn(exampleLine({ phase, reason, text }));
}
