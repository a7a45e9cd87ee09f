/**
 * The options of k6 that would change the load, its figures or how they are judged, and so make a wrong verdict of a
 * right run. Each is refused wherever it can be seen before the load: as an argument, as a variable, and among what k6
 * really took (`overriddenOption`), which covers its config file and archives. Pure.
 */
import { parseGoDuration } from '../words/goDuration.ts';
import { isRecord } from '../words/jsonFields.ts';
import type { Environment } from '../words/settings.ts';

/** One such option, under every name that k6 has for it. */
interface K6Option {
  /** Its name in `exec.test.options`, where it stands there. */
  name?: string;
  flags: readonly string[];
  variables: readonly string[];
  /** What it would do, and what to do instead: completes "--vus would …". */
  effect: string;
  /** Values that change nothing; any other does. */
  harmless?: RegExp;
  /** Whether what k6 took (as JSON) differs from what the script asked for; default: it is set and not harmless. */
  differs?: (taken: unknown, asked: unknown) => boolean;
}

/** How to set the load instead. */
const LOAD_ADVICE =
  'set RAMP_MAX_SESSIONS and the other RAMP_… (ramp), NUM_SESSIONS (others) or PLAN_FILE instead';

const OFF = /^(false|f|0)$/i;
const NONE = /^"?0+(\.0+)?(ms|s|m|h)?"?$/;

/** A tag of the whole run with one of these names would stand where ours tells parts of the run apart. */
const RESERVED_TAGS = ['stage', 'reason', 'phase', 'kind', 'second', 'name', 'status', 'scenario'];

/** All of them; a function, so that VUs carry none of it. */
export const k6Options = (): readonly K6Option[] => [
  {
    name: 'scenarios',
    flags: ['--vus', '-u', '--duration', '-d', '--iterations', '-i', '--stage', '-s'],
    variables: ['K6_VUS', 'K6_DURATION', 'K6_ITERATIONS', 'K6_STAGES'],
    effect: `replace the load of the script: ${LOAD_ADVICE}`,
    differs: otherScenarios,
  },
  {
    name: 'executionSegment',
    flags: ['--execution-segment', '--execution-segment-sequence'],
    variables: [],
    effect:
      'run only a part of the test, as one of several machines, whose evidence Crescendo cannot merge yet: run the whole test on one machine',
  },
  {
    name: 'rps',
    flags: ['--rps'],
    variables: ['K6_RPS'],
    effect:
      'make log-ins wait in k6, for which the back end would be blamed: use THINK_SECONDS or fewer sessions',
    harmless: NONE,
  },
  {
    name: 'minIterationDuration',
    flags: ['--min-iteration-duration'],
    variables: ['K6_MIN_ITERATION_DURATION'],
    effect: 'keep VUs waiting that the plan needs: use THINK_SECONDS',
    harmless: NONE,
  },
  {
    name: 'discardResponseBodies',
    flags: ['--discard-response-bodies'],
    variables: ['K6_DISCARD_RESPONSE_BODIES'],
    effect: 'throw away the replies that sessions need to log in: leave it out',
    harmless: OFF,
  },
  {
    name: 'summaryTrendStats',
    flags: ['--summary-trend-stats'],
    variables: ['K6_SUMMARY_TREND_STATS'],
    effect: 'leave out percentiles by which the run is judged: those of your limits are there without it',
    differs: unlike,
  },
  {
    name: 'thresholds',
    flags: [],
    variables: ['K6_THRESHOLDS'],
    effect: 'replace the limits of the script: use THRESHOLDS_FILE',
    differs: unlike,
  },
  {
    flags: ['--no-thresholds'],
    variables: ['K6_NO_THRESHOLDS'],
    effect: 'keep k6 from judging, so that it always ends with 0: leave it out',
    harmless: OFF,
  },
  {
    name: 'systemTags',
    flags: ['--system-tags'],
    variables: ['K6_SYSTEM_TAGS'],
    effect: 'take away tags by which the run is counted: leave it out',
    differs: lacks,
  },
  {
    name: 'tags',
    flags: [],
    variables: [],
    effect: `put one of the tags ${RESERVED_TAGS.join(', ')} on everything, by which the run is counted: give your tag another name`,
    differs: hasReservedTag,
  },
  {
    name: 'noSetup',
    flags: ['--no-setup'],
    variables: ['K6_NO_SETUP'],
    effect: 'leave out the check that comes before the load: leave it out',
    harmless: OFF,
  },
  {
    flags: ['--new-machine-readable-summary'],
    variables: ['K6_NEW_MACHINE_READABLE_SUMMARY'],
    effect: 'give the summary a form that Crescendo does not read: leave it out',
    harmless: OFF,
  },
];

/** The sentences for variables of k6 that would change a run. */
export function overridingVariables(env: Environment): string[] {
  return k6Options().flatMap(({ variables, effect, harmless }) =>
    variables.flatMap((name) => {
      const value = env[name]?.trim() ?? '';
      return value === '' || harmless?.test(value) ? [] : [`${name} would ${effect}. Unset it.`];
    }),
  );
}

/** The sentence for the first option that k6 took otherwise than the script asked for; `undefined`: there is none. */
export function overriddenOption(taken: JsonObject, asked: JsonObject): string | undefined {
  const found = k6Options().find(({ name, harmless, differs }) => {
    if (name === undefined) return false;
    if (differs !== undefined) return differs(taken[name], asked[name]);
    return isSet(taken[name]) && !harmless?.test(JSON.stringify(taken[name]));
  });
  if (found?.name === undefined) return undefined;
  const sources = [...found.flags.filter((flag) => flag.startsWith('--')), ...found.variables];
  return `k6 was given "${found.name}" of its own (by ${[...sources, 'a config file'].join(', ')} or an archive), which would ${found.effect}.`;
}

type JsonObject = Readonly<Record<string, unknown>>;

const isSet = (value: unknown) => value !== null && value !== undefined;

/** Of lengths of time that k6 wrote in other units. */
const ROUNDING_MS = 0.001;

/** Everything that was asked for must be there; k6 adds its own defaults and writes lengths of time its own way. */
function differsFrom(taken: unknown, asked: unknown): boolean {
  if (isRecord(asked)) {
    if (!isRecord(taken)) return true;
    if (Array.isArray(asked) && asked.length !== (taken as unknown as unknown[]).length) return true;
    return Object.entries(asked).some(([name, value]) => differsFrom(taken[name], value));
  }
  const [time, askedTime] = [taken, asked].map((text) => parseGoDuration(String(text)));
  if (time !== undefined && askedTime !== undefined) return Math.abs(time - askedTime) > ROUNDING_MS;
  return taken !== asked;
}

/** The same in both directions, for what k6 adds nothing to. */
function unlike(taken: unknown, asked: unknown): boolean {
  return differsFrom(taken, asked) || differsFrom(asked, taken);
}

function otherScenarios(taken: unknown, asked: unknown): boolean {
  const names = (scenarios: unknown) => Object.keys(isRecord(scenarios) ? scenarios : {}).sort();
  return unlike(names(taken), names(asked)) || differsFrom(taken, asked);
}

function lacks(taken: unknown, asked: unknown): boolean {
  const has = new Set(Array.isArray(taken) ? taken : []);
  return (Array.isArray(asked) ? asked : []).some((tag) => !has.has(tag));
}

function hasReservedTag(taken: unknown): boolean {
  return Object.keys(isRecord(taken) ? taken : {}).some((name) => RESERVED_TAGS.includes(name));
}
