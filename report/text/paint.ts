/** Colours of texts on a terminal. Pure. */
import type { Outcome } from '../analyze/analysis.ts';

const STYLES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;

export type Style = keyof typeof STYLES;
export type Paint = (text: string, style: Style) => string;

/** The style of each result. */
export const RESULT_STYLES: Record<Outcome, Style> = {
  PASS: 'green',
  FAIL: 'red',
  INVALID: 'yellow',
  ABORTED: 'yellow',
  'NOT RUN': 'yellow',
};

/** Paints, or leaves texts as they are. */
export function painter(colours: boolean): Paint {
  return (text, style) => (colours ? `\u001b[${STYLES[style]}m${text}\u001b[0m` : text);
}
