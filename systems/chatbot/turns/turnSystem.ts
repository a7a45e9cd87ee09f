/** A chat over HTTP as the system of a script, in any dialect: one question after the other, each a request. */
import type { System } from '../../../lib/system.ts';
import { metric } from '../../../lib/vu/metrics.ts';
import type { ScriptSettings, Values } from '../../../lib/words/sections.ts';
import { firstOf, probeConfig, questionSource, secretsOf, userSource } from '../asking/sessionSources.ts';
import type { ChatFacts } from '../chatFacts.ts';
import type { ChatIds } from '../dialect.ts';
import type { SessionLog } from '../session/sessionLines.ts';
import { chatbotUser, type Questions } from '../user.ts';
import { exchangeOf } from './exchange.ts';
import before from './turnBefore.ts?text';
import { turnBooks } from './turnBooks.ts';
import { createTurnConversation, type TurnConversation } from './turnConversation.ts';
import type { TurnProtocol } from './turnDialect.ts';
import type { TurnConfig } from './turnSettings.ts';

type Config<S extends ScriptSettings> = TurnConfig & { own?: Values<S> };

/**
 * `dialect` makes the protocol; called once per VU. `settings`: the script's own, by the names that their values have in
 * what `dialect` gets.
 */
export function turnSystem<const S extends ScriptSettings>(
  dialect: (own: Values<S>) => TurnProtocol,
  settings?: S,
): System<ChatFacts, Config<S>> {
  return {
    before,
    settings,
    inVu: (parts) => {
      const { config, words } = parts;
      const own = config.own ?? ({} as Values<S>);
      const protocol = dialect(own);
      const questions = questionSource(parts);
      const common = {
        words,
        begin: turnBooks(words),
        protocol,
        dialler: ready,
        redials: false,
        endsOnFailure: false,
        users: userSource(parts),
        secrets: secretsOf(settings, own),
        logged: (log: SessionLog) => log.turns(protocol),
      };
      const unknown = metric('messages_unknown');
      const sessions = (of: TurnConfig, asked: Questions) => {
        const exchange = exchangeOf(of);
        const asker = () => Promise.resolve(createTurnConversation(exchange, unknown));
        return chatbotUser(of, { ...common, questions: asked, asker });
      };
      return {
        uses: () => ({ calls: true }),
        visits: () => sessions(config, questions),
        probes: (longestSeconds) => sessions(probeConfig(config, longestSeconds), firstOf(questions)),
      };
    },
  };
}

/** There is nothing to dial. */
function ready(conversation: TurnConversation, ids: ChatIds): () => Promise<void> {
  return () => {
    conversation.ready(ids);
    return Promise.resolve();
  };
}
