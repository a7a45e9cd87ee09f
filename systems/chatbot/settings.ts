/** The chatbot's own settings, and the sections that a chatbot's script has. Pure data; VUs get the values only. */
import { COMMON } from '../../lib/before/settings/common.ts';
import { ANY_SECONDS, OF_SESSIONS } from '../../lib/before/settings/ranges.ts';
import { ENCRYPTION_MODES } from '../../lib/words/encryptionModes.ts';
import { plural } from '../../lib/words/plural.ts';
import { section, setting, type ConfigOf, type VuConfigOf } from '../../lib/words/sections.ts';
import { ANSWER_TIMEOUT, HEADER_SETTINGS, QUESTION_SETTINGS } from './asking/askingSettings.ts';
import { parseFieldNames } from './fieldNames.ts';
import { CHATBOT, type FieldNames } from './protocolSettings.ts';
import { parseSocketHosts } from './client/socketHosts.ts';

const PATH = {
  kind: 'path',
  ...OF_SESSIONS,
  inFiles: 'without query',
} as const;

const encryptionKey = setting({
  kind: 'text',
  env: 'ENCRYPTION_KEY',
  default: '',
  meaning: '64 hex digits, or the passphrase of `openssl`; needed unless `ENCRYPTION=none`',
  shapes: 'nothing',
  vu: true,
  inFiles: 'masked',
});

const OWN = section({
  title: 'Chatbot',
  families: ['ANSWER', 'ENCRYPTION', 'QUESTION'],
  settings: {
    encryption: {
      kind: 'choice',
      env: 'ENCRYPTION',
      default: 'aes-256-gcm',
      choices: ENCRYPTION_MODES,
      meaning: 'of every frame; `openssl`: that of `openssl enc -aes-256-cbc -md md5` and CryptoJS',
      ...OF_SESSIONS,
    },
    encryptionKey,
    chatbot: {
      tokenPath: {
        ...PATH,
        env: 'TOKEN_PATH',
        default: CHATBOT.tokenPath,
        meaning: 'of the log-in, below `API_BASE_URL`; used as given, a query is kept, and shown nowhere',
      },
      sessionsPath: {
        ...PATH,
        env: 'SESSIONS_PATH',
        default: CHATBOT.sessionsPath,
        meaning: 'of session and clean-up, likewise',
      },
      socketPath: {
        ...PATH,
        env: 'SOCKET_PATH',
        default: CHATBOT.socketPath,
        meaning: 'of the socket, below `WEBSOCKET_BASE_URL`, likewise',
      },
      fieldNames: {
        kind: 'custom',
        env: 'FIELD_NAMES',
        default: '',
        parse: fieldNames,
        meaning: 'ours=theirs, …: [names of fields and message types](your-own-back-end.md#paths-and-names)',
        ...OF_SESSIONS,
      },
    },
    socketHosts: {
      kind: 'custom',
      env: 'SOCKET_HOSTS',
      default: '',
      parse: parseSocketHosts,
      meaning: 'hosts to which replies may send sockets, besides those of the two addresses',
      shapes: 'nothing',
      vu: true,
    },
    ...HEADER_SETTINGS,
    ...QUESTION_SETTINGS,
    heartbeatSeconds: {
      ...ANY_SECONDS,
      env: 'HEARTBEAT_SECONDS',
      default: 0,
      meaning:
        'between WebSocket pings while a socket is open; one without a pong when the next is due ends the connection; 0: none',
      ...OF_SESSIONS,
    },
    answerTimeoutSeconds: ANSWER_TIMEOUT,
  },
  check: ({ encryption, encryptionKey: key }, refusal) => {
    if (encryption !== 'none' && key === '')
      refusal.reject(encryptionKey, `ENCRYPTION is ${encryption}, so set the key, or ENCRYPTION=none`);
    else if (encryption.startsWith('aes') && !/^[0-9a-f]{64}$/i.test(key))
      refusal.reject(
        encryptionKey,
        `it must be 64 hex digits (256 bits) and has ${plural(key.length, 'character')}`,
      );
  },
});

/** Every setting that a chatbot's script reads. */
export const CHATBOT_SECTIONS = [...COMMON, OWN] as const;

/** All of their values. */
export type Config = ConfigOf<typeof CHATBOT_SECTIONS>;

/** Those that VUs read. */
export type SessionConfig = VuConfigOf<typeof CHATBOT_SECTIONS>;

function fieldNames(text: string, reject: (remedy: string) => void): FieldNames {
  return text === '' ? CHATBOT.fieldNames : parseFieldNames(text, reject);
}
