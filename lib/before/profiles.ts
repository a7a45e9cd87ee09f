/** The kinds of test that k6's users know by name, as plans made of a script's own load. Pure. */
import { planOf, ramp, settling, type Plan, type RampSettings } from '../plans/load.ts';

/** https://grafana.com/docs/k6/latest/testing-guides/test-types/ */
export const PROFILES = ['smoke', 'load', 'stress', 'soak', 'spike', 'breakpoint'] as const;
export type Profile = (typeof PROFILES)[number];

/** Whether a value of PROFILE is one of these; others are a script's own. */
export function isProfile(name: unknown): name is Profile {
  return PROFILES.some((profile) => profile === name);
}

/** The load that a profile varies. */
export interface ProfileBase {
  /** The load that the back end is meant for. */
  sessions: number;
  /** Length of a stage. */
  seconds: number;
  ramp: RampSettings;
}

/** Sessions of each stage, as shares of the base; at least one. */
const SHARES: Record<Exclude<Profile, 'smoke' | 'breakpoint'>, readonly number[]> = {
  load: [0.5, 1, 1, 1],
  stress: [0.5, 1, 1.5, 2],
  soak: Array.from({ length: 20 }, () => 1),
  spike: [0.1, 1, 0.1],
};

const SMOKE_SESSIONS = 2;
const SMOKE_SECONDS = 30;

/** The plan of a profile. Throws a RangeError with a full sentence when the base makes none. */
export function profilePlan(profile: Profile, base: ProfileBase): Plan {
  if (profile === 'breakpoint') return ramp(base.ramp);
  if (profile === 'smoke') return planOf([settling(SMOKE_SESSIONS, Math.min(SMOKE_SECONDS, base.seconds))]);
  return planOf(
    SHARES[profile].map((share) => settling(Math.max(1, Math.round(share * base.sessions)), base.seconds)),
  );
}
