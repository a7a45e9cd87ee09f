/** Visits in words, by their noun: what `systems/<name>/words.ts` need not say anew. Pure. */
import { count, share, time } from './metricWords.ts';
import type { Noun, Operation, Rule, Vocabulary } from './vocabulary.ts';

/** The metrics of visits, by their noun: `users_started`. */
export function visitMetrics({ one, many }: Noun): Vocabulary['metrics'] {
  return {
    [`${many}_started`]: count(`${many} who came`, { stages: true }),
    [`${many}_completed`]: count(`${many} who did everything, and got every reply`, { limit: 'run' }),
    [`${many}_failed`]: count(`${many} with whom anything failed, by the first \`reason\``, { limit: 'run' }),
    [`${many}_stopped`]: count(`healthy ${many} whom the plan ended`),
    [`${many}_ended`]: count(`completed and failed ${many}`),
    [`${many}_open`]: count(`+1 when a ${one} comes, −1 when the ${one} is gone`),
    [`${one}_success`]: share('completed (1) or failed (0)', {
      limit: 'run',
      samples: `${many}_ended`,
      stages: true,
    }),
    [`${one}_duration`]: time('from the start to the end of the visit', {
      limit: 'run',
      samples: `${many}_ended`,
    }),
  };
}

/** The visit as an operation. */
export function visit({ one, many }: Noun): Operation {
  return {
    noun: { one, many },
    began: { metric: `${many}_started`, word: 'started' },
    good: { metric: `${many}_completed`, word: 'completed' },
    bad: { metric: `${many}_failed`, word: 'failed' },
    stopped: { metric: `${many}_stopped`, word: 'stopped', ifAny: true },
    open: { metric: `${many}_open`, word: 'interrupted', ifAny: true },
    success: `${one}_success`,
    ended: `${many}_ended`,
    duration: `${one}_duration`,
  };
}

/** Where to look when a limit on their success breaks. */
export function visitLooks({ one }: Noun): Readonly<Record<string, string>> {
  return { [`${one}_success`]: `the failures by class: what failed first with a ${one}, and at which step` };
}

/** What must hold of visits. */
export function visitRules({ one, many }: Noun): Rule[] {
  const [completed, failed] = [`${many}_completed`, `${many}_failed`];
  return [
    { left: [`${many}_ended`], is: '=', right: [completed, failed] },
    { left: [`${one}_duration`], is: '=', right: [completed, failed, `${many}_stopped`] },
    { left: [failed], is: '<=', right: ['failures'] },
  ];
}
