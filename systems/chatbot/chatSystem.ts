/** The chatbot as the system of a script, in any dialect: one question after the other over a socket. */
import type { System, VuParts } from '../../lib/system.ts';
import { seededRandom } from '../../lib/words/random.ts';
import before from './before.ts?text';
import type { ChatFeature, ChatProtocol } from './dialect.ts';
import type { ChatbotSettings } from './protocolSettings.ts';
import type { SessionConfig } from './settings.ts';
import { inOrder, shuffle, type SessionQuestions, type Slice } from './questions.ts';
import { sessionBooks } from './session.ts';
import { chatbotUser, type Questions } from './user.ts';

/** `dialect` makes the protocol; called once per VU. `features`: what it has that needs metrics of its own. */
export function chatSystem(
  dialect: (settings: ChatbotSettings) => ChatProtocol,
  features: readonly ChatFeature[] = [],
): System<Slice[], SessionConfig> {
  return {
    before,
    features,
    inVu: (parts) => {
      const { config, words } = parts;
      const begin = sessionBooks(words);
      const protocol = dialect(config.chatbot);
      const questions = questionSource(parts);
      return {
        uses: () => ({ calls: makesCalls(protocol), socketPath: protocol.socket(NOBODY).path }),
        visits: () => chatbotUser(config, words, begin, protocol, questions, features),
        probes: (longestSeconds) =>
          chatbotUser(
            probeConfig(config, longestSeconds),
            words,
            begin,
            protocol,
            firstOf(questions),
            features,
          ),
      };
    },
  };
}

const NOBODY = { user: '', token: '', sessionId: '', connectionId: '' };

function makesCalls({ requestToken, createSession, deleteSession }: ChatProtocol): boolean {
  return [requestToken, createSession, deleteSession].some((step) => step !== undefined);
}

/** A VU keeps the questions of its session, and draws them anew only when they differ. */
function questionSource({ config, facts: slices, textAt }: VuParts<Slice[], SessionConfig>): Questions {
  const { questionOrder, seed } = config;
  let same: SessionQuestions | undefined;
  return (vu, iteration) => {
    if (questionOrder === 'order') return (same ??= inOrder(slices, textAt));
    return shuffle(slices, textAt, seededRandom(seed, vu, iteration));
  };
}

function probeConfig(config: SessionConfig, longestSeconds: number): SessionConfig {
  const answerTimeoutSeconds = Math.min(config.answerTimeoutSeconds, longestSeconds);
  return { ...config, answerTimeoutSeconds, sessionLog: 0 };
}

function firstOf(questions: Questions): Questions {
  return (vu, iteration) => {
    const { courses, texts } = questions(vu, iteration);
    return { courses: courses.slice(0, 1), texts: texts.slice(0, 1) };
  };
}
