/**
 * The settings of a run: the only reader of the environment. One line each: name, default, unit and meaning.
 * Pure; `README.md` has the same table for people.
 */
import { ENCRYPTION_MODES, type EncryptionMode } from '../words/encryptionModes.ts';
import { withHiddenQuery } from '../words/query.ts';
import { plural } from '../words/plural.ts';
import { defaultSettleSeconds, MAX_STAGES } from '../words/load.ts';
import { parseFieldNames } from './fieldNames.ts';
import { CHATBOT, type FieldNames } from '../../systems/chatbot/protocolSettings.ts';
import { LEVELS, type Level } from '../words/limits.ts';
import type { LoadName } from './plans.ts';
import { PROFILES } from './profiles.ts';
import { isNearMiss } from './nearMiss.ts';
import { closest, InputError, SettingsReader, type Environment } from '../words/settings.ts';
import { parseThink, THINK_FORMS, type Think } from '../words/think.ts';

export type Config = ReturnType<typeof readConfig>;

/** The settings that sessions read; every VU keeps a copy of them. */
const SESSION_SETTINGS = [
  'apiBaseUrl',
  'websocketBaseUrl',
  'origin',
  'encryption',
  'encryptionKey',
  'chatbot',
  'outage',
  'questionOrder',
  'think',
  'heartbeatSeconds',
  'onFailure',
  'connectTimeoutSeconds',
  'answerTimeoutSeconds',
  'httpTimeoutSeconds',
  'restartDelaySeconds',
  'retries',
  'retryBaseSeconds',
  'retryCapSeconds',
  'retryBudget',
  'sessionLog',
  'seed',
] as const satisfies readonly (keyof Config)[];

export type SessionConfig = Pick<Config, (typeof SESSION_SETTINGS)[number]>;

/** The part of the settings that sessions read. */
export function sessionConfig(config: Config): SessionConfig {
  return Object.fromEntries(SESSION_SETTINGS.map((name) => [name, config[name]])) as SessionConfig;
}

/** The settings for people and files: without secrets, and without those that judge, which the summary has beside them. */
export function shownSettings(config: Config): Record<string, unknown> {
  const settings = Object.entries(config).filter(([name]) => !JUDGING.includes(name));
  const chatbot = Object.entries(config.chatbot).map(([name, value]) => [
    name,
    typeof value === 'string' ? withHiddenQuery(value) : (value as unknown),
  ]);
  return {
    ...Object.fromEntries(settings),
    encryptionKey: '…',
    chatbot: Object.fromEntries(chatbot) as unknown,
  };
}

const JUDGING = ['requiredSessions', 'generatorLagLimitMs', 'limits'];

/**
 * Reads and checks the settings. Throws an InputError that lists everything wrong, one sentence each.
 * Evaluated once per VU, so everything it needs lives inside.
 */
export function readConfig(env: Environment) {
  const read = new SettingsReader(env);
  const sessions = { min: 1, max: 1e6, what: 'sessions' };
  const someSeconds = { min: 0.001, max: 1e7, what: 'a number of seconds above 0' };
  const anySeconds = { min: 0, max: 1e7, what: 'a number of seconds' };

  const websocketBaseUrl = read.url('WEBSOCKET_BASE_URL', 'ws://127.0.0.1:8000', ['ws', 'wss']);
  const apiBaseUrl = read.url('API_BASE_URL', sameHostByHttp(websocketBaseUrl), ['http', 'https']);
  const interval = read.number('RAMP_INTERVAL_SECONDS', 180, {
    min: 1,
    max: 1e6,
    what: 'a number of seconds, at least 1',
  });
  const config = {
    // Target
    apiBaseUrl, // http(s) address of the REST calls
    websocketBaseUrl, // ws(s) address of the sockets
    origin: readOrigin(read) ?? originOf(apiBaseUrl), // Origin header of the handshake
    encryption: read.choice<EncryptionMode>('ENCRYPTION', 'aes-256-gcm', ENCRYPTION_MODES), // of every frame
    encryptionKey: read.text('ENCRYPTION_KEY') ?? '', // 64 hex digits, or the passphrase of openssl
    chatbot: {
      tokenPath: readPath(read, 'TOKEN_PATH', CHATBOT.tokenPath), // of the log-in, below API_BASE_URL
      sessionsPath: readPath(read, 'SESSIONS_PATH', CHATBOT.sessionsPath), // of session and clean-up, likewise
      socketPath: readPath(read, 'SOCKET_PATH', CHATBOT.socketPath), // below WEBSOCKET_BASE_URL
      fieldNames: readFieldNames(read), // ours=theirs, …
    },

    // Load
    numSessions: read.whole('NUM_SESSIONS', 2, sessions), // at the same time, where a script does not vary them
    ramp: {
      startSessions: read.whole('RAMP_START_SESSIONS', 10, sessions), // sessions of stage 1
      increment: read.whole('RAMP_INCREMENT', 50, sessions), // sessions that each stage adds
      maxSessions: read.whole('RAMP_MAX_SESSIONS', 500, sessions), // sessions of the last stage, exactly
      intervalSeconds: interval, // length of a stage
      transitionSeconds: read.number('RAMP_TRANSITION_SECONDS', 0, anySeconds), // over which a stage's sessions are added
      settleSeconds: read.number('RAMP_SETTLE_SECONDS', defaultSettleSeconds(interval), anySeconds), // not judged
    },
    hold: {
      seconds: read.number('HOLD_SECONDS', 600, someSeconds), // length of a load that is held
      stages: read.whole('HOLD_STAGES', 10, { min: 1, max: MAX_STAGES, what: 'stages' }), // of equal length
    },
    levels: {
      sessions: readLevels(read), // sessions of each stage
      seconds: read.number('LEVEL_SECONDS', 60, someSeconds), // length of each stage
    },
    outage: {
      beforeSeconds: read.number('OUTAGE_BEFORE_SECONDS', 60, someSeconds), // judged, before the outage
      seconds: read.number('OUTAGE_SECONDS', 10, someSeconds), // how long the back end fails
      recoverySeconds: read.number('OUTAGE_RECOVERY_SECONDS', 10, someSeconds), // that it may take to be well again
      afterSeconds: read.number('OUTAGE_AFTER_SECONDS', 60, someSeconds), // judged, when it must be well again
      url: readOptionalUrl(read, 'OUTAGE_URL'), // is sent a POST that starts the outage
      body: read.text('OUTAGE_BODY'), // of that POST; default {"seconds": OUTAGE_SECONDS}
      probesPerSecond: read.number('PROBES_PER_SECOND', 5, {
        min: 0.1,
        max: 100,
        what: 'a number of probes',
      }), // in an outage test
    },
    profile: read.choice('PROFILE', null, PROFILES), // a usual kind of test instead of the script's own plan
    planFile: read.text('PLAN_FILE'), // JSON with a plan of your own

    // What a session does
    questions: read.text('QUESTIONS') ?? 'MED1060:20,BUMA1000:20', // pool:count, asked in this order
    questionOrder: read.choice('QUESTION_ORDER', 'order', ['order', 'shuffle'] as const), // within a session
    questionsFile: read.text('QUESTIONS_FILE'), // JSON {"pool": ["question", …]}
    think: readThink(read), // pause between an answer and the next question
    onFailure: read.choice('ON_FAILURE', 'continue', ['continue', 'end'] as const), // after a failed question
    heartbeatSeconds: read.number('HEARTBEAT_SECONDS', 0, anySeconds), // between pings on an open socket; 0: none
    connectTimeoutSeconds: read.number('CONNECT_TIMEOUT_SECONDS', 10, someSeconds), // until the socket is open
    answerTimeoutSeconds: read.number('ANSWER_TIMEOUT_SECONDS', 60, someSeconds), // from question to complete answer
    httpTimeoutSeconds: read.number('HTTP_TIMEOUT_SECONDS', 10, someSeconds), // of each REST call
    restartDelaySeconds: read.number('RESTART_DELAY_SECONDS', 1, anySeconds), // after a failed set-up, ±50 %
    retries: read.whole('RETRIES', 0, { min: 0, max: 10, what: 'further attempts' }), // of token, session, connect, clean-up
    retryBaseSeconds: read.number('RETRY_BASE_SECONDS', 0.5, anySeconds), // longest wait before the first; doubles
    retryCapSeconds: read.number('RETRY_CAP_SECONDS', 10, anySeconds), // longest wait of all
    retryBudget: read.number('RETRY_BUDGET', 0.1, { min: 0, max: 10, what: 'a number of retries' }), // per first attempt
    seed: read.whole('SEED', 1, { min: 0, what: 'any size' }), // of everything random but keys

    // Judgement
    limits: read.choice<Level>('LIMITS', 'target', LEVELS), // which level of the thresholds file binds
    thresholdsFile: read.text('THRESHOLDS_FILE'), // instead of the bundled one
    requiredSessions: read.whole('REQUIRED_SESSIONS', null, sessions), // stages above only inform; default: all bind
    generatorLagLimitMs: read.number('GENERATOR_LAG_LIMIT_MS', 25, { min: 0, what: 'a number of ms' }), // p99
    sessionLog: readSessionLog(read), // so many sessions, from the first on, are logged
    summaryFile: env['SUMMARY_FILE']?.trim() ?? 'summary.json', // where summary.json goes; empty: nowhere
    reportFile: env['REPORT_FILE']?.trim() ?? 'report.html', // where report.html goes; empty: nowhere
  };
  checkTogether(read, config);
  checkWebhook(read);
  read.done();
  return config;
}

function readThink(read: SettingsReader): Think {
  const text = read.text('THINK_SECONDS') ?? '0';
  const think = parseThink(text);
  if (think === undefined)
    read.problem('THINK_SECONDS', text, `it must be ${THINK_FORMS}, for example THINK_SECONDS=5`);
  return think ?? { kind: 'fixed', seconds: 0 };
}

function readLevels(read: SettingsReader): number[] {
  const text = read.text('SESSION_LEVELS') ?? '1,10,25,50';
  const levels = text.split(',').map((part) => part.trim());
  if (levels.length <= MAX_STAGES && levels.every((level) => /^[1-9]\d{0,6}$/.test(level)))
    return levels.map(Number);
  const remedy = `it must be whole numbers of sessions, at most ${MAX_STAGES}, for example SESSION_LEVELS=1,10,50`;
  read.problem('SESSION_LEVELS', text, remedy);
  return [1];
}

function readOptionalUrl(read: SettingsReader, name: string): string | undefined {
  return read.text(name) === undefined ? undefined : read.url(name, '', ['http', 'https']);
}

function readPath(read: SettingsReader, name: string, fallback: string): string {
  const text = read.text(name) ?? fallback;
  if (!/^\/[^\s#]*$/.test(text))
    read.problem(
      name,
      withHiddenQuery(text),
      `it must be a path that starts with / and has no blanks and no #, for example ${name}=${fallback}`,
    );
  return text;
}

/** The header of a browser or an app: a scheme and a host, without the slash that an address may end with. */
function readOrigin(read: SettingsReader): string | undefined {
  const text = read.text('WEBSOCKET_ORIGIN');
  if (text === undefined || text === 'null') return text;
  const [, origin] = /^((?!wss?:)[a-z][a-z\d+.-]*:\/\/[^\s/?#@]*)\/*$/i.exec(text) ?? [];
  if (origin !== undefined && !/^https?:\/\/$/i.test(origin)) return origin;
  read.reject(
    'WEBSOCKET_ORIGIN',
    'it must be a scheme, host and port only, for example https://chat.example.com or capacitor://localhost',
  );
  return undefined;
}

function readFieldNames(read: SettingsReader): FieldNames {
  const text = read.text('FIELD_NAMES');
  if (text === undefined) return CHATBOT.fieldNames;
  return parseFieldNames(text, (remedy) => read.problem('FIELD_NAMES', text, remedy));
}

function readSessionLog(read: SettingsReader): number {
  if (read.text('SESSION_LOG') === 'all') return Number.MAX_SAFE_INTEGER;
  return read.whole('SESSION_LOG', 0, { min: 0, max: 1e6, what: 'sessions, or "all"' });
}

/** The address is a secret that only the command needs: it is checked, never kept, and no sentence shows it. */
function checkWebhook(read: SettingsReader): void {
  const text = read.text('ALERT_WEBHOOK');
  if (text !== undefined && !/^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/i.test(text))
    read.reject('ALERT_WEBHOOK', 'it must be an http:// or https:// address without user');
}

/** What can't be seen from one setting alone. */
function checkTogether(
  read: SettingsReader,
  { encryption, encryptionKey }: { encryption: EncryptionMode; encryptionKey: string },
): void {
  const [api, websocket] = [read.text('API_BASE_URL'), read.text('WEBSOCKET_BASE_URL')];
  if (api && !websocket)
    read.reject('WEBSOCKET_BASE_URL', 'API_BASE_URL is set, so set the address of the sockets too');
  if (encryption !== 'none' && encryptionKey === '')
    read.reject('ENCRYPTION_KEY', `ENCRYPTION is ${encryption}, so set the key, or ENCRYPTION=none`);
  else if (encryption.startsWith('aes') && !/^[0-9a-f]{64}$/i.test(encryptionKey))
    read.reject(
      'ENCRYPTION_KEY',
      `it must be 64 hex digits (256 bits) and has ${plural(encryptionKey.length, 'character')}`,
    );
}

/** Most back ends take REST calls and sockets at one host; some have no REST calls. */
function sameHostByHttp(websocketUrl: string): string {
  return websocketUrl.replace(/^ws/, 'http').replace(/^(https?:\/\/[^/]+).*$/, '$1');
}

function originOf(url: string): string {
  return (/^https?:\/\/[^/]+/.exec(url)?.[0] ?? '').toLowerCase();
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

const RAMP_SETTINGS = [
  'RAMP_START_SESSIONS',
  'RAMP_INCREMENT',
  'RAMP_MAX_SESSIONS',
  'RAMP_INTERVAL_SECONDS',
  'RAMP_TRANSITION_SECONDS',
  'RAMP_SETTLE_SECONDS',
];

/** The settings that make the plan of each kind of load; all others are for every kind. */
const LOAD_SETTINGS: Record<LoadName, readonly string[]> = {
  ramp: RAMP_SETTINGS,
  burst: ['NUM_SESSIONS'],
  hold: ['NUM_SESSIONS', 'HOLD_SECONDS', 'HOLD_STAGES'],
  levels: ['SESSION_LEVELS', 'LEVEL_SECONDS'],
  recovery: [
    'NUM_SESSIONS',
    'OUTAGE_BEFORE_SECONDS',
    'OUTAGE_SECONDS',
    'OUTAGE_RECOVERY_SECONDS',
    'OUTAGE_AFTER_SECONDS',
    'OUTAGE_URL',
    'OUTAGE_BODY',
    'PROBES_PER_SECOND',
  ],
};

/** The settings that a run with this kind of load does not use, because they make plans of other kinds. */
export function unusedSettings(load: LoadName, { profile, planFile }: Config): string[] {
  const used = planFile === undefined ? planSettings(load, profile) : [];
  return [...new Set(Object.values(LOAD_SETTINGS).flat())].filter((name) => !used.includes(name));
}

function planSettings(load: LoadName, profile: Config['profile']): readonly string[] {
  if (profile === 'breakpoint') return RAMP_SETTINGS;
  if (profile !== null && load === 'burst') return [...LOAD_SETTINGS.burst, 'RAMP_INTERVAL_SECONDS'];
  return LOAD_SETTINGS[load];
}

/** Prefixes of our settings. */
const FAMILIES = /^(RAMP|HOLD|OUTAGE|ANSWER|ENCRYPTION|QUESTION|WEBSOCKET|GENERATOR_LAG|THRESHOLDS)_/;

/** What Kubernetes sets in every container for a service, be it called "websocket". */
const KUBERNETES = /_(SERVICE_(HOST|PORT)|PORT)(_|$)/;

/**
 * Throws an InputError for names that were clearly meant for us: near misses of a setting that is not set. Other
 * names are somebody else's, for k6 hands over the whole environment of the shell.
 */
export function refuseUnknownSettings(env: Environment): void {
  const unset = SETTINGS().filter((name) => !env[name]?.trim());
  const problems = unknownNames(env).flatMap((name) => {
    const meant = unset.find((setting) => isNearMiss(name, setting));
    return meant === undefined ? [] : [unknownSetting(name, meant)];
  });
  if (problems.length > 0) throw new InputError(problems);
}

/** Names that resemble settings, and that nobody reads: they may be somebody else's, or forgotten ones of ours. */
export function unusedLookalikes(env: Environment): string[] {
  const known = SETTINGS();
  return unknownNames(env).filter((name) => {
    const resembled = closest(name, known);
    return FAMILIES.test(name) || (resembled !== undefined && sameStart(name, resembled));
  });
}

function unknownNames(env: Environment): string[] {
  const known = SETTINGS();
  return Object.keys(env).filter((name) => !known.includes(name) && !KUBERNETES.test(name));
}

/** `APP_BASE_URL` is somebody else's name and does not resemble `API_BASE_URL`; `ENCRYPTON_KEY` does ours. */
function sameStart(name: string, resembled: string): boolean {
  const [start = '', other = ''] = [name.split('_')[0], resembled.split('_')[0]];
  return start === other || start.length >= 6;
}

/** The sentence for a name that is no setting. */
export function unknownSetting(name: string, meant = closest(name.toUpperCase(), SETTINGS())): string {
  const hint = meant === undefined ? 'The README lists all settings' : `Did you mean ${meant}`;
  return `${name} is not a setting of Crescendo. ${hint}${meant === undefined ? '.' : '?'}`;
}
