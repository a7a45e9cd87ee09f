/** The settings of systems whose users do nothing but use a connection. Pure data. */
import { setting } from '../../words/sections.ts';
import { OF_SESSIONS, SOME_SECONDS } from './ranges.ts';

/** Many such users fit in one VU. */
export const connectionsPerVu = setting({
  kind: 'whole',
  unit: 'connections',
  min: 1,
  max: 100,
  words: { auto: 0 },
  env: 'CONNECTIONS_PER_VU',
  default: null,
  otherwise: '`auto`: 1 up to 500 connections, then so many that there are 200 VUs',
  meaning:
    'connections in each VU, where they do not arrive by a rate: more take less memory, and share one event loop',
  shapes: 'nothing',
  loads: ['ramp', 'burst', 'hold', 'levels', 'cycles', 'apart'],
  vu: true,
});

export const replySeconds = setting({
  ...SOME_SECONDS,
  env: 'REPLY_TIMEOUT_SECONDS',
  default: 10,
  meaning: 'from anything that is said to its reply',
  ...OF_SESSIONS,
});
