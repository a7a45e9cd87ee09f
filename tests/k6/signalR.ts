// A chat over SignalR; ANSWERS: by results, by streams without negotiation, or by invocations here; SOCKETS: many, one a question.
import { textField } from '../../lib/words/jsonFields.ts';
import { testScript } from '../../lib/testScript.ts';
import { chatSystem } from '../../systems/chatbot/chatSystem.ts';
import type { ChatFeature } from '../../systems/chatbot/dialect.ts';
import { partOf } from '../../systems/chatbot/dialects/partOf.ts';
import { signalR } from '../../systems/chatbot/dialects/signalR.ts';
import thresholds from '../../thresholds/ramp.json?text';

const protocol = () =>
  signalR({
    path: '/chat',
    accessToken: () => __ENV['CHAT_SECRET'] ?? '',
    target: 'Ask',
    arguments: (id, course, text) => [id, course, text],
    answer: (result) => textField(result, 'text'),
    heard: (target, [at]) =>
      target === 'Room' && typeof at === 'number' ? { type: 'push', sentAt: at } : { type: 'unknown' },
  });

const streams = () =>
  signalR({
    path: '/chat?v=1',
    skipNegotiation: true,
    accessToken: () => __ENV['CHAT_SECRET'] ?? '',
    target: 'Tell',
    arguments: (id, course, text) => [id, course, text],
    item: (part) => (typeof part === 'string' ? part : undefined),
    heartbeatSeconds: 0.05,
  });

const invocations = () =>
  signalR({
    path: '/chat',
    accessToken: () => __ENV['CHAT_SECRET'] ?? '',
    target: 'Say',
    arguments: (id, course, text) => [id, course, text],
    heard: (target, [part]) => (target === 'Part' ? partOf(part) : { type: 'unknown' }),
  });

const PROTOCOLS: Record<string, typeof protocol> = { results: protocol, streams, invocations };

const features: ChatFeature[] = ['pushes', 'batches'];
if (__ENV['SOCKETS'] === 'many') features.push('redials');

const script = await testScript({
  name: 'signal-r',
  load: 'ramp',
  thresholds,
  system: chatSystem(PROTOCOLS[__ENV['ANSWERS'] ?? ''] ?? protocol, features),
});

export const { options, setup, handleSummary } = script;
export default script.run;
