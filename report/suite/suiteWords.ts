/** What became of a suite in a sentence. Pure. */
import { clockText, counted, percent } from '../text/words.ts';
import type { Figure, SuiteRecord } from './suiteRecord.ts';

/** `2 of 4 tests passed, 1 was not run; took 12:40`. */
export function suiteSentence({ tests, startedAt, endedAt }: SuiteRecord): string {
  const passed = tests.filter(({ result }) => result === 'PASS').length;
  const left = tests.filter(({ result }) => result === 'NOT RUN').length;
  const missing = left === 0 ? '' : `, ${left} ${left === 1 ? 'was' : 'were'} not run`;
  const took = clockText((Date.parse(endedAt) - Date.parse(startedAt)) / 1000);
  return `${passed} of ${counted(tests.length, 'test')} passed${missing}; took ${took}`;
}

/** The option that made it smaller or larger: `--scale 0.01`; empty: full size. */
export function sizeOption({ scale, quick }: Pick<SuiteRecord, 'scale' | 'quick'>): string {
  if (quick) return '--quick';
  return scale === 1 ? '' : `--scale ${scale}`;
}

/** The margin of a figure, or a dash; of what is far beyond its limit, how often it is that. */
export function marginText(figure: Figure | null): string {
  if (figure === null || figure.margin === null) return '–';
  const times = 1 - figure.margin;
  if (times < MANY) return percent(figure.margin, 0);
  return times > MOST ? `> ${MOST} ×` : `${times.toFixed(0)} ×`;
}

const [MANY, MOST] = [10, 999];
