/** The setting of systems whose users do nothing but use a connection, so that many of them fit in one VU. Pure data. */
import { setting } from '../../words/sections.ts';

export const connectionsPerVu = setting({
  kind: 'whole',
  unit: 'connections',
  min: 1,
  max: 100,
  env: 'CONNECTIONS_PER_VU',
  default: 1,
  meaning:
    'connections in each VU, where they do not arrive by a rate: more take less memory, and share one event loop',
  shapes: 'nothing',
  loads: ['ramp', 'burst', 'hold', 'levels', 'cycles', 'apart'],
  vu: true,
});
