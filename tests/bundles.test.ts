// Does each script's bundle hold what it should, and run alone?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import type { Target } from '../target/server.ts';
import { hasPassed } from './support/books.ts';
import { bundle, ROOT } from './support/bundle.ts';
import { folder } from './support/files.ts';
import { isK6, needs, read, SCRIPTS } from './support/house.ts';
import { runBundle } from './support/k6.ts';
import { redisServer, redisUnavailable } from './support/redisServer.ts';
import { quickTarget, settingsFor } from './support/target.ts';

const packageOf = (name: string): string => name.split('/')[0] ?? '';

/** Settings and the one limit of a run; no machine is too slow for it. */
const order = (metric: string, expression: string, env: Record<string, string>) => ({
  env: { ...env, GENERATOR_LAG_LIMIT_MS: '100000', THRESHOLDS_FILE: 'limits.json' },
  files: { 'limits.json': JSON.stringify({ target: { [metric]: [expression] } }) },
});

/** A few users of the agents; throughput is a limit for larger loads. */
const agentsOrder = ({ websocketUrl }: Target) =>
  order('message_success', 'rate>0.99', {
    WS_URL: `${websocketUrl}/ws`,
    CONNECTIONS: '3',
    PHASES: 'warm-up:1-4:1,sustained:4:1',
  });

const graphOrder = ({ url, websocketUrl }: Target) =>
  order('client_success', 'rate>=1', {
    WS_URL: `${websocketUrl}/ws`,
    API_BASE_URL: url,
    MEMORY_URL: `${url}/stats`,
    CLIENTS: '2',
    MESSAGES: '3',
    SUBSCRIBE_SECONDS: '1',
    CONNECTION_LEVELS: '2',
    LEVEL_SECONDS: '4',
    CYCLES: '1',
    CYCLE_SECONDS: '1',
    CONCURRENCY_LEVELS: '1,2',
    STRESS_LEVEL: '0',
    STAGE_SECONDS: '1',
  });

const messagingOrder = ({ url, websocketUrl }: Target) =>
  order('user_success', 'rate>=1', {
    API_BASE_URL: url,
    WEBSOCKET_BASE_URL: websocketUrl,
    NUM_USERS: '2',
    CONNECTIONS: '2',
    SPAWN_RATE: '0',
    HOLD_SECONDS: '2',
    HOLD_STAGES: '2',
    THINK_SECONDS: '0.1',
  });

const uploadOrder = ({ url }: Target) =>
  order('file_success', 'rate>=1', {
    API_BASE_URL: url,
    UPLOADS: '2',
    FILE_BYTES: '100kB',
  });

const assistantOrder = ({ url }: Target, redis: string | undefined) =>
  order('client_success', 'rate>=1', {
    API_BASE_URL: url,
    ...(redis === undefined ? {} : { REDIS_URL: redis }),
    HOSTS: `main=${url},other=${url}`,
    CHATS: '3',
    OPERATIONS: '3',
    FILE_OPERATIONS: '2',
    REDIS_OPERATIONS: '2',
    ROUNDS: '2',
    ROUND_SECONDS: '1',
  });

/** Scripts that a k6 without extensions does not run. */
const needsRedis = (path: string): boolean =>
  read(path).includes('/redis/') || read(path).includes('/mixed/');

/** What a script of a system needs to run for seconds. */
async function orderOf(t: TestContext, path: string, target: Target) {
  const text = read(path);
  if (text.includes('/assistant/'))
    return assistantOrder(target, needsRedis(path) ? (await redisServer(t)).url : undefined);
  if (text.includes('/agents/')) return agentsOrder(target);
  if (text.includes('/graph/')) return graphOrder(target);
  if (text.includes('/messaging/upload/')) return uploadOrder(target);
  if (text.includes('/messaging/')) return messagingOrder(target);
  return {
    env: {
      ...settingsFor(target),
      ...SHORT,
      GENERATOR_LAG_LIMIT_MS: '100000',
      QUESTIONS: 'MED1060:2',
    },
  };
}

const SHORT = {
  RAMP_START_SESSIONS: '1',
  RAMP_MAX_SESSIONS: '2',
  RAMP_INTERVAL_SECONDS: '1',
  NUM_SESSIONS: '2',
  HOLD_SECONDS: '2',
  HOLD_STAGES: '2',
  SESSION_LEVELS: '1,2',
  LEVEL_SECONDS: '1',
  OUTAGE_BEFORE_SECONDS: '1',
  OUTAGE_SECONDS: '1',
  OUTAGE_RECOVERY_SECONDS: '1',
  OUTAGE_AFTER_SECONDS: '1',
  THINK_SECONDS: '0.3',
  HEARTBEAT_SECONDS: '0.1',
};

describe('scripts', () => {
  for (const path of SCRIPTS) {
    const name = path.replace(/^scripts\/(.*)\.ts$/, '$1');

    test(`${name}: starts with its question, has its limits, fits a screen`, () => {
      const lines = read(path).split('\n');
      assert.match(lines[0] ?? '', /^\/\/ .+\?$/);
      assert.ok(lines.length <= 45, `${lines.length} lines`);
      assert.ok(existsSync(join(ROOT, 'thresholds', `${name}.json`)));
    });

    test(`${name}: its bundle imports nothing but k6's own modules`, async () => {
      const text = readFileSync(await bundle(path), 'utf8');
      const names = [
        ...text.matchAll(/(?:^|; )(?:import|export)\b[^;]*?\bfrom\s*"([^"]+)"|(?:^|; )import\s*"([^"]+)"/gm),
      ].map(([, from, bare]) => from ?? bare ?? '');
      assert.ok(names.length > 3, names.join());
      const extensions = names.filter((from) => from.startsWith('k6/x/'));
      assert.deepEqual(extensions, needsRedis(path) ? ['k6/x/redis'] : []);
      for (const from of names) assert.match(from, /^k6(\/[\w/]+)?$/);
      assert.doesNotMatch(text, /\brequire\(|\bimport\(|from\s*["']https?:/);
    });

    test(`${name}: its bundle names the libraries that are in it`, async () => {
      const libraries = [...needs(path)].filter((from) => !/\.(ts|json)$/.test(from) && !isK6(from));
      assert.ok(libraries.length > 0, 'there are none');
      const [named = ''] = /^\/\*! with .*$/m.exec(readFileSync(await bundle(path), 'utf8')) ?? [];
      for (const library of libraries)
        assert.match(named, new RegExp(`\\b${packageOf(library)} \\d.+licence`), library);
    });

    const skip = needsRedis(path) && redisUnavailable();
    test(`${name}: its bundle runs alone in an empty folder`, { skip }, async (t) => {
      const alone = join(folder(t), `${name}.js`);
      copyFileSync(await bundle(path), alone);
      const target = await quickTarget(t);
      hasPassed(t, await runBundle(alone, await orderOf(t, path, target)));
    });
  }
});
