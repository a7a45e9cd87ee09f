/** The chatbot as the system of a script, in any dialect: one question after the other over a socket. */
import type { System } from '../../lib/system.ts';
import type { ScriptSettings, Values } from '../../lib/words/sections.ts';
import before from './before.ts?text';
import type { ChatFacts } from './chatFacts.ts';
import type { ChatFeature, ChatProtocol } from './dialect.ts';
import type { ChatbotSettings } from './protocolSettings.ts';
import type { SessionLog } from './session/sessionLines.ts';
import { firstOf, probeConfig, questionSource, secretsOf, userSource } from './asking/sessionSources.ts';
import type { SessionConfig } from './settings.ts';
import { sessionBooks } from './session/session.ts';
import { socketConversation } from './socketConversation.ts';
import { socketDialler } from './socketDial.ts';
import { chatbotUser, type Questions } from './user.ts';

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
      const own = config.own ?? ({} as Values<S>);
      const protocol = dialect(config.chatbot, own);
      const questions = questionSource(parts);
      const common = {
        words,
        begin: sessionBooks(words, features),
        protocol,
        users: userSource(parts),
        redials: features.includes('redials'),
        endsOnFailure: protocol.withoutIds === true,
        secrets: [config.encryptionKey, ...secretsOf(settings, own)],
        logged: (log: SessionLog) => log.protocol(protocol),
      };
      const sessions = (of: SessionConfig, asked: Questions) =>
        chatbotUser(of, {
          ...common,
          dialler: socketDialler(of, protocol),
          questions: asked,
          asker: socketConversation(of, features),
        });
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
