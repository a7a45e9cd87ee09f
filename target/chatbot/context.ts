/** The state of one running chatbot. */
import { Arrivals } from '../arrivals.ts';
import type { CommonSettings } from '../commonSettings.ts';
import type { Outages } from '../outage.ts';
import { CHATBOT_FAULTS, type ChatbotFault } from './chatbotFaults.ts';
import type { ChatbotSettings } from './chatbotSettings.ts';
import { startCounters, type Counters } from './chatbotStats.ts';
import { createCodec, type Codec } from './encryption.ts';
import { Sessions } from './sessions.ts';
import { Tokens } from './tokens.ts';

/** What the chatbot's own pieces share. */
export interface Context {
  settings: CommonSettings & ChatbotSettings;
  counters: Counters;
  arrivals: Arrivals<ChatbotFault>;
  outages: Outages;
  codec: Codec;
  tokens: Tokens;
  sessions: Sessions;
}

/** Returns the state of a chatbot that starts now. */
export function createContext(settings: CommonSettings & ChatbotSettings, outages: Outages): Context {
  const counters = startCounters();
  return {
    settings,
    counters,
    arrivals: new Arrivals(CHATBOT_FAULTS, settings.faults, counters.faults),
    outages,
    codec: createCodec(settings.encryption, settings.key),
    tokens: new Tokens(),
    sessions: new Sessions(),
  };
}
