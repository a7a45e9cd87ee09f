/** What the chatbot says. */

const SENTENCES = [
  'The assignment is due on Friday at noon, and late work loses ten points a day.',
  'Your lecture notes for week three cover the heart, the lungs and their vessels.',
  'Professor Müller holds office hours on Tuesdays – a short message beforehand helps.',
  'Compare the balance sheet with the cash flow statement before you judge the firm.',
  'The café next to the library stays open until ten during the examination weeks.',
  'A confidence interval says how precise an estimate is, not how likely it is.',
  'Read chapter seven first; its summary answers most questions of the practice test.',
];

/** Each sentence in two pieces, cut once, so that an answer costs no string work. */
const PIECES = SENTENCES.flatMap((sentence) => {
  const half = sentence.indexOf(' ', sentence.length / 2) + 1;
  return [sentence.slice(0, half), `${sentence.slice(half)} `];
});

/** Returns the `index`-th piece of an endless text; pieces that follow each other make sentences. */
export function answerText(index: number): string {
  return PIECES[index % PIECES.length] ?? '';
}
