/** The chatbot as the system of a script, in any dialect: one question after the other over a socket. */
import type { System, VuParts } from '../../lib/system.ts';
import { seededRandom } from '../../lib/words/random.ts';
import type { ScriptSettings, Values } from '../../lib/words/sections.ts';
import before from './before.ts?text';
import type { ChatFacts } from './chatFacts.ts';
import type { ChatFeature, ChatProtocol } from './dialect.ts';
import type { ChatbotSettings } from './protocolSettings.ts';
import type { SessionConfig } from './settings.ts';
import { inOrder, shuffle, type SessionQuestions } from './questions.ts';
import { sessionBooks } from './session/session.ts';
import { socketConversation } from './socketConversation.ts';
import { chatbotUser, type Questions, type Users } from './user.ts';
import type { Credentials } from './client/users.ts';

type Parts = VuParts<ChatFacts, SessionConfig>;
type Config<S extends ScriptSettings> = SessionConfig & { own?: Values<S> };

/**
 * `dialect` makes the protocol; called once per VU. `features`: what it has that needs metrics of its own. `settings`: its
 * own, by the names that their values have in what `dialect` gets besides.
 */
export function chatSystem<const S extends ScriptSettings>(
  dialect: (settings: ChatbotSettings, own: Values<S>) => ChatProtocol,
  features: readonly ChatFeature[] = [],
  settings?: S,
): System<ChatFacts, Config<S>> {
  return {
    before,
    features,
    settings,
    inVu: (parts) => {
      const { config, words } = parts;
      const protocol = dialect(config.chatbot, config.own ?? ({} as Values<S>));
      const questions = questionSource(parts);
      const common = {
        words,
        begin: sessionBooks(words, features),
        protocol,
        users: userSource(parts),
        features,
      };
      const sessions = (of: SessionConfig, asked: Questions) =>
        chatbotUser(of, { ...common, questions: asked, conversation: socketConversation(of, features) });
      return {
        uses: () => ({ calls: makesCalls(protocol), socketPath: protocol.socket(NOBODY).path }),
        visits: () => sessions(config, questions),
        probes: (longestSeconds) => sessions(probeConfig(config, longestSeconds), firstOf(questions)),
      };
    },
  };
}

const NOBODY = { user: '', token: '', sessionId: '', connectionId: '' };

function makesCalls({ requestToken, createSession, deleteSession }: ChatProtocol): boolean {
  return [requestToken, createSession, deleteSession].some((step) => step !== undefined);
}

/** A VU keeps the questions of its session, and draws them anew only when they differ. */
function questionSource({ config, facts: { slices }, textAt }: Parts): Questions {
  const { questionOrder, seed } = config;
  let same: SessionQuestions | undefined;
  return (vu, iteration) => {
    if (questionOrder === 'order') return (same ??= inOrder(slices, textAt));
    return shuffle(slices, textAt, seededRandom(seed, vu, iteration));
  };
}

/** Each VU has a user of its own as long as there are enough of them. */
function userSource({ facts: { users }, textAt }: Parts): Users | undefined {
  if (users.count === 0) return undefined;
  return (vu) => JSON.parse(textAt(users.from + ((vu - 1) % users.count))) as Credentials;
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
