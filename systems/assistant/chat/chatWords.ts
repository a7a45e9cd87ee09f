/** Chats over HTTP in words. Pure. */
import { LOOK } from '../../../lib/measures/loops.ts';
import { LOOK_WORDS, LOOP_LOOKS, LOOP_METRICS, LOOP_RULES } from '../../../lib/vocabulary/loopWords.ts';
import {
  request,
  requestMetrics,
  REQUEST_COLUMNS,
  REQUEST_LINE,
  REQUEST_LOOKS,
  REQUEST_PHASE,
  REQUEST_RULES,
} from '../../../lib/vocabulary/requestWords.ts';
import { ROUND_LINE } from '../../../lib/vocabulary/roundWords.ts';
import type { Vocabulary } from '../../../lib/vocabulary/vocabulary.ts';
import {
  ALL_DONE,
  ASSISTANT,
  CLIENT_LOOKS,
  CLIENT_METRICS,
  CLIENT_OPERATION,
  clientRules,
} from '../clientWords.ts';
import { ENDPOINTS } from './chatProtocol.ts';

/** What clients do who chat, and how it is judged. */
export const CHAT_WORDS: Vocabulary = {
  ...ASSISTANT,
  level: { one: 'chat', many: 'chats' },
  headline: 'request',
  spread: 'more stages with fewer CHATS each',
  operations: { ...CLIENT_OPERATION, request: request('endpoint', ENDPOINTS), [LOOK]: LOOK_WORDS },
  metrics: {
    ...CLIENT_METRICS,
    ...requestMetrics('endpoint', ENDPOINTS),
    ...LOOP_METRICS,
  },
  phases: { request: REQUEST_PHASE },
  columns: [
    ...REQUEST_COLUMNS.filter(({ head }) => !['per s', 'p99'].includes(head)),
    ALL_DONE,
    {
      head: 'loop',
      title: "worst delay of the target's event loop",
      metric: 'target_loop_delay',
      aggregate: 'max',
    },
  ],
  lines: [REQUEST_LINE, ROUND_LINE],
  rules: [...REQUEST_RULES, ...clientRules('requests_answered', 'requests_failed'), ...LOOP_RULES],
  atTarget: [
    { what: 'chats', theirs: 'assistant.endpoints.chat.begun', ours: 'requests_sent{endpoint:chat}' },
    { what: 'looks at the health', theirs: 'assistant.endpoints.health.begun', ours: 'looks_begun' },
  ],
  signs: [
    {
      phases: ['request'],
      reasons: '^(http_(401|403|404|405)|bad_body)$',
      expected: 'status 200 and {"reply": "…"} from POST /api/chat',
      check: 'API_BASE_URL: what answers there may be another system',
    },
  ],
  looks: { ...CLIENT_LOOKS, ...REQUEST_LOOKS, ...LOOP_LOOKS },
};
