// Are the published schemas those of the types, and do they describe the files of real runs, every field and nothing else?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { summaryOf } from '../report/derive/summary.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path, runK6 } from './support/k6.ts';
import { pingSummary } from './support/ping.ts';
import { cleanMetrics, counter, k6Data, summaryWith, testInfo, trend } from './support/runData.ts';
import { quickTarget, settingsFor } from './support/target.ts';

const read = (file: string): object => JSON.parse(readFileSync(join(ROOT, 'schema', file), 'utf8')) as object;
const validator = (file: string): ValidateFunction =>
  new Ajv2020({ strict: true, allowUnionTypes: true, allErrors: true }).compile(read(file));

const isSummary = validator('summary.schema.json');
const isVerdict = validator('verdict.schema.json');
const isRun = validator('run.schema.json');
const isGenerator = validator('generator.schema.json');

function assertValid(validate: ValidateFunction, value: unknown): void {
  const isValid = validate(JSON.parse(JSON.stringify(value)));
  assert.ok(isValid, JSON.stringify(validate.errors, null, 1));
}

const SETTINGS = { encryptionKey: '…', seed: 1 };

test('the published schemas are those of the types: "npm run schemas" writes them', async () => {
  const path = new URL('../build/schemas.mjs', import.meta.url).href;
  const { schemasOfTypes } = (await import(path)) as { schemasOfTypes: () => Record<string, object> };
  const made = schemasOfTypes();
  assert.ok(Object.keys(made).length >= 3, 'nothing was made');
  for (const [file, schema] of Object.entries(made)) assert.deepEqual(schema, read(file), file);
});

describe('made-up runs', () => {
  const outage = { start: 10_000, length: 5000, probesPerSecond: 5, withinMs: 5000 };
  const cases: Record<string, object> = {
    clean: summaryWith({}, { settings: SETTINGS }),
    'of a system of its own': pingSummary(),
    empty: summaryOf(testInfo({ settings: SETTINGS }), k6Data({})),
    'with a broken limit and refused handshakes': summaryWith(
      {
        'answer_latency{stage:2}': trend(100, 9000),
        'failures{phase:connect,reason:handshake_refused}': counter(4),
        'ws_sessions{status:502}': counter(3),
        retries: counter(4),
        'retries{phase:connect}': counter(4),
      },
      { settings: SETTINGS },
    ),
    'cut short': summaryWith({ sessions_open: counter(3) }, { settings: SETTINGS }, 12_000),
    'with an outage': summaryOf(
      testInfo({ settings: SETTINGS, plan: { ...testInfo().plan, outage } }),
      k6Data(cleanMetrics()),
    ),
  };
  for (const [name, summary] of Object.entries(cases))
    test(name, () => {
      const verdict = verdictOf(summary as Parameters<typeof verdictOf>[0]);
      assertValid(isVerdict, verdict);
      assertValid(isSummary, { ...summary, verdict });
    });

  test('a field that no schema knows, one that is missing and one of another type are found', () => {
    const summary = { ...summaryWith({}, { settings: SETTINGS }), verdict: verdictOf(summaryWith()) };
    const { version, ...withoutVersion } = summary;
    assert.equal(version, 2);
    for (const wrong of [{ ...summary, more: 1 }, withoutVersion, { ...summary, durationMs: '5' }])
      assert.equal(isSummary(wrong), false);
    assert.equal(isVerdict({ ...summary.verdict, more: 1 }), false);
    assert.equal(isVerdict({ ...summary.verdict, result: 'OK' }), false);
  });
});

describe('real runs', () => {
  test('of the command, one that breaks a limit', async (t) => {
    const here = folder(t);
    const target = await quickTarget(t, { faults: { 'upgrade-502': 3, 'answer-reset': 5 } });
    writeFileSync(join(here, 'limits.json'), '{"target": {"answer_success": ["rate>0.99"]}}');
    const more = { THRESHOLDS_FILE: 'limits.json', NUM_SESSIONS: '6', QUESTIONS: 'MED1060:2', RETRIES: '1' };
    const env = { K6: k6Path(), ...settingsFor(target), ...more };
    const { exitCode, stdout, stderr } = await crescendo(['run', 'burst'], { folder: here, env });
    assert.equal(exitCode, 99, stdout + stderr);
    const reports = join(here, 'reports');
    const [name = ''] = readdirSync(reports).filter((file) => file.endsWith('-burst'));
    const written = (file: string): unknown => JSON.parse(readFileSync(join(reports, name, file), 'utf8'));
    assertValid(isSummary, written('summary.json'));
    assertValid(isVerdict, written('verdict.json'));
    assertValid(isRun, written('run.json'));
    assertValid(isGenerator, written('generator.json'));
  });

  test('of plain k6, with an outage', async (t) => {
    const target = await quickTarget(t);
    const plan = {
      OUTAGE_BEFORE_SECONDS: '1',
      OUTAGE_SECONDS: '1',
      OUTAGE_RECOVERY_SECONDS: '1',
      OUTAGE_AFTER_SECONDS: '1',
    };
    const env = { ...settingsFor(target), ...plan, OUTAGE_URL: `${target.url}/outage`, NUM_SESSIONS: '2' };
    const { summary, stdout } = await runK6({ source: 'scripts/recovery.ts', env });
    assert.ok(summary?.recovery, stdout);
    assertValid(isSummary, summary);
  });
});
