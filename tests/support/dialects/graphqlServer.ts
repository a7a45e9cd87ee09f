/** A real server of graphql-ws. */
import { createServer } from 'node:http';
import type { TestContext } from 'node:test';
import { buildSchema, GraphQLError } from 'graphql';
import { useServer } from 'graphql-ws/use/ws';
import { WebSocketServer } from 'ws';
import { closeAll, listenFor } from '../listen.ts';
import type { DialectServer } from './contract.ts';

/** Parts of an answer are a subscription, and the password is "open". */
export async function graphqlServer(t: TestContext): Promise<DialectServer> {
  const counts = { sockets: 0, questions: 0, answers: 0 };
  const schema = buildSchema(
    'type Part { text: String! } type Query { none: String } type Subscription { answer(text: String!): Part! }',
  );
  async function* answer({ text }: { text: string }) {
    counts.questions++;
    if (text === '') throw new GraphQLError('nothing asked');
    for (const part of ['You ', 'said: ', text]) yield await Promise.resolve({ answer: { text: part } });
    counts.answers++;
  }
  const http = createServer((_request, response) => response.end('{}'));
  const sockets = new WebSocketServer({ server: http, path: '/graphql' });
  const options = {
    schema,
    roots: { subscription: { answer } },
    onConnect: ({ connectionParams }: { connectionParams?: Record<string, unknown> | undefined }) => {
      counts.sockets++;
      return connectionParams?.['password'] === 'open';
    },
  };
  const server = useServer(options, sockets);
  t.after(() => server.dispose());
  const address = `127.0.0.1:${await listenFor(t, http)}`;
  return {
    url: `http://${address}`,
    websocketUrl: `ws://${address}`,
    counts,
    stop: () => closeAll(http, sockets),
  };
}
