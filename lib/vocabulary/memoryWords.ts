/** What systems have in common whose scripts read the memory of their target, in words. Pure. */
import { count, share } from './metricWords.ts';
import { observation, openMetric } from './operationWords.ts';
import type { Metric, Operation, Rule, Vocabulary } from './vocabulary.ts';

/** The setting without which there is none of it. */
const MEMORY_URL = 'MEMORY_URL';

/** Counts the levels whose memory was measured; without, no limit on memory was judged. */
export const LEVELS_MEASURED = 'levels_measured';

/** By moments of a level; one value each. */
export const MEMORY_BEFORE = 'target_memory_before';
export const MEMORY_OPEN = 'target_memory_open';
export const MEMORY_PEAK = 'target_memory_peak';

/** All readings, and what each connection of a level costs. */
export const TARGET_MEMORY = 'target_memory';
export const MEMORY_PER_CONNECTION = 'target_memory_per_connection';

const LIMITED = {
  limit: 'every stage',
  samples: LEVELS_MEASURED,
  setting: MEMORY_URL,
  stages: true,
} as const;

function ofMoment(is: string): Metric {
  return { kind: 'gauge', unit: 'bytes', is, stages: true };
}

const READING_NOUN = { one: 'reading', many: 'readings' };
const VERBS = ['begun', 'taken'] as const;

/** The metrics of a target's memory. */
export const MEMORY_METRICS: Vocabulary['metrics'] = {
  [TARGET_MEMORY]: { kind: 'trend', unit: 'bytes', is: "the target's memory, at each reading", ...LIMITED },
  [MEMORY_PER_CONNECTION]: {
    kind: 'trend',
    unit: 'bytes',
    is: 'how much more memory the target had while the connections of a level were open than before, by connection; one a level',
    ...LIMITED,
    once: true,
  },
  [MEMORY_BEFORE]: ofMoment('the least before the connections of a level opened'),
  [MEMORY_OPEN]: ofMoment('the most that lasted while they were open'),
  [MEMORY_PEAK]: ofMoment("the most since the target's start, at the end of a level, where it tells"),
  [LEVELS_MEASURED]: count('levels whose memory was measured', { stages: true }),
  readings_begun: count("readings of the target's memory"),
  readings_taken: count('those that told it'),
  readings_failed: count('those that did not, by `reason`', { limit: 'run' }),
  ...openMetric(READING_NOUN, VERBS),
  reading_success: share('taken (1) or failed (0)', {
    limit: 'run',
    samples: 'readings_begun',
    setting: MEMORY_URL,
  }),
};

/** The name of a reading among operations. */
export const READING = 'reading';

/** A reading as an operation. */
export const READING_WORDS: Operation = observation(READING_NOUN, VERBS);

/** What must hold of readings. */
export const MEMORY_RULES: readonly Rule[] = [
  { left: [TARGET_MEMORY], is: '=', right: ['readings_taken'] },
  { left: [MEMORY_PER_CONNECTION], is: '=', right: [LEVELS_MEASURED], stages: true },
];
