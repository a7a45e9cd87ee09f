// Writes two templates again and again while k6 collects, and says in wrong.txt how often one had markup of the other.
import { html, type Html } from '../../report/html/escape.ts';

const ROUNDS = 100_000;

export const options = { vus: 1, iterations: 1 };

const cell = (value: number): Html => html`<td>${value}</td>`;
const term = (value: number): Html => html`<dt>${value}</dt>`;

export default function (): void {
  // All work is done at the end.
}

export function handleSummary(): Record<string, string> {
  const garbage: number[][] = [];
  let wrong = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    garbage[round % 1000] = new Array<number>(100).fill(round);
    const [written, due] =
      round % 2 === 0 ? [cell(round), `<td>${round}</td>`] : [term(round), `<dt>${round}</dt>`];
    if (written.text !== due) wrong += 1;
  }
  return { 'wrong.txt': String(wrong) };
}
