/** What is compared with stage 1, in words. Pure. */
import { count } from './metricWords.ts';
import type { Operation, Vocabulary } from './vocabulary.ts';

/** Of an operation: the names of its drift's metrics, its latency, and what its good and bad ones are called. */
export interface DriftWords {
  drift: NonNullable<Operation['drift']>;
  latency: string;
  good: string;
  /** All that are compared: "answers". */
  many: string;
}

/** The metrics of its drift. */
export function driftMetrics({ drift, latency, good, many }: DriftWords): Vocabulary['metrics'] {
  const compared = { limit: 'every stage', samples: drift.compared, drift: true, only: 'drift' } as const;
  return {
    [drift.latency]: {
      kind: 'trend',
      unit: 'factor',
      is: `\`${latency}\` ÷ the 95th percentile that the same VU had in stage 1${least(drift)}; only where a limit names it`,
      ...compared,
    },
    [drift.failure]: {
      kind: 'trend',
      unit: 'share',
      is: `failed (1) or ${good} (0), less the share that failed for the same VU in stage 1; only where a limit names it`,
      least: -1,
      ...compared,
    },
    [drift.compared]: count(`${many} that were compared`, { only: 'drift' }),
  };
}

function least({ leastMs }: DriftWords['drift']): string {
  return leastMs === undefined ? '' : `, where what took less than ${leastMs} ms counts as ${leastMs} ms`;
}
