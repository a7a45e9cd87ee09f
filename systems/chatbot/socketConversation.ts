/** The conversations of a VU over sockets, encrypted as the settings say; the key is imported once per VU. */
import { createCipher } from '../../lib/k6/encryption.ts';
import { metric } from '../../lib/vu/metrics.ts';
import { createConversation, type Conversation, type ConversationMetrics } from './conversation.ts';
import type { ChatFeature } from './dialect.ts';
import type { SessionConfig } from './settings.ts';

/** Makes what makes them; while the VU is initialised. */
export function socketConversation(
  config: SessionConfig,
  features: readonly ChatFeature[],
): () => Promise<Conversation> {
  const { encryption, encryptionKey, answerTimeoutSeconds, heartbeatSeconds } = config;
  const metrics = conversationMetrics(heartbeatSeconds > 0, features);
  const redials = features.includes('redials');
  return () =>
    createCipher(encryption, encryptionKey).then((cipher) =>
      createConversation(cipher, answerTimeoutSeconds * 1000, metrics, redials),
    );
}

function conversationMetrics(hasHeartbeats: boolean, features: readonly ChatFeature[]): ConversationMetrics {
  return {
    answersLate: metric('answers_late'),
    chunksDuplicated: metric('chunks_duplicated'),
    disconnects: metric('disconnects'),
    messagesSent: metric('messages_sent'),
    messagesUnknown: metric('messages_unknown'),
    ...(hasHeartbeats && {
      heartbeats: {
        sent: metric('heartbeats_sent'),
        answered: metric('heartbeats_answered'),
        latency: metric('heartbeat_latency'),
      },
    }),
    ...(features.includes('pushes') && {
      pushes: {
        pushed: metric('messages_pushed'),
        timed: metric('pushes_timed'),
        latency: metric('push_latency'),
      },
    }),
    ...(features.includes('batches') && { batched: metric('messages_batched') }),
  };
}
