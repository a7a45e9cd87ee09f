// Is every setting read with its default and its unit, and every wrong one refused by name, without a secret in the text?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readConfig } from '../lib/before/config.ts';
import {
  namesIn,
  refuseUnknownSettings,
  unknownSetting,
  unusedLookalikes,
} from '../lib/before/settings/unknownNames.ts';
import { CHATBOT_SECTIONS, type Config } from '../systems/chatbot/settings.ts';
import { CHATBOT } from '../systems/chatbot/protocolSettings.ts';
import { closest, type Environment } from '../lib/words/settings.ts';
import { problems } from './support/problems.ts';

const KEY = '00112233445566778899aabbccddeeff'.repeat(2);
const SETTINGS = namesIn(CHATBOT_SECTIONS);
const RIGHT = { ENCRYPTION_KEY: KEY };

const wrong = (env: Environment): readonly string[] => problems(() => config(env));
const config = (env: Environment): Config => readConfig({ ...RIGHT, ...env }, CHATBOT_SECTIONS);

describe('settings', () => {
  test('the defaults', () => {
    assert.deepEqual(config({}), {
      apiBaseUrl: 'http://127.0.0.1:8000',
      websocketBaseUrl: 'ws://127.0.0.1:8000',
      origin: 'http://127.0.0.1:8000',
      encryption: 'aes-256-gcm',
      encryptionKey: KEY,
      chatbot: CHATBOT,
      socketHosts: [],
      httpHeaders: {},
      basicAuth: undefined,
      usersFile: undefined,
      numSessions: 2,
      ramp: {
        startSessions: 10,
        increment: 50,
        maxSessions: 500,
        intervalSeconds: 180,
        transitionSeconds: 0,
        settleSeconds: 18,
      },
      hold: { seconds: 600, stages: 10 },
      levels: { sessions: [1, 10, 25, 50], seconds: 60 },
      outage: {
        beforeSeconds: 60,
        seconds: 10,
        recoverySeconds: 10,
        afterSeconds: 60,
        url: undefined,
        body: undefined,
        probesPerSecond: 5,
      },
      profile: null,
      planFile: undefined,
      questions: 'MED1060:20,BUMA1000:20',
      questionOrder: 'order',
      questionsFile: undefined,
      think: { kind: 'fixed', seconds: 0 },
      onFailure: 'continue',
      heartbeatSeconds: 0,
      connectTimeoutSeconds: 10,
      answerTimeoutSeconds: 60,
      httpTimeoutSeconds: 10,
      restartDelaySeconds: 1,
      retries: 0,
      retryBaseSeconds: 0.5,
      retryCapSeconds: 10,
      retryBudget: 0.1,
      seed: 1,
      limits: 'target',
      thresholdsFile: undefined,
      requiredSessions: null,
      throughputFactor: 1,
      generatorLagLimitMs: 25,
      sessionLog: 0,
      summaryFile: 'summary.json',
      reportFile: 'report.html',
    });
  });

  const read: [name: string, value: string, of: (config: Config) => unknown, expected: unknown][] = [
    ['WEBSOCKET_ORIGIN', 'https://chat.example.com', ({ origin }) => origin, 'https://chat.example.com'],
    ['WEBSOCKET_ORIGIN', 'null', ({ origin }) => origin, 'null'],
    ['WEBSOCKET_ORIGIN', 'https://chat.example.com/', ({ origin }) => origin, 'https://chat.example.com'],
    ['WEBSOCKET_ORIGIN', 'capacitor://localhost', ({ origin }) => origin, 'capacitor://localhost'],
    ['WEBSOCKET_ORIGIN', 'tauri://localhost/', ({ origin }) => origin, 'tauri://localhost'],
    ['WEBSOCKET_ORIGIN', 'chrome-extension://abcdef', ({ origin }) => origin, 'chrome-extension://abcdef'],
    ['WEBSOCKET_ORIGIN', 'file://', ({ origin }) => origin, 'file://'],
    ['ENCRYPTION', 'none', ({ encryption }) => encryption, 'none'],
    ['ENCRYPTION_KEY', KEY.toUpperCase(), ({ encryptionKey }) => encryptionKey, KEY.toUpperCase()],
    ['TOKEN_PATH', '/v1/login', ({ chatbot }) => chatbot.tokenPath, '/v1/login'],
    ['SESSIONS_PATH', '/v1/talks', ({ chatbot }) => chatbot.sessionsPath, '/v1/talks'],
    ['SOCKET_PATH', '/live', ({ chatbot }) => chatbot.socketPath, '/live'],
    ['SOCKET_PATH', '/', ({ chatbot }) => chatbot.socketPath, '/'],
    ['OUTAGE_URL', 'HTTP://h:1/x', ({ outage }) => outage.url, 'http://h:1/x'],
    ['FIELD_NAMES', 'text=words', ({ chatbot }) => chatbot.fieldNames, { text: 'words' }],
    ['NUM_SESSIONS', '12', ({ numSessions }) => numSessions, 12],
    ['RAMP_START_SESSIONS', '1', ({ ramp }) => ramp.startSessions, 1],
    ['RAMP_INCREMENT', ' 7 ', ({ ramp }) => ramp.increment, 7],
    ['RAMP_MAX_SESSIONS', '1000', ({ ramp }) => ramp.maxSessions, 1000],
    ['RAMP_INTERVAL_SECONDS', '1', ({ ramp }) => ramp.intervalSeconds, 1],
    ['RAMP_INTERVAL_SECONDS', '600', ({ ramp }) => ramp.settleSeconds, 30],
    ['RAMP_TRANSITION_SECONDS', '2.5', ({ ramp }) => ramp.transitionSeconds, 2.5],
    ['RAMP_SETTLE_SECONDS', '0', ({ ramp }) => ramp.settleSeconds, 0],
    ['SOCKET_HOSTS', 'A.example.com, b:8443', ({ socketHosts }) => socketHosts, ['a.example.com', 'b:8443']],
    ['SOCKET_HOSTS', '[::1]:80', ({ socketHosts }) => socketHosts, ['[::1]:80']],
    ['HTTP_HEADERS', 'x-api-key: a: b', ({ httpHeaders }) => httpHeaders, { 'X-Api-Key': 'a: b' }],
    ['HTTP_HEADERS', 'a:1\nB: 2\\nc:', ({ httpHeaders }) => httpHeaders, { A: '1', B: '2', C: '' }],
    ['HTTP_HEADERS', '{"x-a": "1"}', ({ httpHeaders }) => httpHeaders, { 'X-A': '1' }],
    ['BASIC_AUTH', 'Aladdin:open sesame', ({ basicAuth }) => basicAuth, 'Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=='],
    ['BASIC_AUTH', 'ä:', ({ basicAuth }) => basicAuth, 'Basic w6Q6'],
    ['USERS_FILE', 'users.csv', ({ usersFile }) => usersFile, 'users.csv'],
    ['QUESTIONS', 'GENERAL:3', ({ questions }) => questions, 'GENERAL:3'],
    ['QUESTION_ORDER', 'shuffle', ({ questionOrder }) => questionOrder, 'shuffle'],
    ['QUESTIONS_FILE', 'mine.json', ({ questionsFile }) => questionsFile, 'mine.json'],
    ['THINK_SECONDS', '0.25', ({ think }) => think, { kind: 'fixed', seconds: 0.25 }],
    ['HOLD_SECONDS', '90', ({ hold }) => hold.seconds, 90],
    ['HOLD_STAGES', '1', ({ hold }) => hold.stages, 1],
    ['SESSION_LEVELS', '5, 1,20', ({ levels }) => levels.sessions, [5, 1, 20]],
    ['LEVEL_SECONDS', '0.5', ({ levels }) => levels.seconds, 0.5],
    ['OUTAGE_BEFORE_SECONDS', '7', ({ outage }) => outage.beforeSeconds, 7],
    ['OUTAGE_SECONDS', '7', ({ outage }) => outage.seconds, 7],
    ['OUTAGE_RECOVERY_SECONDS', '7', ({ outage }) => outage.recoverySeconds, 7],
    ['OUTAGE_AFTER_SECONDS', '7', ({ outage }) => outage.afterSeconds, 7],
    ['OUTAGE_URL', 'http://h:1/x', ({ outage }) => outage.url, 'http://h:1/x'],
    ['OUTAGE_BODY', '{}', ({ outage }) => outage.body, '{}'],
    ['PROBES_PER_SECOND', '0.5', ({ outage }) => outage.probesPerSecond, 0.5],
    ['PROFILE', 'spike', ({ profile }) => profile, 'spike'],
    ['PLAN_FILE', 'mine.json', ({ planFile }) => planFile, 'mine.json'],
    ['ON_FAILURE', 'end', ({ onFailure }) => onFailure, 'end'],
    ['HEARTBEAT_SECONDS', '0.5', ({ heartbeatSeconds }) => heartbeatSeconds, 0.5],
    ['CONNECT_TIMEOUT_SECONDS', '0.001', ({ connectTimeoutSeconds }) => connectTimeoutSeconds, 0.001],
    ['ANSWER_TIMEOUT_SECONDS', '30', ({ answerTimeoutSeconds }) => answerTimeoutSeconds, 30],
    ['HTTP_TIMEOUT_SECONDS', '3', ({ httpTimeoutSeconds }) => httpTimeoutSeconds, 3],
    ['RESTART_DELAY_SECONDS', '0', ({ restartDelaySeconds }) => restartDelaySeconds, 0],
    ['RETRIES', '10', ({ retries }) => retries, 10],
    ['RETRY_BASE_SECONDS', '0', ({ retryBaseSeconds }) => retryBaseSeconds, 0],
    ['RETRY_CAP_SECONDS', '2.5', ({ retryCapSeconds }) => retryCapSeconds, 2.5],
    ['RETRY_BUDGET', '0.25', ({ retryBudget }) => retryBudget, 0.25],
    ['SEED', '0', ({ seed }) => seed, 0],
    ['LIMITS', 'critical', ({ limits }) => limits, 'critical'],
    ['THRESHOLDS_FILE', 'mine.json', ({ thresholdsFile }) => thresholdsFile, 'mine.json'],
    ['THROUGHPUT_FACTOR', '0.01', ({ throughputFactor }) => throughputFactor, 0.01],
    ['REQUIRED_SESSIONS', '30', ({ requiredSessions }) => requiredSessions, 30],
    ['GENERATOR_LAG_LIMIT_MS', '0', ({ generatorLagLimitMs }) => generatorLagLimitMs, 0],
    ['SESSION_LOG', '3', ({ sessionLog }) => sessionLog, 3],
    ['SESSION_LOG', 'all', ({ sessionLog }) => sessionLog, Number.MAX_SAFE_INTEGER],
    ['ALERT_WEBHOOK', 'https://h/hook', (all) => JSON.stringify(all).includes('hook'), false],
    ['ALERT_WEBHOOK', 'HTTPS://h/hook', (all) => JSON.stringify(all).includes('hook'), false],
    ['SUMMARY_FILE', 'out/s.json', ({ summaryFile }) => summaryFile, 'out/s.json'],
    ['SUMMARY_FILE', '', ({ summaryFile }) => summaryFile, ''],
    ['REPORT_FILE', 'out/r.html', ({ reportFile }) => reportFile, 'out/r.html'],
    ['REPORT_FILE', '', ({ reportFile }) => reportFile, ''],
  ];
  for (const [name, value, of, expected] of read)
    test(`${name}=${value.length > 40 ? '…' : value}`, () =>
      assert.deepEqual(of(config({ [name]: value })), expected));

  test('both addresses, without final slash; the origin is that of the REST calls', () => {
    const { apiBaseUrl, websocketBaseUrl, origin } = config({
      API_BASE_URL: 'https://chat.example.com:8443/v1/',
      WEBSOCKET_BASE_URL: 'wss://ws.example.com/v1//',
    });
    assert.deepEqual(
      [apiBaseUrl, websocketBaseUrl, origin],
      ['https://chat.example.com:8443/v1', 'wss://ws.example.com/v1', 'https://chat.example.com:8443'],
    );
  });

  test('without an address of their own, REST calls go to the host of the sockets', () => {
    const apiOf = (WEBSOCKET_BASE_URL: string) => config({ WEBSOCKET_BASE_URL }).apiBaseUrl;
    assert.equal(apiOf('wss://chat.example.com:8443/live'), 'https://chat.example.com:8443');
    assert.equal(apiOf('ws://127.0.0.1:9'), 'http://127.0.0.1:9');
    assert.equal(apiOf('WSS://chat.example.com'), 'https://chat.example.com');
  });

  test('schemes in capitals are the same schemes; an origin is written small, as browsers do', () => {
    const { apiBaseUrl, websocketBaseUrl, origin } = config({
      API_BASE_URL: 'HTTPS://Chat.example.com/V1',
      WEBSOCKET_BASE_URL: 'Wss://Chat.example.com',
    });
    assert.deepEqual(
      [apiBaseUrl, websocketBaseUrl, origin],
      ['https://Chat.example.com/V1', 'wss://Chat.example.com', 'https://chat.example.com'],
    );
  });

  test('every setting has been read above, so a new one needs a test', () => {
    const tested = new Set([...read.map(([name]) => name), 'API_BASE_URL', 'WEBSOCKET_BASE_URL']);
    assert.deepEqual([...SETTINGS].sort(), [...tested].sort());
  });

  test('an empty setting is none', () => {
    const empty = Object.fromEntries(SETTINGS.map((name) => [name, ' ']));
    assert.deepEqual(readConfig({ ...empty, ...RIGHT }, CHATBOT_SECTIONS), {
      ...config({}),
      summaryFile: '',
      reportFile: '',
    });
  });
});

describe('wrong values are refused by name, value and remedy', () => {
  const wholes = [
    'NUM_SESSIONS',
    'RAMP_START_SESSIONS',
    'RAMP_INCREMENT',
    'RAMP_MAX_SESSIONS',
    'REQUIRED_SESSIONS',
  ];
  for (const name of wholes)
    for (const value of ['0', '-1', '1.5', 'many', '1e3', '0x10', '1,000', 'Infinity', 'NaN', '9'.repeat(30)])
      test(`${name}=${value.slice(0, 10)}`, () => {
        const found = wrong({ [name]: value });
        assert.equal(found.length, 1, found.join('\n'));
        assert.match(
          found[0] ?? '',
          new RegExp(`^${name} is ".+": it must be a whole number of sessions\\b.*\\.$`),
        );
      });

  const times = [
    'RAMP_TRANSITION_SECONDS',
    'RAMP_SETTLE_SECONDS',
    'THINK_SECONDS',
    'RESTART_DELAY_SECONDS',
    'GENERATOR_LAG_LIMIT_MS',
    'CONNECT_TIMEOUT_SECONDS',
    'ANSWER_TIMEOUT_SECONDS',
    'HTTP_TIMEOUT_SECONDS',
    'RAMP_INTERVAL_SECONDS',
    'HOLD_SECONDS',
    'LEVEL_SECONDS',
    'OUTAGE_BEFORE_SECONDS',
    'OUTAGE_SECONDS',
    'OUTAGE_RECOVERY_SECONDS',
    'OUTAGE_AFTER_SECONDS',
    'PROBES_PER_SECOND',
  ];
  for (const name of times)
    for (const value of ['-1', 'soon', '1s', '.', '1e3'])
      test(`${name}=${value}`, () => {
        const [found = '', ...more] = wrong({ [name]: value });
        assert.deepEqual(more, []);
        assert.match(
          found,
          new RegExp(
            `^${name} is "${value.replace('.', '\\.')}": it must be a number of .+, for example ${name}=\\d.*\\.$`,
          ),
        );
      });

  for (const name of times.slice(5))
    test(`${name}=0`, () => assert.match(wrong({ [name]: '0' })[0] ?? '', new RegExp(`^${name} is "0": `)));

  test('RAMP_INTERVAL_SECONDS=0.5: the sentence names the least value', () =>
    assert.match(wrong({ RAMP_INTERVAL_SECONDS: '0.5' })[0] ?? '', /at least 1|of 1 or more|from 1/));

  for (const [name, choices] of Object.entries({
    ENCRYPTION: 'aes-256-gcm, aes-256-cbc-hmac, openssl, none',
    QUESTION_ORDER: 'order, shuffle',
    ON_FAILURE: 'continue, end',
    LIMITS: 'target, warning, critical',
    PROFILE: 'smoke, load, stress, soak, spike, breakpoint',
  }))
    test(`${name}=other`, () =>
      assert.deepEqual(wrong({ [name]: 'other' }), [`${name} is "other": it must be one of ${choices}.`]));

  for (const value of ['0', '1,', 'x', '1.5', '-1', '1;2', Array.from({ length: 501 }, () => '1').join()])
    test(`SESSION_LEVELS=${value.slice(0, 9)}`, () =>
      assert.match(
        wrong({ SESSION_LEVELS: value }).join(),
        /^SESSION_LEVELS is ".+": it must be whole numbers of sessions, at most 500, for example .+\.$/,
      ));

  const addresses = { WEBSOCKET_BASE_URL: 'ws://h', API_BASE_URL: 'http://h' };
  for (const value of [
    'h:80',
    'ftp://h',
    'http://',
    'http://h?x=1',
    'http://h#x',
    'http://u:p@h',
    'http://a b',
  ])
    test(`API_BASE_URL=${value}`, () =>
      assert.match(
        wrong({ ...addresses, API_BASE_URL: value })[0] ?? '',
        /^API_BASE_URL is ".+": it must be a http:\/\/ or https:\/\/ address without user, query or fragment, for example API_BASE_URL=https:\/\/chat\.example\.com\.$/,
      ));
  test('WEBSOCKET_BASE_URL with the scheme of HTTP', () =>
    assert.match(
      wrong({ ...addresses, WEBSOCKET_BASE_URL: 'https://h' })[0] ?? '',
      /^WEBSOCKET_BASE_URL is "https:\/\/h": it must be a ws:/,
    ));

  test('REST calls without sockets', () => {
    assert.match(
      wrong({ API_BASE_URL: 'http://h' })[0] ?? '',
      /^WEBSOCKET_BASE_URL is not set: API_BASE_URL is set, .+\.$/,
    );
  });

  test('an origin that is none', () => {
    for (const origin of [
      'chat.example.com',
      'https://chat.example.com/app',
      'https://u@h',
      'https://',
      'ws://h',
      'wss://h',
      'NULL',
      'https://h?x',
    ])
      assert.match(wrong({ WEBSOCKET_ORIGIN: origin })[0] ?? '', /^WEBSOCKET_ORIGIN is wrong: .+\.$/, origin);
  });

  for (const value of ['a b', 'https://a', 'a/b', 'a,', 'u@h'])
    test(`SOCKET_HOSTS=${value}`, () =>
      assert.match(
        wrong({ SOCKET_HOSTS: value })[0] ?? '',
        /^SOCKET_HOSTS is ".+": ".*" must be a host, .+\.$/,
      ));

  for (const value of [
    'secret',
    ': secret',
    '{"a": 1, "b": "secret"}',
    '{"a": "secret"',
    'a b: secret',
    'Host: secret',
  ])
    test(`HTTP_HEADERS=${value}`, () => {
      const [found = '', ...more] = wrong({ HTTP_HEADERS: value });
      assert.match(found, /^HTTP_HEADERS is wrong: .+\.$/);
      assert.ok(!found.includes('secret') && more.length === 0, found);
    });

  for (const value of ['secret', ':secret'])
    test(`BASIC_AUTH=${value}`, () => {
      const [found = ''] = wrong({ BASIC_AUTH: value });
      assert.match(found, /^BASIC_AUTH is wrong: it must be a user, a colon and a password, .+\.$/);
      assert.ok(!found.includes(value), found);
    });

  test('several mistakes are told at once', () =>
    assert.deepEqual(
      wrong({ NUM_SESSIONS: 'x', SEED: 'y', LIMITS: 'z' }).map((text) => text.split(' ')[0]),
      ['NUM_SESSIONS', 'SEED', 'LIMITS'],
    ));
});

describe('the key', () => {
  const mode = (encryption: string, key?: string): readonly string[] =>
    problems(() => readConfig({ ENCRYPTION: encryption, ENCRYPTION_KEY: key }, CHATBOT_SECTIONS));

  test('is needed by every mode but none', () => {
    for (const encryption of ['aes-256-gcm', 'aes-256-cbc-hmac', 'openssl'])
      assert.deepEqual(mode(encryption), [
        `ENCRYPTION_KEY is not set: ENCRYPTION is ${encryption}, so set the key, or ENCRYPTION=none.`,
      ]);
    assert.deepEqual(mode('none'), []);
  });

  test('is 64 hex digits, or any passphrase of openssl', () => {
    assert.deepEqual(mode('openssl', 'a short passphrase'), []);
    assert.deepEqual(mode('aes-256-gcm', KEY.toUpperCase()), []);
    for (const key of [KEY.slice(1), `${KEY}0`, `g${KEY.slice(1)}`])
      assert.match(mode('aes-256-gcm', key)[0] ?? '', /^ENCRYPTION_KEY is wrong: it must be 64 hex digits/);
  });

  test('is in no error, whatever else is wrong', () => {
    for (const key of [KEY.slice(0, 40), 'my secret passphrase']) {
      const everything = Object.fromEntries(SETTINGS.map((name) => [name, 'wrong']));
      const texts = problems(() => readConfig({ ...everything, ENCRYPTION_KEY: key }, CHATBOT_SECTIONS)).join(
        '\n',
      );
      assert.ok(texts.length > 100);
      assert.ok(!texts.includes(key.slice(0, 8)), texts);
    }
  });
});

describe('unknown settings', () => {
  const unknown = (...names: string[]): readonly string[] =>
    problems(() =>
      refuseUnknownSettings(Object.fromEntries(names.map((name) => [name, '1'])), CHATBOT_SECTIONS),
    );

  test('slips of the name of a setting that is not set are refused, all at once', () => {
    assert.deepEqual(unknown('RAMP_MAX_SESSION', 'ENCRYPTON_KEY'), [
      'RAMP_MAX_SESSION is not a setting of Crescendo. Did you mean RAMP_MAX_SESSIONS?',
      'ENCRYPTON_KEY is not a setting of Crescendo. Did you mean ENCRYPTION_KEY?',
    ]);
    assert.deepEqual(unknown('ENCRYPTON_KEY', 'ENCRYPTION_KEY'), [], 'the right name is set as well');
    assert.equal(
      problems(() => refuseUnknownSettings({ ENCRYPTON_KEY: '1', ENCRYPTION_KEY: ' ' }, CHATBOT_SECTIONS))
        .length,
      1,
      'an empty setting is none',
    );
  });

  const SLIPS: [name: string, meant: string][] = [
    ['NUM_SESIONS', 'NUM_SESSIONS'],
    ['NUM_SESSION', 'NUM_SESSIONS'],
    ['THINK_SECOND', 'THINK_SECONDS'],
    ['API_BASE_ULR', 'API_BASE_URL'],
    ['API_BSE_URL', 'API_BASE_URL'],
    ['WEBSOCKT_BASE_URL', 'WEBSOCKET_BASE_URL'],
    ['RAMPMAX_SESSIONS', 'RAMP_MAX_SESSIONS'],
    ['ramp_max_sessions', 'RAMP_MAX_SESSIONS'],
    ['ENCRYPTIONKEY', 'ENCRYPTION_KEY'],
    ['QUESTONS', 'QUESTIONS'],
    ['SESSION_LGO', 'SESSION_LOG'],
  ];
  for (const [name, meant] of SLIPS)
    test(`${name} is a slip`, () =>
      assert.deepEqual(unknown(name), [`${name} is not a setting of Crescendo. Did you mean ${meant}?`]));

  const THEIRS = [
    'SESSION_PATH',
    'WEBSOCKET_ENABLED',
    'WEBSOCKET_URL',
    'WEBSOCKET_BASE_URI',
    'WEBSOCKETS_BASE_URL',
    'ENCRYPTION_SECRET',
    'ENCRYPTION_KEYS',
    'ENCRYPTED_KEY',
    'ENCRYPTOR_KEY',
    'TOKEN_HASH',
    'TOKEN_PAT',
    'TOKEN_PATHS',
    'SOCKET_PATHS',
    'SOCKS_PATH',
    'APP_BASE_URL',
    'API_BASE_URI',
    'SESSION_LOGS',
    'SESSIONS_LOG',
    'HOLD_MUSIC',
    'RAMP_SPEED',
    'ANSWER_COLOUR',
    'LIMIT',
    'PROFIL',
    'SEEK',
    'QUESTION',
    'REPORTS_FILE',
    'RETRY_MAX_SECONDS',
  ];
  for (const name of THEIRS) test(`${name} is another name`, () => assert.deepEqual(unknown(name), []));

  test('what resembles a setting and is none can be told', () => {
    const env = Object.fromEntries(
      ['WEBSOCKET_URL', 'SESSION_PATH', 'PATH', 'SEED', 'APP_BASE_URL'].map((name) => [name, '1']),
    );
    assert.deepEqual(unusedLookalikes(env, CHATBOT_SECTIONS), ['WEBSOCKET_URL', 'SESSION_PATH']);
  });

  test('what a shell has anyway is left alone', () => {
    const shell = [
      'PATH',
      'HOME',
      'PWD',
      'OLDPWD',
      'LANG',
      'LC_ALL',
      'TERM',
      'SHELL',
      'USER',
      'LOGNAME',
      'HOSTNAME',
      'TMPDIR',
      'EDITOR',
      'CI',
      'NO_COLOR',
      'K6_ADDRESS',
      'K6',
      'HTTP_PROXY',
      'HTTPS_PROXY',
      'NODE_OPTIONS',
      'GITHUB_SHA',
      'GOGC',
      'JAVA_HOME',
      'SSH_AUTH_SOCK',
      'DISPLAY',
      'KUBERNETES_SERVICE_HOST',
      'npm_config_cache',
      'SESSION_MANAGER',
      'APPDATA',
      'SystemRoot',
      ...SETTINGS,
    ];
    assert.deepEqual(unknown(...shell), []);
  });

  test('the sentence for one name', () => {
    assert.equal(
      unknownSetting('REQUIRED_SESSION', CHATBOT_SECTIONS),
      'REQUIRED_SESSION is not a setting of Crescendo. Did you mean REQUIRED_SESSIONS?',
    );
    assert.match(unknownSetting('ramp_max_sessions', CHATBOT_SECTIONS), /Did you mean RAMP_MAX_SESSIONS\?$/);
    assert.match(
      unknownSetting('HOLD_MUSIC_ON', CHATBOT_SECTIONS),
      /\. The page docs\/settings\.md leads to all settings\.$/,
    );
  });
});

test('closest: same first letter, few other differences, swapped letters count once', () => {
  const known = ['answer_latency', 'answer_success', 'LIMITS', 'SEED'];
  assert.equal(closest('answer_latnecy', known), 'answer_latency');
  assert.equal(closest('LIMTIS', known), 'LIMITS');
  assert.equal(closest('XIMITS', known), undefined);
  assert.equal(closest('something', known), undefined);
  assert.equal(closest('', known), undefined);
});
