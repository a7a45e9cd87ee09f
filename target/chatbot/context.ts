import { Arrivals } from '../arrivals.ts';
import { createCodec, type Codec } from './encryption.ts';
import { Outages } from '../outage.ts';
import { Sessions } from './sessions.ts';
import type { TargetSettings } from '../settings.ts';
import { startCounters, type Counters } from '../stats.ts';
import { Tokens } from './tokens.ts';

/** What the parts of one running target share. */
export interface Context {
  settings: TargetSettings;
  counters: Counters;
  arrivals: Arrivals;
  outages: Outages;
  codec: Codec;
  tokens: Tokens;
  sessions: Sessions;
}

/** Returns the shared state of a target that starts now. */
export function createContext(settings: TargetSettings): Context {
  const counters = startCounters();
  return {
    settings,
    counters,
    arrivals: new Arrivals(settings.faults, counters.faults),
    outages: new Outages(counters),
    codec: createCodec(settings.encryption, settings.key),
    tokens: new Tokens(),
    sessions: new Sessions(),
  };
}
