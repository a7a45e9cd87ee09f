/** Which plan a run has: the script's own, a profile of it, or a plan file's. Pure. */
import { poisson } from './arrivals.ts';
import {
  burst,
  highestLevel,
  hold,
  levels,
  planOf,
  ramp,
  recovery,
  type LoadName,
  type Plan,
} from '../plans/load.ts';
import { apart } from '../plans/apart.ts';
import { cycles, type CyclesSettings } from '../plans/cycles.ts';
import { mix, type MixSettings } from '../plans/mix.ts';
import { phases, type Phase } from '../plans/rate.ts';
import { kinds, rounds, type Rounds } from '../plans/rounds.ts';
import { parsePlanFile, type PlanFile } from './planFile.ts';
import { profilePlan, type Profile, type ProfileBase } from './profiles.ts';
import type { LOAD } from './settings/load.ts';
import type { PHASES } from './settings/phases.ts';
import type { Values } from '../words/sections.ts';
import { seededRandom } from '../words/random.ts';
import { InputError } from '../words/settings.ts';
import type { Think } from '../words/think.ts';

/** The settings that make a plan. */
export type PlanSettings = Values<typeof LOAD.settings> &
  Partial<Values<typeof PHASES.settings>> & {
    think?: Think;
    connectionsPerVu?: number | null;
    mix?: MixSettings;
    cycles?: CyclesSettings;
    rounds?: Rounds;
    /** How many do each kind of thing. */
    kinds?: Readonly<Record<string, number>>;
    /** Each is asked by one of the level. */
    hosts?: readonly unknown[];
    levels: { quietSeconds?: number; staggerSeconds?: number };
    hold: { spawnRate?: number };
  };

/** A kind of load: its plan, and the load that a profile varies; without one it takes no other plan. */
interface Load {
  plan: (config: PlanSettings) => Plan;
  base?: (config: PlanSettings) => Omit<ProfileBase, 'ramp'>;
}

const LOADS: Record<LoadName, Load> = {
  ramp: {
    plan: (config) => ramp(config.ramp),
    base: ({ ramp: { maxSessions, intervalSeconds } }) => ({
      sessions: maxSessions,
      seconds: intervalSeconds,
    }),
  },
  burst: {
    plan: (config) => burst(config.numSessions),
    base: (config) => ({ sessions: config.numSessions, seconds: config.ramp.intervalSeconds }),
  },
  hold: {
    plan: ({ numSessions: sessions, hold: settings }) => hold({ sessions, ...settings }),
    base: (config) => ({
      sessions: config.numSessions,
      seconds: config.hold.seconds / config.hold.stages,
    }),
  },
  levels: {
    plan: (config) => levels(config.levels.sessions, config.levels.seconds),
    base: ({ levels: { sessions, seconds } }) => ({ sessions: Math.max(...sessions), seconds }),
  },
  recovery: { plan: (config) => recovery({ sessions: config.numSessions, ...config.outage }) },
  phases: { plan: phasesOf },
  mix: { plan: (config) => mix(existing(config.mix, 'a mix')) },
  cycles: { plan: (config) => cycles(existing(config.cycles, 'cycles')) },
  apart: { plan: apartOf },
  rounds: { plan: roundsOf },
  kinds: { plan: kindsOf },
};

/** Settings that only some systems have. */
function existing<S>(settings: S | undefined, what: string): S {
  if (settings === undefined)
    throw new RangeError(`This script has no settings of ${what}: choose another load.`);
  return settings;
}

function roundsOf({ rounds: settings, hosts, levels }: PlanSettings): Plan {
  return rounds(hosts === undefined ? levels.sessions : [hosts.length], existing(settings, 'rounds'));
}

function kindsOf({ rounds: settings, kinds: sizes }: PlanSettings): Plan {
  const all = Object.entries(existing(sizes, 'kinds'));
  const parts = { tag: 'kind', values: all.map(([name]) => name), sizes: all.map(([, size]) => size) };
  return kinds(parts, existing(settings, 'rounds'));
}

function apartOf({ levels: { sessions: levels, seconds, ...own } }: PlanSettings): Plan {
  const quietSeconds = existing(own.quietSeconds, 'levels apart');
  const staggerSeconds = existing(own.staggerSeconds, 'levels apart');
  return apart({ levels, seconds, quietSeconds, staggerSeconds });
}

function phasesOf(config: PlanSettings): Plan {
  const { steps, factor } = existing(config.phases, 'phases');
  return phases(steps.map((step) => timesRate(step, factor)));
}

function timesRate(step: Phase, factor: number): Phase {
  return { ...step, from: step.from * factor, to: step.to * factor };
}

/** A plan, and what comes with it. */
export interface Chosen {
  plan: Plan;
  /** When sessions arrive, in a plan of arrivals: milliseconds since the start. */
  arrivals: number[];
  /** Pauses, where the plan or the settings have any. */
  think: Think | undefined;
  /** The run ends at the end of the first stage that breaks a binding limit. */
  stopsAtBreak: boolean;
}

/**
 * Chooses the plan. `readPlanFile` returns the text of the plan file. Throws an InputError or a RangeError with full
 * sentences when settings or file make no plan.
 */
export function choosePlan(
  name: LoadName,
  config: PlanSettings,
  readPlanFile: (path: string) => string,
): Chosen {
  const chosen = chooseLoad(name, config, readPlanFile);
  return { ...chosen, plan: seated(chosen.plan, config.connectionsPerVu) };
}

/** A VU costs as much memory as four connections: where there are more than so many, there are so many VUs. */
const MOST_ALONE = 500;
const VUS_OF_MANY = 200;
/** More would have to wait for each other. */
const MOST_PER_VU = 100;

/** How many connections each VU has where nobody says it; 0 and null say that nobody does. */
function perVuOf(plan: Plan, asked: number | null): number {
  if (asked) return asked;
  const connections = highestLevel(plan);
  return connections <= MOST_ALONE ? 1 : Math.min(MOST_PER_VU, Math.ceil(connections / VUS_OF_MANY));
}

/** What arrives by itself has a VU of its own; so has a visit of a system that does not put several in one. */
function seated(plan: Plan, asked: number | null | undefined): Plan {
  const { arrivals, isRate, outage } = plan;
  const perVu = asked === undefined ? 1 : perVuOf(plan, asked);
  return perVu === 1 || arrivals || isRate || outage ? plan : { ...plan, perVu };
}

function chooseLoad(name: LoadName, config: PlanSettings, readPlanFile: (path: string) => string): Chosen {
  const { profile, planFile, think } = config;
  const load = LOADS[name];
  refuseOtherPlans(load, config);
  const own = { arrivals: [], think, stopsAtBreak: profile === 'breakpoint' };
  if (planFile !== undefined) return filePlan(parsePlanFile(readPlanFile(planFile), planFile), config);
  if (profile !== null) return { ...own, plan: planOfProfile(profile, load, config) };
  return { ...own, plan: load.plan(config) };
}

function refuseOtherPlans({ base }: Load, { profile, planFile }: PlanSettings): void {
  const problems = [];
  if (profile !== null && planFile !== undefined)
    problems.push('PROFILE and PLAN_FILE are both set: each is a plan, so set one of them.');
  const given = profile === null ? 'PLAN_FILE' : 'PROFILE';
  if (base === undefined && (profile !== null || planFile !== undefined))
    problems.push(`${given} is set, but this script needs its own plan: unset it.`);
  if (problems.length > 0) throw new InputError(problems);
}

function planOfProfile(profile: Profile, { base }: Load, config: PlanSettings): Plan {
  const own = base?.(config) ?? { sessions: config.numSessions, seconds: config.hold.seconds };
  return profilePlan(profile, { ...own, ramp: config.ramp });
}

function filePlan({ load, think }: PlanFile, config: PlanSettings): Chosen {
  const chosen = { think: think ?? config.think, stopsAtBreak: false };
  if ('steps' in load) return { ...chosen, plan: planOf(load.steps), arrivals: [] };
  const drawn = poisson(load.arrivals, load.atMost, seededRandom(config.seed));
  const empty = drawn.plan.stages.find(({ level }) => level === 0);
  if (empty !== undefined)
    throw new RangeError(
      `${config.planFile ?? 'PLAN_FILE'}: no session arrives in stage ${empty.number}, so nothing could be judged: make it longer or its "perSecond" larger.`,
    );
  return { ...chosen, ...drawn };
}
