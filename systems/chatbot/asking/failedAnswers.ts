/** What failed of an answer, in words, which a VU loads when the first one fails. */
import type * as AnswerTexts from '../answerTexts.ts';
import load from '../answerTexts.ts?lazy';

let loaded: typeof AnswerTexts | undefined;

/** Those words; loaded by the first who asks for them. */
export function answerTexts(): typeof AnswerTexts {
  return (loaded ??= load() as typeof AnswerTexts);
}
