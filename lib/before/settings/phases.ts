/** The settings of plans of arrivals per second, for systems whose scripts have such plans. Pure data. */
import { parsePhases, PHASES_FORM, type Phase } from '../../plans/rate.ts';
import { section } from '../../words/sections.ts';
import { LOAD_SCALES, SOME_SECONDS } from './ranges.ts';

const PLAN = { shapes: 'plan', loads: ['phases'] } as const;

export const PHASES = section({
  title: 'Phases',
  families: ['PHASES', 'RATE'],
  settings: {
    phases: {
      steps: {
        kind: 'custom',
        env: 'PHASES',
        // The seconds, not the rates: those are RATE_FACTOR's.
        scales: { by: 'time', least: 2, numbers: /(?<=:)[\d.]+(?=\s*(?:,|$))/g },
        default: 'warm-up:1-10:60,ramp-up:10-100:300,sustained:100:600',
        quick: 'warm-up:1-5:2,ramp-up:5-20:2,sustained:20:3,peak:20-40:2,ramp-down:40-5:1',
        parse: readPhases,
        meaning: '`name:rate:seconds` or `name:from-to:seconds`, …; rates are arrivals per second',
        ...PLAN,
      },
      factor: {
        kind: 'number',
        unit: 'times the rates',
        where: ' above 0',
        min: 0.0001,
        max: 1000,
        env: 'RATE_FACTOR',
        ...LOAD_SCALES,
        default: 1,
        meaning: 'by which all rates of `PHASES` are multiplied',
        ...PLAN,
      },
      visitSeconds: {
        ...SOME_SECONDS,
        env: 'VISIT_SECONDS',
        default: 1,
        meaning: 'usual length of a visit, for which VUs are made: the highest rate × so many seconds',
        ...PLAN,
      },
    },
  },
});

function readPhases(text: string, reject: (remedy: string) => void): readonly Phase[] | undefined {
  const phases = parsePhases(text);
  if (phases === undefined) reject(`it must be ${PHASES_FORM}`);
  return phases;
}
