/** Chats over HTTP in words. Pure. */
import { LOOK } from '../../../lib/measures/loops.ts';
import { LOOK_WORDS, LOOP_LOOKS, LOOP_METRICS, LOOP_RULES } from '../../../lib/vocabulary/loopWords.ts';
import { totalTime } from '../../../lib/vocabulary/metricWords.ts';
import {
  request,
  requestMetrics,
  REQUEST_COLUMNS,
  REQUEST_LINE,
  REQUEST_LOOKS,
  REQUEST_PHASE,
  REQUEST_RULES,
} from '../../../lib/vocabulary/requestWords.ts';
import { DONE_AFTER } from '../../../lib/measures/rounds.ts';
import { roundRules, ROUND_LINE, ROUND_LOOKS, ROUND_METRICS } from '../../../lib/vocabulary/roundWords.ts';
import { visit, visitLooks, visitMetrics, visitRules } from '../../../lib/vocabulary/visitWords.ts';
import type { Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import { CLIENT } from '../clientWords.ts';
import { ENDPOINTS } from './chatProtocol.ts';

/** What clients do who chat, and how it is judged. */
export const CHAT_WORDS: Vocabulary = {
  system: 'assistant',
  level: { one: 'chat', many: 'chats' },
  visit: 'client',
  headline: 'request',
  answer: 'an answer',
  shorter: 'ROUND_SECONDS shorter',
  spread: 'more stages with fewer CHATS each',
  held: { metric: 'hold_client_time', did: 'were there' },
  operations: { client: visit(CLIENT), request: request('endpoint', ENDPOINTS), [LOOK]: LOOK_WORDS },
  metrics: {
    ...visitMetrics(CLIENT),
    hold_client_time: totalTime('clients who were there in the judged part of a stage', { stages: true }),
    ...requestMetrics('endpoint', ENDPOINTS),
    ...ROUND_METRICS,
    ...LOOP_METRICS,
  },
  phases: { request: REQUEST_PHASE },
  columns: [
    ...REQUEST_COLUMNS.filter(({ head }) => !['per s', 'p99'].includes(head)),
    { head: 'all done', title: 'time until all were done', metric: DONE_AFTER, aggregate: 'max' },
    {
      head: 'loop',
      title: "worst delay of the target's event loop",
      metric: 'target_loop_delay',
      aggregate: 'max',
    },
  ],
  lines: [REQUEST_LINE, ROUND_LINE],
  allDone: DONE_AFTER,
  rules: [
    ...visitRules(CLIENT),
    ...REQUEST_RULES,
    ...roundRules('requests_answered', 'requests_failed'),
    ...LOOP_RULES,
  ],
  atTarget: [
    { what: 'chats', theirs: 'assistant.endpoints.chat.begun', ours: 'requests_sent{endpoint:chat}' },
    { what: 'looks at the health', theirs: 'assistant.endpoints.health.begun', ours: 'looks_begun' },
  ],
  targetRules: [],
  signs: [
    {
      phases: ['request'],
      reasons: '^(http_(401|403|404|405)|bad_body)$',
      expected: 'status 200 and {"reply": "…"} from POST /api/chat',
      check: 'API_BASE_URL: what answers there may be another system',
    },
  ],
  looks: { ...visitLooks(CLIENT), ...REQUEST_LOOKS, ...ROUND_LOOKS, ...LOOP_LOOKS },
};
