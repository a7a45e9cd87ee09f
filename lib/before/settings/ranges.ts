/** What several settings have in common. Pure data. */

/** What VUs read, and do something else for. */
export const OF_SESSIONS = { shapes: 'load', vu: true } as const;

/** A time that may be 0. */
export const ANY_SECONDS = { kind: 'number', unit: 'seconds', min: 0, max: 1e7 } as const;

/** A time that may not be 0. */
export const SOME_SECONDS = { ...ANY_SECONDS, min: 0.001, where: ' above 0' } as const;

/** A number of sessions. */
export const SESSIONS = { kind: 'whole', unit: 'sessions', min: 1, max: 1e6 } as const;

/** A number of users, or of what stands for them. */
export const LOAD_SCALES = { scales: { by: 'load' } } as const;

/** A length of time that is no shorter than `least` seconds. */
export function timeScales<const S extends number>(least: S) {
  return { scales: { by: 'time', least } } as const;
}
