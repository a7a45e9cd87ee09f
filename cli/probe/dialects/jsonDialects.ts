/** Dialects whose messages are JSON objects with fields of their own. Pure. */
import { isPlainObject, jsonIn, valueAt } from '../../../lib/words/jsonFields.ts';
import { someValue, valuesIn, type Dialect } from './dialect.ts';

const isText = (value: unknown): boolean => typeof value === 'string';
const hasType =
  (...types: string[]) =>
  (value: unknown) =>
    types.includes(String(value));

const graphqlWs: Dialect = {
  name: 'graphql-transport-ws, GraphQL over a WebSocket',
  file: { code: 'graphqlWs.ts', page: 'graphql-ws' },
  isSpoken: (seen) =>
    seen.subprotocol === 'graphql-transport-ws' ||
    (seen.subprotocol === '' &&
      someValue(seen, 'type', hasType('connection_ack')) &&
      !isOldGraphql(seen.texts)),
  advice:
    'hello is {"type":"connection_init"}, connection_ack is ready; a question is subscribe with an id, its parts are next, its end is complete, error a refusal; ping is answered with pong',
  isPing: (text) => isOfType(text, 'ping'),
};

const oldGraphqlWs: Dialect = {
  name: 'graphql-ws of subscriptions-transport-ws, the older GraphQL over a WebSocket',
  isSpoken: (seen) =>
    seen.subprotocol === 'graphql-ws' ||
    (seen.subprotocol === '' &&
      someValue(seen, 'type', hasType('connection_ack')) &&
      isOldGraphql(seen.texts)),
  advice:
    'hello is {"type":"connection_init"}, connection_ack is ready; a question is start with an id, its parts are data, its end is complete, error a refusal; ka is a sign of life',
  isPing: (text) => isOfType(text, 'ka'),
};

function isOldGraphql(texts: readonly string[]): boolean {
  return texts.some((text) => isOfType(text, 'ka', 'data', 'start_ack'));
}

function isOfType(text: string, ...types: string[]): boolean {
  return valuesIn([text]).some((value) => types.includes(String(valueAt(value, 'type'))));
}

const centrifugo: Dialect = {
  name: 'Centrifugo',
  file: { code: 'centrifugo.ts', page: 'centrifugo' },
  isSpoken: (seen) =>
    ['connect.client', 'push.channel', 'result.client'].some((path) => someValue(seen, path, isText)),
  advice:
    'hello is {"id":1,"connect":{…}}, its reply is ready; countedIds; answers are push.pub.data, a frame may hold several lines (readFrame); {} is a ping and its answer',
  isPing: (text) => text.trim() === '{}',
};

const actionCable: Dialect = {
  name: 'Action Cable',
  isSpoken: (seen) =>
    /^actioncable-/.test(seen.subprotocol) ||
    valuesIn(seen.texts).some(
      (value) => valueAt(value, 'type') === 'confirm_subscription' && isText(valueAt(value, 'identifier')),
    ),
  advice:
    'welcome is ready; hello is {"command":"subscribe","identifier":"…"}, a question {"command":"message",…}; identifier and data are JSON within a text; ping wants no answer',
  isPing: (text) => isOfType(text, 'ping'),
};

const pusher: Dialect = {
  name: 'Pusher',
  isSpoken: (seen) => someValue(seen, 'event', (event) => /^pusher(_internal)?:/.test(String(event))),
  advice:
    'pusher:connection_established is ready, pusher:subscribe the hello, pusher:ping is answered with pusher:pong; data is JSON within a text',
  isPing: (text) => valuesIn([text]).some((value) => valueAt(value, 'event') === 'pusher:ping'),
  messages: (text) => valuesIn([text]).map(withOpenData),
};

function withOpenData(value: unknown): unknown {
  if (!isPlainObject(value) || typeof value['data'] !== 'string') return value;
  return { ...value, data: jsonIn(value['data']) ?? value['data'] };
}

const ddp: Dialect = {
  name: 'DDP, of Meteor',
  isSpoken: (seen) => someValue(seen, 'msg', hasType('connected')) || valuesIn(seen.texts).some(isServerId),
  advice:
    'hello is {"msg":"connect","version":"1","support":["1"]}, connected is ready; a question is a method with an id, its reply a result; ping is answered with {"msg":"pong"}',
  isPing: (text) => valuesIn([text]).some((value) => valueAt(value, 'msg') === 'ping'),
};

function isServerId(value: unknown): boolean {
  return isPlainObject(value) && Object.keys(value).join() === 'server_id';
}

const jsonRpc: Dialect = {
  name: 'JSON-RPC 2.0',
  file: { code: 'jsonRpc.ts', page: 'json-rpc' },
  isSpoken: (seen) => someValue(seen, 'jsonrpc', hasType('2.0')),
  advice:
    'a question has an id and a method, its reply the same id and result or error; countedIds, if it wants numbers; a message with a method and no id is a push',
};

/** GraphQL, Centrifugo, Action Cable, Pusher, DDP, JSON-RPC. */
export const OF_JSON: readonly Dialect[] = [
  graphqlWs,
  oldGraphqlWs,
  centrifugo,
  actionCable,
  pusher,
  ddp,
  jsonRpc,
];
