// Does every script's --quick end with PASS against the reference target, as somebody sees it who tries it first?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import type { RunRecord } from '../report/derive/evidence.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';
import { redisUnavailable } from './support/redisServer.ts';

const SCRIPTS = readdirSync(join(ROOT, 'scripts')).map((file) => basename(file, '.ts'));

const MESSAGING =
  /^(RAMP|NUM_SESSIONS|CLIENTS|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|PHASES|CYCLES|STAGE)/;

const ASSISTANT =
  /^(RAMP|NUM|CLIENTS|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|PHASES|CYCLES|STAGE|FILE_BYTES)/;

/** Settings of other scripts, by the names that they begin with, which the repetition of a run must not hold. */
const FOREIGN: Record<string, RegExp> = {
  ramp: /^(NUM|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES)/,
  burst: /^(RAMP|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES)/,
  sustain: /^(RAMP|SESSION_LEVELS|LEVEL|OUTAGE|PROBES)/,
  stability: /^(RAMP|SESSION_LEVELS|LEVEL|OUTAGE|PROBES)/,
  response: /^(RAMP|NUM|HOLD|OUTAGE|PROBES)/,
  recovery: /^(RAMP|HOLD|SESSION_LEVELS|LEVEL)/,
  phases: /^(RAMP|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|CONNECTIONS)/,
  stress: /^(RAMP|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|PHASES)/,
  connections: /^(RAMP|NUM|CLIENTS|HOLD|SESSION_LEVELS|OUTAGE|PROBES|QUESTIONS|PHASES|CYCLES|STAGE)/,
  broadcast: /^(RAMP|NUM|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|PHASES|CYCLES|STAGE)/,
  reconnect: /^(RAMP|NUM|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|PHASES|STAGE)/,
  'graph-api': /^(RAMP|NUM|CLIENTS|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|PHASES|CYCLES)/,
  'messages-api': MESSAGING,
  sustained: MESSAGING,
  upload: /^(RAMP|NUM|CLIENTS|HOLD|SESSION_LEVELS|LEVEL|OUTAGE|PROBES|QUESTIONS|PHASES|CYCLES|STAGE)/,
  notifications: MESSAGING,
  'chat-http': ASSISTANT,
  redis: ASSISTANT,
  'mixed-io': ASSISTANT,
  hosts: ASSISTANT,
};

/** A setting that the repetition of each run must hold. */
const OWN: Record<string, string> = {
  phases: 'PHASES',
  stress: 'THRESHOLDS_FILE',
  connections: 'LEVEL_SECONDS',
  broadcast: 'THRESHOLDS_FILE',
  reconnect: 'CYCLES',
  'graph-api': 'STAGE_SECONDS',
  'messages-api': 'NUM_USERS',
  sustained: 'HOLD_STAGES',
  upload: 'FILE_BYTES',
  notifications: 'MESSAGE_SECONDS',
  'chat-http': 'CHATS',
  redis: 'OPERATIONS',
  'mixed-io': 'FILE_OPERATIONS',
  hosts: 'ROUND_SECONDS',
};

/**
 * The limits of all but the chatbot are those of services that answer in milliseconds and take many bytes, which so many
 * runs at once on one machine can't show; here only whether all of it works counts.
 */
const AGENTS = {
  connection_success: ['rate>0.99'],
  message_success: ['rate>0.99'],
  message_latency: ['p(95)<10000'],
};
const GRAPH = { client_success: ['rate>=1'] };
const MESSAGES = { user_success: ['rate>=1'], request_success: ['rate>0.99'], login_success: ['rate>0.99'] };
const UPLOAD = { file_success: ['rate>=1'] };
const NOTIFICATIONS = { user_success: ['rate>=1'], connection_success: ['rate>=1'] };
const ASSISTANTS = { client_success: ['rate>=1'] };
const PATIENT: Record<string, object> = {
  phases: AGENTS,
  stress: AGENTS,
  connections: GRAPH,
  broadcast: GRAPH,
  reconnect: GRAPH,
  'graph-api': GRAPH,
  'messages-api': MESSAGES,
  sustained: MESSAGES,
  upload: UPLOAD,
  notifications: NOTIFICATIONS,
  'chat-http': ASSISTANTS,
  redis: ASSISTANTS,
  'mixed-io': ASSISTANTS,
  hosts: ASSISTANTS,
};

/** Clients without a pause would leave nothing of the machine to the other runs, which make visits longer, too. */
const BESIDE_OTHERS: Record<string, Record<string, string>> = {
  'graph-api': { THINK_SECONDS: '0.2' },
  phases: { VISIT_SECONDS: '5' },
};

const NEED_REDIS = ['redis', 'mixed-io'];

/** At every level that `--quick` may choose. */
function patientLimits(here: string, limits: object): string {
  const path = join(here, 'patient.json');
  writeFileSync(path, JSON.stringify({ target: limits, critical: limits }));
  return path;
}

function limitsFor(script: string, here: string): Record<string, string> {
  const limits = PATIENT[script];
  return limits === undefined ? {} : { THRESHOLDS_FILE: patientLimits(here, limits) };
}

// Several at once: each takes about a minute, most of which k6 waits.
describe('crescendo run <script> --quick', { concurrency: 8 }, () => {
  assert.ok(SCRIPTS.length > 0);
  for (const script of SCRIPTS)
    test(script, { skip: NEED_REDIS.includes(script) && redisUnavailable() }, async (t) => {
      const here = folder(t);
      const { exitCode, stdout, stderr } = await crescendo(['run', script, '--quick'], {
        folder: here,
        env: { K6: k6Path(), ...BESIDE_OTHERS[script], ...limitsFor(script, here) },
        seconds: 150,
      });
      assert.equal(exitCode, 0, stdout + stderr);
      assert.match(stdout, /^PASS /m);
      assert.equal(stderr, '');
      const reports = join(here, 'reports');
      const [name = ''] = readdirSync(reports).filter((file) => file.endsWith(`-${script}`));
      const read = (file: string) => readFileSync(join(reports, name, file), 'utf8');
      const { settings } = JSON.parse(read('run.json')) as RunRecord;
      const given = Object.keys(settings);
      assert.ok(given.includes(OWN[script] ?? 'QUESTIONS'), given.join());
      const foreign = FOREIGN[script] ?? /^$/;
      assert.deepEqual(
        given.filter((setting) => foreign.test(setting)),
        [],
      );
      const again = /^crescendo run .+$/m.exec(read('report.md'))?.[0] ?? '';
      assert.deepEqual(
        [...again.matchAll(/-e '?(\w+)=/g)].map(([, setting]) => setting).sort(),
        given.sort(),
      );
    });
});
