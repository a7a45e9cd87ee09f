// To which addresses may a reply send a session's socket?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { StepFailed } from '../lib/words/failures.ts';
import { socketAddress } from '../systems/chatbot/client/socketAddress.ts';

const allowed = {
  apiBaseUrl: 'https://API.example.com',
  websocketBaseUrl: 'wss://chat.example.com:8443/base',
  socketHosts: ['more.example.com', 'tls.example.com:443', '[::1]:9000'],
};
const address = socketAddress(allowed);

describe('the address of a socket', () => {
  test('is below that of the settings where the reply names none', () => {
    assert.equal(address('/ws/1', undefined), 'wss://chat.example.com:8443/base/ws/1');
  });

  for (const url of [
    'wss://api.example.com/x',
    'wss://api.example.com:443/x',
    'wss://API.EXAMPLE.COM?a=1',
    'ws://api.example.com',
    'ws://api.example.com:443',
    'wss://chat.example.com:8443',
    'wss://user:word@chat.example.com:8443/x#y',
    'wss://more.example.com',
    'ws://more.example.com:80/x',
    'wss://tls.example.com/x',
    'wss://tls.example.com:443',
    'ws://[::1]:9000/x',
  ])
    test(`may be ${url}`, () => {
      assert.equal(address('/ws/1', url), url);
    });

  for (const [url, words] of [
    ['wss://chat.example.com/x', /set SOCKET_HOSTS=chat\.example\.com if it may have load$/],
    ['wss://api.example.com:8443/x', /set SOCKET_HOSTS=api\.example\.com:8443 if/],
    ['ws://tls.example.com/x', /set SOCKET_HOSTS=tls\.example\.com if/],
    ['ws://api.example.com:444/x', /set SOCKET_HOSTS=api\.example\.com:444 if/],
    ['wss://api.example.com@evil.example/x', /set SOCKET_HOSTS=evil\.example if/],
    ['wss://evil.example/@api.example.com', /set SOCKET_HOSTS=evil\.example if/],
    ['ws://[::1]/x', /set SOCKET_HOSTS=\[::1\] if/],
    ['wss://a@b@api.example.com', /which is none$/],
    ['/x', /which is none$/],
    ['wss://', /which is none$/],
  ] as const)
    test(`may not be ${url}`, () => {
      assert.throws(
        () => address('/ws/1', url),
        (error: unknown) =>
          error instanceof StepFailed &&
          error.phase === 'connect' &&
          error.reason === 'blocked' &&
          words.test(String(error.detail)),
      );
    });
});
