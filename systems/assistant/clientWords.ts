/** What the scripts of the assistant have in common, in words: clients who come, begin with each round, and go. Pure. */
import { DONE_AFTER } from '../../lib/measures/rounds.ts';
import { totalTime } from '../../lib/vocabulary/metricWords.ts';
import { roundRules, ROUND_LOOKS, ROUND_METRICS } from '../../lib/vocabulary/roundWords.ts';
import { visit, visitLooks, visitMetrics, visitRules } from '../../lib/vocabulary/visitWords.ts';
import type { Column, Rule, Vocabulary } from '../../lib/vocabulary/vocabulary.ts';

/** Whoever comes. */
export const CLIENT = { one: 'client', many: 'clients' };

/** The visit as an operation. */
export const CLIENT_OPERATION = { client: visit(CLIENT) };

/** What is the same in each vocabulary. */
export const ASSISTANT = {
  system: 'assistant',
  visit: 'client',
  answer: 'an answer',
  shorter: 'ROUND_SECONDS shorter',
  held: { metric: 'hold_client_time', did: 'were there' },
  allDone: DONE_AFTER,
  targetRules: [],
} as const;

/** The metrics of clients and of their rounds. */
export const CLIENT_METRICS: Vocabulary['metrics'] = {
  ...visitMetrics(CLIENT),
  [ASSISTANT.held.metric]: totalTime('clients who were there in the judged part of a stage', {
    stages: true,
  }),
  ...ROUND_METRICS,
};

/** What must hold of them; `ended`: the Counters of operations that ended. */
export function clientRules(...ended: string[]): Rule[] {
  return [...visitRules(CLIENT), ...roundRules(...ended)];
}

/** Where to look when limits on them break. */
export const CLIENT_LOOKS: Vocabulary['looks'] = { ...visitLooks(CLIENT), ...ROUND_LOOKS };

/** How long all of a round took, in the table of stages. */
export const ALL_DONE: Column = {
  head: 'all done',
  title: 'time until all were done',
  metric: DONE_AFTER,
  aggregate: 'max',
};
