// Does verify believe a good run and notice each of its numbers when it is changed, and does compare end as it says?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readRun } from '../cli/evidence/runReader.ts';
import { verifyEvidence } from '../report/verify/verify.ts';
import { crescendo, type CommandEnd } from './support/command.ts';

/** Two stages of 3 s, with the reference target; the machine may be busy. */
const RUN = ['RAMP_START_SESSIONS=8', 'RAMP_INCREMENT=8', 'RAMP_MAX_SESSIONS=16', 'RAMP_INTERVAL_SECONDS=3'];
const REST = ['QUESTIONS=MED1060:2', 'GENERATOR_LAG_LIMIT_MS=100000'];

const scratch = mkdtempSync(join(tmpdir(), 'crescendo-test-'));
let good = '';

before(async () => {
  const settings = [...RUN, ...REST].flatMap((setting) => ['-e', setting]);
  const end = await crescendo(['run', 'ramp', ...settings], { folder: scratch });
  assert.equal(end.exitCode, 0, end.stdout + end.stderr);
  const [name = ''] = readdirSync(join(scratch, 'reports'));
  good = join(scratch, 'reports', name);
});

after(() => rmSync(scratch, { recursive: true, force: true }));

/** A copy of the good run with one text replaced in a file. */
function changed(file: string, from: RegExp, to: string): string {
  const copy = join(mkdtempSync(join(scratch, 'copy-')), 'changed');
  cpSync(good, copy, { recursive: true });
  const text = readFileSync(join(copy, file), 'utf8');
  assert.match(text, from);
  writeFileSync(join(copy, file), text.replace(from, to));
  return copy;
}

function command(...args: string[]): Promise<CommandEnd> {
  return crescendo(args, { folder: scratch });
}

/** Numbers that may change unnoticed, and why. */
const UNNOTICED: readonly [path: RegExp, why: string][] = [
  [/^summary\.vocabulary\./, 'the words of the system, which a run can not contradict'],
  [/^summary\.settings\./, 'what was asked for counts nothing; the plan that is made of it is checked'],
  [/^summary\.metrics\.\w+\.p\([\d.]+\)$/, 'points of the grid that nothing else tells: they must rise'],
  [/^summary\.metrics\.vus(_max)?\.(min|max)$/, 'what the gauge was between two looks'],
  [/^summary\.subMetrics\.socket_connect_duration\{/, 'all but the count and what is limited, p95'],
  [/^summary\.observed\.peakConcurrent$/, 'nobody else looked; it is at most the planned sessions'],
  [/^stats\.(peak|bytesReceived|bytesSent|uptimeSeconds)$/, 'only bounds are known of them'],
  [/^stats\.(memory_\w+_bytes|sockets_open)$/, 'what the process was at the end'],
  [/^stats\.health\./, 'whoever checks a target asks for it'],
];
const NOTICED = /^summary\.metrics\.\w+\.p\((50|90|95|99)\)$|\{stage:\d+\}\.(count|p\(95\))$/;

const CHANGES = [
  (value: number) => value + 1,
  (value: number) => value - 1,
  (value: number) => value * 2,
  () => 0,
];

type Node = Record<string, unknown>;

/** Calls `visit` for each number below `node`, with where it stands. */
function eachNumber(
  node: Node,
  path: string,
  visit: (parent: Node, key: string, path: string) => void,
): void {
  for (const [key, value] of Object.entries(node)) {
    if (typeof value === 'number') visit(node, key, `${path}.${key}`);
    else if (typeof value === 'object' && value !== null) eachNumber(value as Node, `${path}.${key}`, visit);
  }
}

describe('verify', () => {
  test('believes a good run', async () => {
    const { exitCode, stdout, stderr } = await command('verify', good);
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, /The evidence proves its verdict: PASS\./);
    assert.equal(stdout.match(/✓/g)?.length, 14, stdout);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
  });

  test('notices every number that is changed, but for a short list', async () => {
    const evidence = await readRun(good, 'verify');
    const missed: string[] = [];
    let count = 0;
    const tamper = (parent: Node, key: string, path: string) => {
      const value = parent[key] as number;
      for (const change of CHANGES) {
        const other = change(value);
        if (other === value) continue;
        count++;
        parent[key] = other;
        const isKnown = UNNOTICED.some(([pattern]) => pattern.test(path)) && !NOTICED.test(path);
        if (!isKnown && verifyEvidence(evidence).length === 0) missed.push(`${path}: ${value} → ${other}`);
      }
      parent[key] = value;
    };
    const { summary, verdict, run } = evidence;
    eachNumber(summary as unknown as Node, 'summary', tamper);
    eachNumber(verdict as unknown as Node, 'verdict', tamper);
    eachNumber(run?.target.stats as Node, 'stats', tamper);
    assert.deepEqual(missed, []);
    assert.deepEqual(verifyEvidence(evidence), []);
    assert.ok(count > 3000, `only ${count} changes were tried`);
  });

  test('tells what does not hold, exit 3', async () => {
    const better = changed('verdict.json', /"holds": 16/, '"holds": 160');
    const { exitCode, stdout } = await command('verify', better);
    assert.equal(exitCode, 3);
    assert.match(stdout, /✗ verdict .*\n +verdict\.json: holds does not follow from the summary/);
    assert.match(stdout, /does not prove its verdict \(PASS\): verdict\.$/m);
    assert.doesNotMatch(stdout, /wrote/);
    const older = changed('run.json', /"crescendo": "[\d.]+"/, '"crescendo": "0.0.9"');
    writeFileSync(
      join(older, 'verdict.json'),
      readFileSync(join(older, 'verdict.json'), 'utf8').replace('"holds": 16', '"holds": 160'),
    );
    assert.match(
      (await command('verify', older)).stdout,
      /^Crescendo 0\.0\.9 wrote this evidence, and to [\d.]+ it does not prove its verdict \(PASS\): verdict\. Verify it with 0\.0\.9\.$/m,
    );
    const passed = changed('run.json', /"exitCode": 0\s*\}\s*$/, '"exitCode": 99 }');
    assert.equal((await command('verify', passed)).exitCode, 3);
  });

  test('without evidence: one sentence, exit 2', async () => {
    const empty = await command('verify', mkdtempSync(join(scratch, 'empty-')));
    assert.equal(empty.exitCode, 2);
    assert.match(empty.stderr, /has no summary\.json, so there is nothing to verify/);
    assert.match((await command('verify', 'nowhere')).stderr, /^There is nothing at "nowhere"\./);
    const cut = changed('summary.json', /[^]{200}$/, '');
    const { exitCode, stderr } = await command('verify', cut);
    assert.equal(exitCode, 2);
    assert.match(stderr, /is cut or damaged/);
  });

  test('a summary.json alone is verified as far as it goes', async () => {
    const { exitCode, stdout, stderr } = await command('verify', join(good, 'summary.json'));
    assert.equal(exitCode, 0, stdout + stderr);
    assert.match(stdout, / - timeline {3}there is no timeline\.ndjson/);
  });
});

describe('compare', () => {
  test('a run with itself: same, exit 0, and all files', async () => {
    const { exitCode, stdout, stderr } = await command(
      ...['compare', good, good, '--markdown', 'c.md', '--json', 'c.json', '--junit', 'c.xml'],
    );
    assert.equal(exitCode, 0, stdout + stderr);
    for (const line of stdout.split('\n')) assert.ok(line.length <= 80, line);
    const read = (file: string) => readFileSync(join(scratch, file), 'utf8');
    assert.match(read('c.md'), /^## ✅ same/);
    const { verdict } = JSON.parse(read('c.json')) as { verdict: string };
    assert.equal(verdict, 'same');
    assert.match(read('c.xml'), /<testsuite name="ramp: stage 2" tests="9" failures="0"/);
  });

  test('a run with more failures: worse, exit 99', async () => {
    const stage = /("question": \{[^{}]*"success": \{)\s*"rate": 1,\s*"samples": \d+/;
    const worse = changed('summary.json', stage, '$1"rate": 0.2, "samples": 50');
    const { exitCode, stdout } = await command(
      'compare',
      good,
      good,
      worse,
      '--tolerance',
      'answer_success=1pp',
    );
    assert.equal(exitCode, 99, stdout);
    assert.match(stdout, /answer success +100 % +20 % +-80 pp +1 % {2}✗ worse/);
  });

  test('unlike runs: exit 2, unless forced', async () => {
    const other = changed('summary.json', /"questions": "MED1060:2"/, '"questions": "MED1060:3"');
    const { exitCode, stderr } = await command('compare', good, other);
    assert.equal(exitCode, 2);
    assert.match(stderr, /differ in the setting questions: MED1060:2 and MED1060:3\./);
    assert.equal((await command('compare', good, other, '--force')).exitCode, 0);
    assert.equal((await command('compare', good)).exitCode, 2);
  });

  test('summaries of earlier versions do not say what shapes the load, but the address never does', async () => {
    const pattern = /"websocketBaseUrl": "[^"]+"([^]*?)"shapingSettings": \[[^\]]*\],/;
    const older = changed('summary.json', pattern, '"websocketBaseUrl": "ws://elsewhere"$1');
    const { exitCode, stdout, stderr } = await command('compare', older, older);
    assert.equal(exitCode, 0, stdout + stderr);
    const withNow = await command('compare', older, good);
    assert.equal(withNow.exitCode, 0, withNow.stdout + withNow.stderr);
  });

  test('a run by its name', async () => {
    assert.equal((await command('history', '--name', 'main')).exitCode, 0);
    const { exitCode, stdout, stderr } = await command('compare', 'main', good);
    assert.equal(exitCode, 0, stderr);
    assert.match(stdout, /^ same: no figure changed/m);
    const unknown = await command('compare', 'mian', good);
    assert.deepEqual([unknown.exitCode, unknown.stdout], [2, '']);
    assert.match(unknown.stderr, /^There is no run "mian": .+ Did you mean main\?$/m);
  });

  test('a run that is INVALID: exit 3', async () => {
    const invalid = changed('verdict.json', /"result": "PASS"/, '"result": "INVALID"');
    const { exitCode, stdout } = await command('compare', good, invalid);
    assert.equal(exitCode, 3);
    assert.match(stdout, /can't tell: changed is INVALID/);
  });
});
