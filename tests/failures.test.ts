// Does every error text, status and close code become the class that it is, and has every class its explanation?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  reasonOfClose,
  reasonOfStatus,
  reasonOfText,
  reasonsOf,
  withoutUrl,
  type Reason,
} from '../lib/words/failures.ts';
import { explain, wordsOfReason } from '../report/derive/explain.ts';
import { CHATBOT_WORDS } from '../systems/chatbot/words.ts';

/** Texts as Go's packages and k6 compose them. */
const TEXTS: [text: string, reason: Reason][] = [
  ['dial tcp 10.0.0.1:443: connect: connection refused', 'refused'],
  ['dial: connection refused', 'refused'],
  ['lookup chat.example.com on 10.0.0.2:53: no such host', 'dns'],
  ['lookup chat.example.com: no such host', 'dns'],
  ['lookup chat.example.com on 10.0.0.2:53: read udp 10.0.0.1:5353->10.0.0.2:53: i/o timeout', 'dns'],
  ['dial tcp 10.0.0.1:443: i/o timeout', 'dial_timeout'],
  ['dial: i/o timeout', 'dial_timeout'],
  ['dial tcp 10.0.0.1:443: connect: no route to host', 'unreachable'],
  ['dial tcp 10.0.0.1:443: connect: network is unreachable', 'unreachable'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', 'tls_certificate'],
  [
    'tls: failed to verify certificate: x509: certificate is valid for a.example.com, not b.example.com',
    'tls_certificate',
  ],
  [
    'tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time 2026',
    'tls_certificate',
  ],
  ['tls: first record does not look like a TLS handshake', 'tls'],
  ['remote error: tls: handshake failure', 'tls'],
  ['remote error: tls: bad certificate', 'tls_certificate'],
  ['http: server gave HTTP response to HTTPS client', 'tls'],
  ['EOF', 'no_reply'],
  ['unexpected EOF', 'no_reply'],
  ['read tcp 10.0.0.3:5000->10.0.0.1:443: read: connection reset by peer', 'reset'],
  ['write tcp 10.0.0.3:5000->10.0.0.1:443: write: connection reset by peer', 'reset'],
  ['websocket: bad handshake', 'handshake_refused'],
  ['websocket: invalid compression negotiation', 'handshake_invalid'],
  ['websocket: duplicate header not allowed: Upgrade', 'handshake_invalid'],
  ['Forbidden', 'other'],
  ['dial tcp 10.0.0.1:443: connect: cannot assign requested address', 'generator_ports'],
  ['dial tcp 10.0.0.1:443: socket: too many open files', 'generator_files'],
  ['hostname (chat.example.com) is in a blocked pattern (*.example.com)', 'blocked'],
  ['IP (10.0.0.1) is in a blacklisted range (10.0.0.0/8)', 'blocked'],
  ['hostname is blocked', 'blocked'],
  ['ip is blacklisted', 'blocked'],
  ['request timeout', 'request_timeout'],
  ['', 'other'],
  ['something new', 'other'],
];

/** What Windows says, behind Go's `connectex`, `wsarecv` or `wsasend`. */
const WINDOWS = {
  refused: 'No connection could be made because the target machine actively refused it.',
  closed: 'An existing connection was forcibly closed by the remote host.',
  aborted: 'An established connection was aborted by the software in your host machine.',
  silent:
    'A connection attempt failed because the connected party did not properly respond after a period of time, ' +
    'or established connection failed because connected host has failed to respond.',
  ports: 'Only one usage of each socket address (protocol/network address/port) is normally permitted.',
  buffers:
    'An operation on a socket could not be performed because the system lacked sufficient buffer space or because a queue was full.',
};
const READ = 'read tcp 10.0.0.3:5000->10.0.0.1:443: ';
const WRITE = 'write tcp 10.0.0.3:5000->10.0.0.1:443: ';
const DIAL = 'dial tcp 10.0.0.1:443: ';

/** Texts of other systems, of HTTP/2, and as k6 words what it does not know. */
const ELSEWHERE: [text: string, reason: Reason][] = [
  [`${DIAL}connectex: ${WINDOWS.refused}`, 'refused'],
  [`${DIAL}connectex: ${WINDOWS.silent}`, 'dial_timeout'],
  [`${READ}wsarecv: ${WINDOWS.silent}`, 'request_timeout'],
  [`${READ}wsarecv: ${WINDOWS.closed}`, 'reset'],
  [`${WRITE}wsasend: ${WINDOWS.closed}`, 'reset'],
  [`${WRITE}wsasend: ${WINDOWS.aborted}`, 'reset'],
  [`${READ}wsarecv: The specified network name is no longer available.`, 'reset'],
  [`${DIAL}connectex: ${WINDOWS.ports}`, 'generator_ports'],
  [`${DIAL}bind: ${WINDOWS.ports}`, 'generator_ports'],
  [`${DIAL}connectex: ${WINDOWS.buffers}`, 'generator_ports'],
  [`dial: unknown errno 10048 error with msg \`${WINDOWS.ports}\``, 'generator_ports'],
  [`dial: unknown errno 10055 error with msg \`${WINDOWS.buffers}\``, 'generator_ports'],
  [`${DIAL}socket: Too many open sockets.`, 'generator_files'],
  [
    `${DIAL}connectex: Insufficient system resources exist to complete the requested service.`,
    'generator_memory',
  ],
  [`${DIAL}connectex: A socket operation was attempted to an unreachable network.`, 'unreachable'],
  [`${DIAL}connectex: A socket operation was attempted to an unreachable host.`, 'unreachable'],
  [
    `${DIAL}connectex: An attempt was made to access a socket in a way forbidden by its access permissions.`,
    'unreachable',
  ],
  ['lookup h: getaddrinfow: No such host is known.', 'dns'],
  [`${DIAL}connect: can't assign requested address`, 'generator_ports'],
  [`${DIAL}bind: address already in use`, 'generator_ports'],
  ['dial: unknown errno 99 error with msg `cannot assign requested address`', 'generator_ports'],
  [`${DIAL}socket: too many open files in system`, 'generator_files'],
  ['lookup h on 127.0.0.53:53: dial udp 127.0.0.53:53: socket: too many open files', 'generator_files'],
  [`${DIAL}socket: no buffer space available`, 'generator_memory'],
  [`${DIAL}connect: cannot allocate memory`, 'generator_memory'],
  [`${DIAL}connect: host is down`, 'unreachable'],
  [`${DIAL}connect: network is down`, 'unreachable'],
  [`${DIAL}connect: operation timed out`, 'dial_timeout'],
  [`${DIAL}connect: connection timed out`, 'dial_timeout'],
  [`${READ}read: operation timed out`, 'request_timeout'],
  [`${READ}read: connection timed out`, 'request_timeout'],
  [`${WRITE}write: broken pipe`, 'reset'],
  ['write: broken pipe', 'reset'],
  [`${READ}read: software caused connection abort`, 'reset'],
  [`${READ}use of closed network connection`, 'reset'],
  ['http: server closed idle connection', 'no_reply'],
  ['net/http: TLS handshake timeout', 'dial_timeout'],
  ['net/http: timeout awaiting response headers', 'request_timeout'],
  ['context deadline exceeded (Client.Timeout exceeded while awaiting headers)', 'request_timeout'],
  [
    'http2: server sent GOAWAY and closed the connection; LastStreamID=1, ErrCode=NO_ERROR, debug="too many open files"',
    'reset',
  ],
  ['http2: received GoAway with http2 ErrCode NO_ERROR', 'reset'],
  ['http2: stream error with http2 ErrCode REFUSED_STREAM', 'reset'],
  ['stream error: stream ID 7; INTERNAL_ERROR; received from peer', 'reset'],
  ['connection error: PROTOCOL_ERROR', 'reset'],
  ['http2: client connection lost', 'reset'],
  ['http2: timeout awaiting response headers', 'request_timeout'],
];

describe('error texts', () => {
  for (const [text, reason] of [...TEXTS, ...ELSEWHERE])
    test(`${text || '(none)'} → ${reason}`, () => assert.equal(reasonOfText(text), reason));

  test('the words of a URL do not mislead', () => {
    const misleading =
      'http://lookup.tls.x509.example.com/EOF/certificate/connection refused/too many open files?q=request timeout';
    for (const prefix of ['GoError: Post', 'Get'])
      for (const [text, reason] of TEXTS.filter(([text]) => text !== ''))
        assert.equal(reasonOfText(`${prefix} "${misleading}": ${text}`), reason, text);
    assert.equal(withoutUrl(`GoError: Delete "http://h/secret-id": EOF`), 'EOF');
    assert.equal(withoutUrl('EOF'), 'EOF');
  });

  const MISLEADING: [text: string, reason: Reason, why: string][] = [
    [
      'lookup h on 127.0.0.1:53: read udp 127.0.0.1:5->127.0.0.1:53: read: connection refused',
      'dns',
      'the DNS server refused, not the target',
    ],
    ['hostname (certificate.example.com) is in a blocked pattern (*)', 'blocked', 'the host name decides'],
    ['read tcp 10.0.0.3:5000->10.0.0.1:443: i/o timeout', 'request_timeout', 'the host did answer the dial'],
    [
      'net/http: HTTP/1.x transport connection broken: malformed HTTP status code "too many open files"',
      'other',
      'the server chose these words',
    ],
  ];
  for (const [text, reason, why] of MISLEADING)
    test(`${text} → ${reason}: ${why}`, () => assert.equal(reasonOfText(text), reason));
});

test('statuses', () => {
  for (const status of [400, 401, 403, 404, 408, 409, 429, 500, 502, 503, 504])
    assert.equal(reasonOfStatus(status), `http_${status}`);
  for (const status of [0, 204, 302, 418, 599]) assert.equal(reasonOfStatus(status), 'http_other');
});

test('close codes', () => {
  for (const code of [
    1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 3500, 4001, 4401, 4403, 4429,
  ])
    assert.equal(reasonOfClose(code), `closed_${code}`);
  assert.equal(reasonOfClose(undefined), 'connection_lost');
  for (const code of [1004, 3000, 4999]) assert.equal(reasonOfClose(code), 'closed_other');
});

describe('classes', () => {
  const { phases, reasons: own } = CHATBOT_WORDS;
  const classes = (phase: string): Reason[] => {
    const words = phases[phase];
    assert.ok(words, `there is no phase ${phase}`);
    return reasonsOf(words);
  };
  const PHASES = Object.keys(phases);
  const all = new Set(PHASES.flatMap(classes));

  test('what texts, statuses and closes become can happen in the phase it comes from', () => {
    for (const [, reason] of [...TEXTS, ...ELSEWHERE]) {
      assert.ok(classes('connect').includes(reason), reason);
      if (!reason.startsWith('handshake')) assert.ok(classes('token').includes(reason), reason);
    }
    for (const phase of ['token', 'session', 'cleanup'] as const)
      assert.ok(classes(phase).includes('bad_body'), phase);
    for (const phase of ['answer', 'socket'] as const)
      for (const reason of [
        'connection_lost',
        'write_failed',
        'closed_1011',
        'decrypt_failed',
        'server_error',
      ] as const)
        assert.ok(classes(phase).includes(reason), reason);
  });

  test('none is there twice in a phase, and each can be a tag', () => {
    for (const phase of PHASES) assert.equal(new Set(classes(phase)).size, classes(phase).length);
    for (const reason of all) assert.match(reason, /^[a-z0-9_]+$/);
  });

  test('each is explained, and has a place to look at', () => {
    for (const reason of all)
      for (const words of [wordsOfReason(reason), wordsOfReason(reason, undefined, own)]) {
        const { title, why, look } = words;
        assert.ok(title !== reason && title.length > 3, reason);
        assert.ok(why !== 'unknown class' && why.length > 10, reason);
        assert.ok(look.length > 10, reason);
        if (reason !== 'other') assert.doesNotMatch(look, /^the log of k6/, reason);
      }
  });

  test("a system's own words come first", () => {
    const words = { title: 'answer to nobody', why: 'it was lost', look: 'its log' };
    assert.deepEqual(wordsOfReason('misrouted', undefined, { misrouted: words }), words);
    assert.deepEqual(explain('http_503', undefined, { misrouted: words }), explain('http_503'));
    assert.equal(explain('toString', undefined, {}).title, 'toString');
    for (const reason of Object.keys(own ?? {})) assert.ok(all.has(reason as Reason), reason);
  });

  test('a refused handshake is named by its status', () => {
    assert.deepEqual(explain('handshake_refused', 502), {
      title: 'handshake 502 Bad Gateway',
      why: 'the gateway answered instead of the server: overloaded or restarting',
    });
    assert.match(wordsOfReason('handshake_refused', 502).look, /^the gateway's log/);
    assert.equal(explain('http_401').title, 'HTTP 401 Unauthorized');
    assert.equal(explain('closed_1011').title, 'closed by the server (1011)');
    assert.equal(explain('handshake_refused', 418).title, 'handshake 418');
    assert.equal(explain('never_heard_of').title, 'never_heard_of');
  });
});
