/** The figures of a stage of chat sessions, with the chatbot's own words. */
import type { Distribution, Share } from '../../report/derive/k6Data.ts';
import { measureOf, type Measure } from '../../report/derive/measures.ts';
import type { StageSummary } from '../../report/derive/summary.ts';
import { CHATBOT_WORDS } from '../../systems/chatbot/words.ts';

/** What tests ask of a stage. */
export interface ChatStage {
  sessionsStarted: number;
  questionsSent: number;
  questionsAnswered: number;
  answerSuccess: Share;
  sessionSuccess: Share;
  socketSuccess: Share;
  sessionSetup: Distribution;
  answerLatency: Distribution;
  firstChunkLatency: Distribution;
  generatorLag: Distribution;
}

/** Reads them from a stage of a summary. */
export function chatStage(stage: StageSummary): ChatStage {
  const of = (metric: string) => measureOf(stage, CHATBOT_WORDS, metric);
  return {
    sessionsStarted: count(of('sessions_started')),
    questionsSent: count(of('questions_sent')),
    questionsAnswered: count(of('questions_answered')),
    answerSuccess: share(of('answer_success')),
    sessionSuccess: share(of('session_success')),
    socketSuccess: share(of('socket_success')),
    sessionSetup: times(of('session_setup_duration')),
    answerLatency: times(of('answer_latency')),
    firstChunkLatency: times(of('first_chunk_latency')),
    generatorLag: times(of('generator_lag')),
  };
}

const count = (measure: Measure | undefined): number => (typeof measure === 'number' ? measure : NaN);

function share(measure: Measure | undefined): Share {
  return typeof measure === 'object' && 'samples' in measure
    ? (measure as Share)
    : { rate: null, samples: NaN };
}

function times(measure: Measure | undefined): Distribution {
  return typeof measure === 'object' && !('samples' in measure) ? measure : {};
}
