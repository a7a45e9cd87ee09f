/**
 * The settings of a run: the only reader of the environment. One line each: name, default, unit and meaning.
 * Pure; `README.md` has the same table for people.
 */
import { defaultSettleSeconds } from './load.ts';
import { ENCRYPTION_MODES, type EncryptionMode } from './protocols/protocol.ts';
import { LEVELS, type Level } from './limits.ts';
import { closest, InputError, SettingsReader, type Environment } from './settings.ts';

export type Config = ReturnType<typeof readConfig>;

/**
 * Reads and checks the settings. Throws an InputError that lists everything wrong, one sentence each.
 * Evaluated once per VU, so everything it needs lives inside.
 */
export function readConfig(env: Environment) {
  const read = new SettingsReader(env);
  const sessions = { min: 1, max: 1e6, what: 'sessions' };
  const someSeconds = { min: 0.001, max: 1e7, what: 'a number of seconds above 0' };
  const anySeconds = { min: 0, max: 1e7, what: 'a number of seconds' };

  const apiBaseUrl = read.url('API_BASE_URL', 'http://127.0.0.1:8000', ['http', 'https']);
  const interval = read.number('RAMP_INTERVAL_SECONDS', 180, {
    min: 1,
    max: 1e6,
    what: 'a number of seconds, at least 1',
  });
  const config = {
    // Target
    apiBaseUrl, // http(s) address of the REST calls
    websocketBaseUrl: read.url('WEBSOCKET_BASE_URL', 'ws://127.0.0.1:8000', ['ws', 'wss']), // address of the sockets
    origin: read.text('WEBSOCKET_ORIGIN') ?? originOf(apiBaseUrl), // Origin header of the handshake
    encryption: read.choice<EncryptionMode>('ENCRYPTION', 'aes-256-gcm', ENCRYPTION_MODES), // of every frame
    encryptionKey: read.text('ENCRYPTION_KEY') ?? '', // 64 hex digits, or the passphrase of openssl

    // Load
    numSessions: read.whole('NUM_SESSIONS', 2, sessions), // burst: sessions that start together
    ramp: {
      startSessions: read.whole('RAMP_START_SESSIONS', 10, sessions), // sessions of stage 1
      increment: read.whole('RAMP_INCREMENT', 50, sessions), // sessions that each stage adds
      maxSessions: read.whole('RAMP_MAX_SESSIONS', 500, sessions), // sessions of the last stage, exactly
      intervalSeconds: interval, // length of a stage
      transitionSeconds: read.number('RAMP_TRANSITION_SECONDS', 0, anySeconds), // over which a stage's sessions are added
      settleSeconds: read.number('RAMP_SETTLE_SECONDS', defaultSettleSeconds(interval), anySeconds), // not judged
    },

    // What a session does
    questions: read.text('QUESTIONS') ?? 'MED1060:20,BUMA1000:20', // pool:count, asked in this order
    questionOrder: read.choice('QUESTION_ORDER', 'order', ['order', 'shuffle'] as const), // within a session
    questionsFile: read.text('QUESTIONS_FILE'), // JSON {"pool": ["question", …]}
    thinkSeconds: read.number('THINK_SECONDS', 0, anySeconds), // pause between an answer and the next question
    onFailure: read.choice('ON_FAILURE', 'continue', ['continue', 'end'] as const), // after a failed question
    connectTimeoutSeconds: read.number('CONNECT_TIMEOUT_SECONDS', 10, someSeconds), // until the socket is open
    answerTimeoutSeconds: read.number('ANSWER_TIMEOUT_SECONDS', 60, someSeconds), // from question to complete answer
    httpTimeoutSeconds: read.number('HTTP_TIMEOUT_SECONDS', 10, someSeconds), // of each REST call
    restartDelaySeconds: read.number('RESTART_DELAY_SECONDS', 1, anySeconds), // after a failed set-up, ±50 %
    seed: read.whole('SEED', 1, { min: 0, what: 'any size' }), // of everything random but keys

    // Judgement
    limits: read.choice<Level>('LIMITS', 'target', LEVELS), // which level of the thresholds file binds
    thresholdsFile: read.text('THRESHOLDS_FILE'), // instead of the bundled one
    requiredSessions: read.whole('REQUIRED_SESSIONS', null, sessions), // stages above only inform; default: all bind
    generatorLagLimitMs: read.number('GENERATOR_LAG_LIMIT_MS', 25, { min: 0, what: 'a number of ms' }), // p99
    summaryFile: env['SUMMARY_FILE']?.trim() ?? 'summary.json', // where summary.json goes; empty: nowhere
  };
  checkTogether(read, config);
  read.done();
  return config;
}

/** What can't be seen from one setting alone. */
function checkTogether(
  read: SettingsReader,
  {
    encryption,
    encryptionKey,
    origin,
  }: { encryption: EncryptionMode; encryptionKey: string; origin: string },
): void {
  const [api, websocket] = [read.text('API_BASE_URL'), read.text('WEBSOCKET_BASE_URL')];
  if (api && !websocket)
    read.reject('WEBSOCKET_BASE_URL', 'API_BASE_URL is set, so set the address of the sockets too');
  if (websocket && !api)
    read.reject('API_BASE_URL', 'WEBSOCKET_BASE_URL is set, so set the address of the REST calls too');
  if (!/^(https?:\/\/[^\s/?#@]+|null)$/.test(origin))
    read.reject(
      'WEBSOCKET_ORIGIN',
      'it must be a scheme, host and port only, for example https://chat.example.com',
    );
  if (encryption !== 'none' && encryptionKey === '')
    read.reject('ENCRYPTION_KEY', `ENCRYPTION is ${encryption}, so set the key, or ENCRYPTION=none`);
  else if (encryption.startsWith('aes') && !/^[0-9a-f]{64}$/i.test(encryptionKey))
    read.reject(
      'ENCRYPTION_KEY',
      `it must be 64 hex digits (256 bits) and has ${encryptionKey.length} characters`,
    );
}

function originOf(url: string): string {
  return /^https?:\/\/[^/]+/.exec(url)?.[0] ?? '';
}

/** Every name that `readConfig` reads. */
export const SETTINGS = (): readonly string[] => {
  const names = new Set<string>();
  const spy = new Proxy({}, { get: (_, name) => void names.add(String(name)) });
  try {
    readConfig(spy);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return [...names];
};

/** Prefixes that belong to Crescendo, so an unknown name with one of them is a mistake. */
const FAMILIES = /^(RAMP|ANSWER|ENCRYPTION|QUESTION|WEBSOCKET|GENERATOR_LAG|THRESHOLDS)_/;

/** What Kubernetes sets in every container for a service, be it called "websocket". */
const KUBERNETES = /_(SERVICE_(HOST|PORT)|PORT)(_|$)/;

/** `APP_BASE_URL` is somebody else's name and no slip of `API_BASE_URL`; `ENCRYPTON_KEY` is one of ours. */
function sameStart(name: string, meant: string): boolean {
  const [start = '', meantStart = ''] = [name.split('_')[0], meant.split('_')[0]];
  return start === meantStart || start.length >= 6;
}

/**
 * Throws an InputError for names that look like settings but are none: those of our families, and near misses.
 * Other names are left alone, for k6 hands over the whole environment of the shell.
 */
export function refuseUnknownSettings(env: Environment): void {
  const known = SETTINGS();
  const problems = Object.keys(env).flatMap((name) => {
    if (known.includes(name) || KUBERNETES.test(name)) return [];
    const meant = closest(name, known);
    const isMeant = meant !== undefined && sameStart(name, meant);
    return isMeant || FAMILIES.test(name) ? [unknownSetting(name, meant)] : [];
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** The sentence for a name that is no setting. */
export function unknownSetting(name: string, meant = closest(name, SETTINGS())): string {
  const hint = meant === undefined ? 'The README lists all settings' : `Did you mean ${meant}`;
  return `${name} is not a setting of Crescendo. ${hint}${meant === undefined ? '.' : '?'}`;
}
