// Are the reports of a run made again from its evidence alone, and is what there is of a killed or full run kept?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { readRun } from '../cli/evidence/runReader.ts';
import { InputError } from '../lib/words/settings.ts';
import type { RunRecord } from '../report/derive/evidence.ts';
import type { RunSummary } from '../report/derive/summary.ts';
import { parseTimeline } from '../report/derive/timeline.ts';
import type { Verdict } from '../report/derive/verdict.ts';
import { crescendo, type CommandEnd } from './support/command.ts';
import { folder } from './support/files.ts';
import { k6Path } from './support/k6.ts';

const K6 = { K6: k6Path() };
const REPORTS = [
  'failures.csv',
  'junit.xml',
  'report.html',
  'report.md',
  'report.txt',
  'stats.csv',
  'stats_history.csv',
];
const SHORT = ['-e', 'NUM_SESSIONS=3', '-e', 'QUESTIONS=MED1060:2'];
const onLinux = process.platform !== 'linux' && 'needs the devices and signals of Linux';

/** The folder of the only run below `here`, finished or not. */
function runFolder(here: string, pattern = /^\d.*-(ramp|burst)$/): string {
  const reports = join(here, 'reports');
  const [name = 'none', ...more] = readdirSync(reports).filter((file) => pattern.test(file));
  assert.deepEqual(more, []);
  return join(reports, name);
}

const contents = (path: string): Record<string, string> =>
  Object.fromEntries(readdirSync(path).map((file) => [file, readFileSync(join(path, file), 'utf8')]));

const json = (path: string, file: string): unknown => JSON.parse(readFileSync(join(path, file), 'utf8'));

/** One sentence, no stack trace. */
function assertRefused({ exitCode, stderr }: CommandEnd, sentence: RegExp): void {
  assert.equal(exitCode, 2, stderr);
  assert.match(stderr, sentence);
  assert.equal(stderr.trim().split('\n').length, 1, stderr);
}

test('crescendo report makes every report again, byte for byte, and refuses what is no evidence', async (t) => {
  const here = folder(t);
  const end = await crescendo(['run', 'burst', ...SHORT], { folder: here, env: K6 });
  assert.equal(end.exitCode, 0, end.stdout + end.stderr);
  const path = runFolder(here);
  const before = contents(path);
  for (const file of REPORTS) {
    assert.ok((before[file] ?? '').length > 20, file);
    if (file === 'report.md') rmSync(join(path, file));
    else writeFileSync(join(path, file), 'damaged');
  }
  const { exitCode, stdout, stderr } = await crescendo(['report', path], { folder: here });
  assert.equal(exitCode, 0, stderr);
  assert.deepEqual(contents(path), before);
  assert.ok(stdout.includes('PASS     holds 3 sessions'), stdout);
  assertRefused(
    await crescendo(['report', 'nothing'], { folder: here }),
    /^There is nothing at "nothing"\. Give the folder of a run, such as reports\/…-ramp\.$/m,
  );
  await refusals(t, path);
});

async function refusals(t: TestContext, path: string): Promise<void> {
  const here = folder(t);
  const refused = async (change: (copy: string) => void, sentence: RegExp) => {
    rmSync(join(here, 'copy'), { recursive: true, force: true });
    cpSync(path, join(here, 'copy'), { recursive: true });
    change(join(here, 'copy'));
    const before = existsSync(join(here, 'copy')) ? contents(join(here, 'copy')) : {};
    await assert.rejects(readRun(join(here, 'copy'), 'report'), (error) => {
      assert.ok(error instanceof InputError);
      assert.match(error.message.replaceAll(`${here}/`, ''), sentence);
      return !error.message.includes('\n');
    });
    assert.deepEqual(existsSync(join(here, 'copy')) ? contents(join(here, 'copy')) : {}, before);
  };
  const text = readFileSync(join(path, 'summary.json'), 'utf8');
  const summary = JSON.parse(text) as RunSummary;
  const put = (file: string, content: unknown) => (copy: string) =>
    writeFileSync(join(copy, file), typeof content === 'string' ? content : JSON.stringify(content));
  await refused((copy) => rmSync(copy, { recursive: true }), /^There is nothing at "copy"\./);
  const withoutEvidence = (copy: string) =>
    ['summary.json', 'run.json'].forEach((file) => rmSync(join(copy, file)));
  await refused(
    withoutEvidence,
    /^"copy" has no summary\.json, so there is nothing to report: k6 wrote none, or/,
  );
  await refused(put('summary.json', text.slice(0, 5000)), /^copy\/summary\.json is cut or damaged \(/);
  await refused(
    put('summary.json', '{"metrics": {}}'),
    /^copy\/summary\.json is not what Crescendo writes: it must have /,
  );
  await refused(put('summary.json', 'null'), /^copy\/summary\.json is not what Crescendo writes: /);
  await refused(
    put('summary.json', { ...summary, version: 3 }),
    /has version 3 of the summary; this Crescendo reads 2: use Crescendo [\d.]+, which wrote it\.$/,
  );
  await refused(
    put('summary.json', { ...summary, stages: [{}] }),
    /: \/stages\/0 must have required property/,
  );
  await refused(put('verdict.json', '{'), /^copy\/verdict\.json is cut or damaged/);
  await refused(put('run.json', '{"version": 1}'), /^copy\/run\.json is not what Crescendo writes/);
}

test('a summary of plain k6 is evidence enough, and fields of later versions are let be', async (t) => {
  const here = folder(t);
  const { exitCode } = await crescendo(['run', 'burst', ...SHORT, '-e', 'SUMMARY_FILE=own.json'], {
    folder: here,
    env: K6,
  });
  assert.equal(exitCode, 0);
  const plain = join(here, 'plain');
  mkdirSync(plain);
  const summary = JSON.parse(readFileSync(join(here, 'own.json'), 'utf8')) as object;
  writeFileSync(join(plain, 'summary.json'), JSON.stringify({ ...summary, later: true }));
  writeFileSync(join(plain, 'report.html'), 'the page of plain k6');
  const again = await crescendo(['report', 'plain'], { folder: here });
  assert.equal(again.exitCode, 0, again.stderr);
  assert.deepEqual(readdirSync(plain).sort(), [...REPORTS, 'summary.json'].sort());
  assert.equal(again.stderr, 'Replaced in "plain", where it was another file: report.html.\n');
  assert.match(readFileSync(join(plain, 'report.html'), 'utf8'), /^<!doctype html>/i);
  const third = await crescendo(['report', 'plain'], { folder: here });
  assert.deepEqual([third.exitCode, third.stderr], [0, ''], 'nothing was another file');
});

describe('when a run ends badly', () => {
  test('k6 killed in mid-run is INVALID, with what was seen so far', { skip: onLinux }, async (t) => {
    const here = folder(t);
    const { env, pid } = recordingK6(here);
    let killed = false;
    const { exitCode, stdout, stderr } = await crescendo(['run', 'ramp', '--quick'], {
      folder: here,
      env,
      onOutput: (output) => {
        if (killed || !output.includes('[monitor]')) return;
        killed = true;
        process.kill(pid(), 'SIGKILL');
      },
    });
    assert.equal(exitCode, 3, stdout + stderr);
    assert.match(
      stdout,
      /^INVALID {2}k6 wrote no summary and was killed in mid-run: by somebody, or by the/m,
    );
    assert.match(
      stdout,
      /^ seen so far {2}10 sessions started, 0 completed, 0 failed\n invocations {2}\d+ sent, \d+ answered/m,
    );
    assert.match(stdout, /^ generator {4}CPU peak \d+ %, memory \d+ MB$/m);

    const path = runFolder(here);
    const files = readdirSync(path);
    for (const file of [
      'junit.xml',
      'report.md',
      'report.txt',
      'stats_history.csv',
      'timeline.ndjson',
      'generator.json',
    ])
      assert.ok(files.includes(file), file);
    assert.ok(!files.includes('summary.json'));
    assert.equal((json(path, 'verdict.json') as Verdict).result, 'INVALID');
    const run = json(path, 'run.json') as RunRecord;
    assert.deepEqual([run.k6.exitCode, run.exitCode, run.observed?.peakConcurrent], [137, 3, 10]);
    assert.ok(parseTimeline(readFileSync(join(path, 'timeline.ndjson'), 'utf8')).points.length >= 4);
    const before = contents(path);
    const again = await crescendo(['report', path], { folder: here });
    assert.equal(again.exitCode, 0, again.stderr);
    assert.deepEqual(contents(path), before);
  });

  test('a full disk is INVALID, and nothing looks whole', { skip: onLinux }, async (t) => {
    const here = folder(t);
    const full = () => symlinkSync('/dev/full', join(runFolder(here, /^\..*\.partial$/), 'junit.xml'));
    await endsUnkept(here, full, /ENOSPC/);
    const path = runFolder(here, /^\..*\.partial$/);
    assert.equal((json(path, 'summary.json') as { verdict: Verdict }).verdict.result, 'PASS');
  });

  test('a folder that goes away in mid-run is INVALID', { skip: onLinux }, async (t) => {
    const here = folder(t);
    const away = () => renameSync(runFolder(here, /^\..*\.partial$/), join(here, 'away'));
    await endsUnkept(here, away, /ENOENT/);
  });

  test('a report folder that can’t be made is refused before any load', async (t) => {
    const here = folder(t);
    writeFileSync(join(here, 'file'), '');
    const end = await crescendo(['run', 'burst', ...SHORT, '--reports', 'file/reports'], {
      folder: here,
      env: K6,
    });
    assertRefused(
      end,
      /^No report folder can be made in ".*file.reports" \(.*\)\. Give another one with --reports\.$/m,
    );
  });

  test('a SUMMARY_FILE that can’t be written is 3, and the folder is whole', async (t) => {
    const here = folder(t);
    const args = ['run', 'burst', ...SHORT, '-e', 'SUMMARY_FILE=no/such/own.json'];
    const { exitCode, stderr } = await crescendo(args, { folder: here, env: K6 });
    assert.equal(exitCode, 3);
    assert.match(stderr, /^SUMMARY_FILE is "no\/such\/own\.json": it can't be written \(ENOENT/m);
    assert.equal((json(runFolder(here), 'verdict.json') as Verdict).result, 'PASS');
  });
});

/** Runs while `harm` is done to the folder; the run is INVALID and leaves no folder under its own name. */
async function endsUnkept(here: string, harm: () => void, problem: RegExp): Promise<void> {
  let done = false;
  const { exitCode, stdout, stderr } = await crescendo(['run', 'burst', ...SHORT], {
    folder: here,
    env: K6,
    onOutput: (output) => {
      if (done || !output.includes('plan:') || !existsSync(join(here, 'reports'))) return;
      done = true;
      setTimeout(harm, 700);
    },
  });
  assert.equal(exitCode, 3, stdout + stderr);
  assert.match(stdout, /^INVALID {2}the evidence can't be written/m);
  assert.match(stdout, problem);
  assert.match(stdout, /before that it was/);
  assert.deepEqual(
    readdirSync(join(here, 'reports')).filter((file) => file.endsWith('-burst')),
    [],
  );
}

/** A k6 that tells its process id when it runs a script. */
function recordingK6(here: string): { env: Record<string, string>; pid: () => number } {
  const [path, record] = [join(here, 'k6.sh'), join(here, 'pid')];
  writeFileSync(path, `#!/bin/sh\n[ "$1" = run ] && echo $$ > '${record}'\nexec '${k6Path()}' "$@"\n`);
  chmodSync(path, 0o755);
  return { env: { K6: path }, pid: () => Number(readFileSync(record, 'utf8')) };
}
