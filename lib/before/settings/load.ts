/** The settings that make the plan: how many sessions, when, and for how long. Pure data. */
import { defaultSettleSeconds, MAX_STAGES, type LoadName } from '../../plans/load.ts';
import { section, setting } from '../../words/sections.ts';
import { PROFILES } from '../profiles.ts';
import { ANY_SECONDS, LOAD_SCALES, OF_SESSIONS, SESSIONS, SOME_SECONDS, timeScales } from './ranges.ts';

const planOf = <const L extends readonly LoadName[]>(...loads: L) => ({ shapes: 'plan', loads }) as const;
const RAMP = planOf('ramp');
const HOLD = planOf('hold');
const LEVELS = planOf('levels');
const OUTAGE = planOf('recovery');

const intervalSeconds = setting({
  kind: 'number',
  unit: 'seconds',
  where: ', at least 1',
  min: 1,
  max: 1e6,
  env: 'RAMP_INTERVAL_SECONDS',
  ...timeScales(10),
  default: 180,
  quick: '20',
  meaning: 'length of a stage',
  ...RAMP,
  profilesOf: ['burst'],
});

export const LOAD = section({
  title: 'Load',
  families: ['RAMP', 'HOLD', 'OUTAGE'],
  settings: {
    numSessions: {
      ...SESSIONS,
      env: 'NUM_SESSIONS',
      ...LOAD_SCALES,
      default: 2,
      quick: '20',
      meaning: 'sessions at the same time',
      ...planOf('burst', 'hold', 'recovery'),
    },
    ramp: {
      startSessions: {
        ...SESSIONS,
        env: 'RAMP_START_SESSIONS',
        ...LOAD_SCALES,
        default: 10,
        quick: '10',
        meaning: 'sessions of stage 1',
        ...RAMP,
      },
      increment: {
        ...SESSIONS,
        env: 'RAMP_INCREMENT',
        ...LOAD_SCALES,
        default: 50,
        quick: '20',
        meaning: 'sessions that each stage adds',
        ...RAMP,
      },
      maxSessions: {
        ...SESSIONS,
        env: 'RAMP_MAX_SESSIONS',
        ...LOAD_SCALES,
        default: 500,
        quick: '50',
        meaning: 'sessions of the last stage, exactly',
        ...RAMP,
      },
      intervalSeconds,
      transitionSeconds: {
        ...ANY_SECONDS,
        env: 'RAMP_TRANSITION_SECONDS',
        ...timeScales(0),
        default: 0,
        meaning: "time over which a stage's sessions are added; 0: at once",
        ...RAMP,
      },
      settleSeconds: {
        ...ANY_SECONDS,
        env: 'RAMP_SETTLE_SECONDS',
        ...timeScales(0),
        default: { from: intervalSeconds, by: defaultSettleSeconds, is: 'a tenth, at most 30' },
        meaning: 'first part of a stage, after the transition, that is not judged',
        ...RAMP,
      },
    },
    hold: {
      seconds: {
        ...SOME_SECONDS,
        env: 'HOLD_SECONDS',
        ...timeScales(20),
        default: 600,
        quick: '60',
        meaning: 'length of the load',
        ...HOLD,
      },
      stages: {
        kind: 'whole',
        unit: 'stages',
        min: 1,
        max: MAX_STAGES,
        env: 'HOLD_STAGES',
        default: 10,
        quick: '3',
        meaning: 'parts of it that are judged and compared',
        ...HOLD,
      },
    },
    levels: {
      sessions: {
        kind: 'custom',
        env: 'SESSION_LEVELS',
        ...LOAD_SCALES,
        default: '1,10,25,50',
        quick: '1,10,20',
        parse: levelsParser('sessions', 'SESSION_LEVELS'),
        meaning: 'sessions of each stage',
        ...LEVELS,
      },
      seconds: {
        ...SOME_SECONDS,
        env: 'LEVEL_SECONDS',
        ...timeScales(10),
        default: 60,
        quick: '20',
        meaning: 'length of each stage',
        ...LEVELS,
      },
    },
    outage: {
      beforeSeconds: {
        ...SOME_SECONDS,
        env: 'OUTAGE_BEFORE_SECONDS',
        ...timeScales(10),
        default: 60,
        quick: '15',
        meaning: 'before the outage, which begins 5 s later',
        ...OUTAGE,
      },
      seconds: {
        ...SOME_SECONDS,
        env: 'OUTAGE_SECONDS',
        ...timeScales(5),
        default: 10,
        quick: '8',
        meaning: 'how long the back end fails',
        ...OUTAGE,
        vu: true,
      },
      recoverySeconds: {
        ...SOME_SECONDS,
        env: 'OUTAGE_RECOVERY_SECONDS',
        ...timeScales(5),
        default: 10,
        quick: '7',
        meaning: 'time that it may take to be well again',
        ...OUTAGE,
      },
      afterSeconds: {
        ...SOME_SECONDS,
        env: 'OUTAGE_AFTER_SECONDS',
        ...timeScales(15),
        default: 60,
        quick: '20',
        meaning: 'after that',
        ...OUTAGE,
      },
      url: {
        kind: 'url',
        env: 'OUTAGE_URL',
        schemes: ['http', 'https'],
        meaning: 'http(s) address that gets a POST when the outage is to begin',
        ...OUTAGE,
        shapes: 'nothing',
        vu: true,
      },
      body: {
        kind: 'text',
        env: 'OUTAGE_BODY',
        otherwise: '`{"seconds": OUTAGE_SECONDS}`',
        meaning: 'JSON of that POST; with the reference target also `"mode"` and `"delayMs"`',
        ...OUTAGE,
        shapes: 'nothing',
        vu: true,
      },
      probesPerSecond: {
        kind: 'number',
        unit: 'probes',
        min: 0.1,
        max: 100,
        env: 'PROBES_PER_SECOND',
        default: 5,
        meaning: 'short sessions that watch the outage; the times are as exact as their distance',
        ...OUTAGE,
      },
    },
    profile: {
      kind: 'choice',
      env: 'PROFILE',
      default: null,
      choices: PROFILES,
      meaning: "a usual kind of test instead of the script's own plan",
      shapes: 'plan',
    },
    planFile: {
      kind: 'file',
      env: 'PLAN_FILE',
      meaning: 'JSON with your own plan',
      shapes: 'plan',
    },
    seed: {
      kind: 'whole',
      unit: 'any size',
      min: 0,
      env: 'SEED',
      default: 1,
      meaning: 'of everything random but keys',
      ...OF_SESSIONS,
    },
  },
});

/** Reads the levels of stages; `many`: what a level counts, `most`: how many and how large they may be. */
export function levelsParser(many: string, env: string, { most, digits } = { most: MAX_STAGES, digits: 7 }) {
  return (text: string, reject: (remedy: string) => void): number[] | undefined => {
    const levels = text.split(',').map((part) => part.trim());
    const isLevel = (level: string) => /^[1-9]\d*$/.test(level) && level.length <= digits;
    if (levels.length <= most && levels.every(isLevel)) return levels.map(Number);
    reject(`it must be whole numbers of ${many}, at most ${most}, for example ${env}=1,10,50`);
    return undefined;
  };
}
