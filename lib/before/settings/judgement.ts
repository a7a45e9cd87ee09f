/** The settings that say what is good enough. Pure data. */
import { LEVELS } from '../../words/limits.ts';
import { section } from '../../words/sections.ts';
import { LOAD_SCALES, SESSIONS } from './ranges.ts';

export const JUDGEMENT = section({
  title: 'Judgement',
  families: ['GENERATOR_LAG', 'THRESHOLDS', 'THROUGHPUT'],
  settings: {
    limits: {
      kind: 'choice',
      env: 'LIMITS',
      default: 'target',
      choices: LEVELS,
      meaning: 'level of the thresholds file that binds',
      shapes: 'nothing',
      inFiles: 'elsewhere',
    },
    thresholdsFile: {
      kind: 'file',
      env: 'THRESHOLDS_FILE',
      meaning: 'instead of the bundled one',
      shapes: 'nothing',
    },
    throughputFactor: {
      kind: 'number',
      unit: 'times the limits',
      where: ' above 0',
      min: 0.0001,
      max: 1000,
      env: 'THROUGHPUT_FACTOR',
      ...LOAD_SCALES,
      default: 1,
      meaning:
        'by which limits on numbers per second (`rate>100` of a count) are multiplied, for a smaller load than they are meant for',
      shapes: 'nothing',
      inFiles: 'elsewhere',
    },
    requiredSessions: {
      ...SESSIONS,
      env: 'REQUIRED_SESSIONS',
      ...LOAD_SCALES,
      default: null,
      otherwise: 'all',
      meaning: 'stages up to so many sessions decide, those above only inform',
      shapes: 'nothing',
      inFiles: 'elsewhere',
    },
    generatorLagLimitMs: {
      kind: 'number',
      unit: 'ms',
      min: 0,
      env: 'GENERATOR_LAG_LIMIT_MS',
      default: 25,
      meaning: 'p99 of `generator_lag`; at or above it the run is INVALID',
      shapes: 'nothing',
      vu: true,
      inFiles: 'elsewhere',
    },
  },
});
