/** The settings that several scripts of the graph service have; those of one stand in its folder. Pure data. */
import { OUTPUT } from '../../lib/before/settings/output.ts';
import { OF_SESSIONS, SOME_SECONDS } from '../../lib/before/settings/ranges.ts';
import { originSetting, TIME_LIMITS } from '../../lib/before/settings/target.ts';
import { section, setting } from '../../lib/words/sections.ts';

const websocketBaseUrl = setting({
  kind: 'url',
  env: 'WS_URL',
  default: 'ws://127.0.0.1:8000/ws',
  schemes: ['ws', 'wss'],
  meaning: 'address of the sockets, with its path',
  shapes: 'nothing',
  vu: true,
  ofTarget: { by: 'ws', path: '/ws' },
});

/** Of scripts that use sockets. */
export const SOCKET_TARGET = section({
  title: 'Target',
  settings: { websocketBaseUrl, origin: originSetting(websocketBaseUrl, 'WS_URL'), ...TIME_LIMITS },
});

/** Of scripts that call endpoints. */
export const REST_TARGET = section({
  title: 'Target',
  settings: {
    apiBaseUrl: {
      kind: 'url',
      env: 'API_BASE_URL',
      default: 'http://127.0.0.1:8000',
      schemes: ['http', 'https'],
      meaning: 'address of the endpoints',
      shapes: 'nothing',
      vu: true,
      ofTarget: { by: 'http' },
    },
    ...TIME_LIMITS,
  },
});

/** How long a client waits for a reply to what it says. */
export const REPLIES = section({
  title: 'Replies',
  settings: {
    replySeconds: {
      ...SOME_SECONDS,
      env: 'REPLY_TIMEOUT_SECONDS',
      default: 10,
      meaning: 'from anything that is said to its reply',
      ...OF_SESSIONS,
    },
  },
});

/** Visits are not logged. */
const { summaryFile, reportFile, alertWebhook } = OUTPUT.settings;

/** What is written. */
export const GRAPH_OUTPUT = section({
  title: 'Output',
  settings: { summaryFile, reportFile, alertWebhook },
});
