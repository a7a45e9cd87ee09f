/** What a failure class means, for a VU that shows it: the texts are evaluated when the first is asked for. */
import type * as Explain from '../../report/derive/explain.ts';
import explainSource from '../../report/derive/explain.ts?text';
import type { Reason } from '../words/failures.ts';
import { evaluate } from '../evaluate.ts';

let texts: typeof Explain | undefined;

/** Title and reason of a class. */
export function explain(reason: Reason): { title: string; why: string } {
  return (texts ??= evaluate(explainSource) as typeof Explain).explain(reason);
}
