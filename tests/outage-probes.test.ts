// Does a probe record when it started and failed, and whether it was in time, in the second in which it started?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type * as OutageModule from '../lib/vu/outageWatch.ts';
import { MAX_PROBE_SECONDS } from '../lib/plans/load.ts';
import type { VuSystem } from '../lib/system.ts';
import type { TestScript } from '../lib/testScript.ts';
import { newWorld, valuesOf, withoutK6, type World } from './support/withoutK6.ts';

const START = 1_000_000;
/** 25 s behind the start of the scenario; answers must come within 500 ms. */
const OUTAGE = { start: 25_000, length: 8000, probesPerSecond: 5, withinMs: 500 };

/** What the stand-in of a session does: it takes so long, and was answered after `latency`, or not at all. */
interface Probe {
  takes: number;
  latency?: number;
  throws?: boolean;
}

type Watched = World & { longest?: number };

/** What stands in for a system's probes. */
function probes(world: Watched, { takes, latency, throws }: Probe): VuSystem['probes'] {
  return (longestSeconds) => (_clock, _vu, _iteration, observer) => {
    world.longest = longestSeconds;
    world.time += takes;
    if (throws === true) return Promise.reject(new Error('odd'));
    if (latency !== undefined) observer?.good('probe', latency);
    return Promise.resolve(latency !== undefined);
  };
}

const CONFIG = { outage: { url: 'http://x/outage', seconds: 8 } };

async function watching(
  probe: Probe,
  outage: object = OUTAGE,
): Promise<{ world: Watched; watch: OutageModule.OutageWatch }> {
  const world: Watched = newWorld();
  world.exec.scenario.startTime = START;
  const { watchOutage } = await withoutK6<typeof OutageModule>('lib/vu/outageWatch.ts', world);
  const system = { probes: probes(world, probe) };
  const parts = { config: CONFIG, plan: { stages: [], end: 60_000, outage }, system };
  return { world, watch: watchOutage({ parts } as unknown as TestScript) };
}

/** What the probe that starts so many milliseconds behind the start records, by metric. */
async function recorded(
  at: number,
  probe: Probe,
  outage: object = OUTAGE,
): Promise<Record<string, string[]>> {
  const { world, watch } = await watching(probe, outage);
  world.time = START + at;
  await watch.probe();
  const found: Record<string, string[]> = {};
  for (const { metric, value, tags } of world.samples) {
    const second = tags['second'] === undefined ? '' : ` in second ${tags['second']}`;
    (found[metric] ??= []).push(`${value}${second}`);
  }
  return found;
}

describe('a probe', () => {
  test('that is answered in time tells how long it took', async () =>
    assert.deepEqual(await recorded(27_300, { takes: 120, latency: 80 }), {
      probe_duration: ['120'],
      probe_within_limit: ['1 in second 2'],
    }));
  test('at the limit is in time, behind it late', async () => {
    assert.deepEqual((await recorded(25_000, { takes: 900, latency: 500 }))['probe_within_limit'], [
      '1 in second 0',
    ]);
    assert.deepEqual(await recorded(25_999, { takes: 900, latency: 501 }), {
      probe_duration: ['900'],
      probe_within_limit: ['0 in second 0'],
    });
  });
  test('without an answer tells when it started and when it failed', async () =>
    assert.deepEqual(await recorded(26_000, { takes: 10_000 }), {
      probe_failed_start: ['26000'],
      probe_failed_end: ['36000'],
      probe_within_limit: ['0 in second 1'],
    }));
  test('that throws has failed, and the script error is counted', async () =>
    assert.deepEqual(await recorded(26_000, { takes: 5, throws: true }), {
      script_errors: ['1'],
      probe_failed_start: ['26000'],
      probe_failed_end: ['26005'],
      probe_within_limit: ['0 in second 1'],
    }));
  test('before the outage is in no second; nor is one behind the last that k6 keeps', async () => {
    assert.deepEqual(await recorded(24_999, { takes: 5, latency: 5 }), { probe_duration: ['5'] });
    const last = 25_000 + MAX_PROBE_SECONDS * 1000;
    assert.deepEqual((await recorded(last - 1, { takes: 5, latency: 5 }))['probe_within_limit'], [
      `1 in second ${MAX_PROBE_SECONDS - 1}`,
    ]);
    assert.deepEqual(await recorded(last, { takes: 5, latency: 5 }), { probe_duration: ['5'] });
  });
  test('without a limit is in time whenever it is answered', async () => {
    const outage = { ...OUTAGE, withinMs: null };
    assert.deepEqual((await recorded(25_000, { takes: 9000, latency: 9000 }, outage))['probe_within_limit'], [
      '1 in second 0',
    ]);
    assert.deepEqual((await recorded(25_000, { takes: 9000 }, outage))['probe_within_limit'], [
      '0 in second 0',
    ]);
  });
  test('waits 10 s at most', async () => {
    const { world, watch } = await watching({ takes: 1, latency: 1 });
    await watch.probe();
    assert.equal(world.longest, 10);
  });
});

describe('the call that starts the outage', () => {
  test('tells when it was made; its body says how long the outage is to be', async () => {
    const { world, watch } = await watching({ takes: 0 });
    watch.startOutage();
    assert.deepEqual(world.posts, [{ url: 'http://x/outage', body: '{"seconds":8}' }]);
    const [startedAt = NaN] = valuesOf(world, 'outage_started');
    // The stand-in of the scenario started long ago by the clock on the wall, which this call looks at.
    assert.equal(Math.abs(startedAt - 25_000 - (Date.now() - START)) < 5000, true);
  });
  test('that fails is counted and told with its status', async () => {
    for (const [status, text] of [
      [503, '503'],
      [0, 'nothing'],
    ] as const) {
      const { world, watch } = await watching({ takes: 0 });
      world.status = status;
      watch.startOutage();
      assert.deepEqual([valuesOf(world, 'outage_failed'), valuesOf(world, 'outage_started')], [[1], []]);
      assert.match(
        world.said.join(),
        new RegExp(`OUTAGE_URL answered ${text}\\. Check OUTAGE_URL and OUTAGE_BODY\\.$`),
      );
    }
  });
});
