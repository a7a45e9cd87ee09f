// Does the command know beforehand what a plan needs of this machine, and say how to raise each limit that is too low?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseInspection, type Inspected } from '../cli/k6/k6Inspect.ts';
import { judgeMachine, needsOf, thisMachine, type Machine, type Needs } from '../cli/setup/machineChecks.ts';
import { TARGET } from '../lib/before/settings/target.ts';
import { rampingArrivalRate, rampingVus } from '../lib/before/scenarios.ts';
import { hold, type Plan } from '../lib/plans/load.ts';
import { phases } from '../lib/plans/rate.ts';
import { NOTIFICATIONS_WORDS } from '../systems/messaging/notifications/notificationsWords.ts';
import { API_TARGET } from '../systems/messaging/settings.ts';
import { SOCKET_TARGET } from '../systems/graph/settings.ts';

const sockets = (perVu?: number): Plan => ({
  ...hold({ sessions: 10_000, seconds: 60, stages: 1 }),
  ...(perVu === undefined ? {} : { perVu }),
});

/** What k6 says of a script with such a plan. */
function inspected(plan: Plan, scenario: object = rampingVus(plan, 0)): Inspected {
  const crescendo = { vocabulary: NOTIFICATIONS_WORDS, plan, limits: [], requiredSessions: null };
  const facts = { ...crescendo, generatorLagLimitMs: 25, unused: [], defaults: {}, own: {} };
  const found = parseInspection(JSON.stringify({ ext: { crescendo: facts }, scenarios: { one: scenario } }));
  return found ?? assert.fail();
}

describe('what a plan needs', () => {
  test('is a file and a port for each socket, and for what its VUs ask by HTTP', () => {
    const needs = needsOf('notifications', inspected(sockets(20)), [TARGET]);
    assert.equal(needs.what, 'notifications (10,000 connections)');
    assert.deepEqual([needs.files, needs.ports], [12_100, 12_000]);
    assert.equal(Math.round(needs.bytes / 1e6), 100 + 500 * 0.8 + 10_000 * 0.19);
  });

  test('is more where each socket has a VU, above all memory', () => {
    const needs = needsOf('notifications', inspected(sockets()), [TARGET]);
    assert.deepEqual([needs.files, needs.ports], [31_100, 31_000]);
    assert.equal(needs.bytes, 100e6 + 10_000 * 990e3);
  });

  test('depends on whether its system has sockets, requests or both', () => {
    const of = (section: typeof TARGET | typeof API_TARGET | typeof SOCKET_TARGET) =>
      needsOf('x', inspected(sockets()), [section]).ports;
    assert.deepEqual([of(SOCKET_TARGET), of(API_TARGET), of(TARGET)], [11_000, 20_000, 31_000]);
  });

  test('of arrivals by a rate is that of the VUs that serve them', () => {
    const plan = phases([{ name: 'all', from: 50, to: 50, seconds: 10 }]);
    const { vus } = inspected(plan, rampingArrivalRate(plan, 4, 10));
    assert.equal(vus, 200);
    assert.equal(needsOf('x', inspected(plan, rampingArrivalRate(plan, 4, 10)), [SOCKET_TARGET]).ports, 220);
  });
});

const SMALL: Needs = { what: 'ramp (500 sessions)', files: 1650, ports: 1550, bytes: 600e6 };
const LARGE: Needs = {
  what: 'notifications (10,000 connections)',
  ...{ files: 12_100, ports: 12_000, bytes: 2400e6 },
};
const ENOUGH: Machine = { platform: 'linux', files: 20_000, ports: 28_232, bytes: 8e9 };

const judged = (change: Partial<Machine>, needs = [SMALL, LARGE]) =>
  judgeMachine({ ...ENOUGH, ...change }, needs);

/** The findings that are not fine. */
const doubts = (change: Partial<Machine>, needs = [SMALL, LARGE]) =>
  judged(change, needs).filter(({ grade }) => grade !== 'fine');

describe('a machine', () => {
  test('that has enough is told with what needs most', () => {
    assert.deepEqual(judged({}), [
      { grade: 'fine', text: 'open files: 20,000; notifications (10,000 connections) needs about 12,100' },
      { grade: 'fine', text: 'local ports: 28,232; notifications (10,000 connections) needs about 12,000' },
      { grade: 'fine', text: 'free memory: 8 GB; notifications (10,000 connections) needs about 2.4 GB' },
    ]);
    assert.deepEqual(doubts({ files: Infinity, ports: Infinity }), []);
  });

  test('with too few files is told the command that gives more', () => {
    const [linux] = doubts({ files: 4096 });
    assert.equal(
      linux?.text,
      'open files: 4,096; notifications (10,000 connections) needs about 12,100.\n' +
        'Run: sudo prlimit --pid $$ --nofile=20000:20000 (for good: nofile in /etc/security/limits.conf)',
    );
    const [mac] = doubts({ platform: 'darwin', files: 256 });
    assert.match(
      mac?.text ?? '',
      /, and too few for 2 scripts in all\.\nRun: sudo sysctl -w kern\.maxfilesperproc=20000 && ulimit -n 20000$/,
    );
    assert.match(
      doubts({ files: 1000 }, [{ ...LARGE, files: 50_001 }])[0]?.text ?? '',
      /--nofile=51000:51000/,
    );
  });

  test('with too few ports is told the same, or that no address has so many', () => {
    assert.match(
      doubts({ ports: 5000 })[0]?.text ?? '',
      /\nRun: sudo sysctl -w net\.ipv4\.ip_local_port_range="1024 65535"$/,
    );
    assert.match(
      doubts({ platform: 'darwin', ports: 5000 })[0]?.text ?? '',
      /net\.inet\.ip\.portrange\.first=1024$/,
    );
    assert.match(
      doubts({}, [{ ...LARGE, ports: 70_000 }])[0]?.text ?? '',
      /No address has more than 64,512: .*--local-ips/,
    );
  });

  test('with too little memory is told what takes less', () => {
    assert.match(
      doubts({ bytes: 1e9 })[0]?.text ?? '',
      /^free memory: 1 GB; .* 2\.4 GB\.\n.*CONNECTIONS_PER_VU=50/,
    );
  });

  test('whose limits nobody can read is doubted, not refused', () => {
    const [files] = doubts({ files: NaN });
    assert.equal(files?.grade, 'doubtful');
    assert.match(files.text, /^open files: the limit can't be read; notifications/);
  });

  test('is this one', async () => {
    const { files, ports, bytes } = await thisMachine();
    assert.ok(files > 100 && ports > 100 && bytes > 1e6, JSON.stringify({ files, ports, bytes }));
  });
});
