// Do the dialects of npm's own servers hold what every dialect must?
import { dialectContract } from './support/dialects/contract.ts';
import { graphqlServer } from './support/dialects/graphqlServer.ts';
import { socketIoServer } from './support/dialects/socketIoServer.ts';

const SOCKET_IO = 'tests/k6/socketIo.ts';
const GRAPHQL_WS = 'tests/k6/graphqlWs.ts';

for (const ANSWERS of ['acknowledgements', 'events'])
  dialectContract({
    title: `a real Socket.IO server that answers by ${ANSWERS}`,
    script: SOCKET_IO,
    serve: socketIoServer,
    right: { ANSWERS, CHAT_SECRET: 'open' },
    wrong: { ANSWERS, CHAT_SECRET: 'wrong' },
    refusal: 'connect:server_error',
    shown: /wrong password/,
    other: GRAPHQL_WS,
  });

dialectContract({
  title: 'a real server of graphql-ws',
  script: GRAPHQL_WS,
  serve: graphqlServer,
  right: { CHAT_SECRET: 'open' },
  wrong: { CHAT_SECRET: 'wrong' },
  refusal: 'connect:closed_4403',
  other: SOCKET_IO,
});
