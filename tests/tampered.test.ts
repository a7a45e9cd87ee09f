// Is evidence that somebody changed, cut, mixed or kept too long refused by verify and compare, each with its sentence?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readRun } from '../cli/evidence/runReader.ts';
import { verifyEvidence } from '../report/verify/verify.ts';
import { crescendo, type CommandEnd } from './support/command.ts';
import { problemsOfAsync } from './support/problems.ts';

const scratch = mkdtempSync(join(tmpdir(), 'crescendo-test-'));
let good = '';
let other = '';

/** Two stages of 3 s against the reference target. */
const SETTINGS = [
  'RAMP_START_SESSIONS=3',
  'RAMP_INCREMENT=3',
  'RAMP_MAX_SESSIONS=6',
  'RAMP_INTERVAL_SECONDS=3',
  'QUESTIONS=MED1060:2',
].flatMap((setting) => ['-e', setting]);

before(async () => {
  for (const [reports, seed] of [
    ['reports', '1'],
    ['others', '2'],
  ] as const) {
    const args = ['run', 'ramp', '--reports', reports, ...SETTINGS, '-e', `SEED=${seed}`];
    const end = await crescendo(args, { folder: scratch });
    assert.equal(end.exitCode, 0, end.stdout + end.stderr);
  }
  const first = (reports: string) =>
    join(scratch, reports, readdirSync(join(scratch, reports)).find((name) => name.endsWith('ramp')) ?? '');
  [good, other] = [first('reports'), first('others')];
});

after(() => rmSync(scratch, { recursive: true, force: true }));

type Json = Record<string, never>;

/** A copy of the good run. */
function copy(): string {
  const folder = join(mkdtempSync(join(scratch, 'copy-')), 'changed');
  cpSync(good, folder, { recursive: true });
  return folder;
}

/** The copy with one file changed. */
function edited(file: string, edit: (text: string) => string): string {
  const folder = copy();
  const text = readFileSync(join(folder, file), 'utf8');
  const changed = edit(text);
  assert.notEqual(changed, text, `${file} is as it was`);
  writeFileSync(join(folder, file), changed);
  return folder;
}

/** The same, of a file of JSON. */
function rewritten(file: string, change: (value: never) => void): string {
  return edited(file, (text) => {
    const value = JSON.parse(text) as never;
    change(value);
    return JSON.stringify(value, null, 1);
  });
}

const command = (...args: string[]): Promise<CommandEnd> => crescendo(args, { folder: scratch });

interface Summary {
  version: number;
  durationMs: number;
  cutShort: boolean;
  requiredSessions: number | null;
  stages: { state: string; limits: unknown[] }[];
  limits: { bound: number; expression: string }[];
  plan: { end: number; stages: { sessions: number; end: number }[] };
  ledger: { balanced: boolean }[];
  failures: unknown[];
  metrics: Record<string, Record<string, number>>;
  subMetrics: Record<string, Record<string, number>>;
  observed: Record<string, number>;
}

/** What changed, in which file, and the check that notices. */
const CHANGES: [what: string, check: RegExp, folder: () => string][] = [
  [
    'a stage was taken out',
    /summary/,
    () => rewritten('summary.json', ({ stages }: Summary) => void stages.pop()),
  ],
  [
    'a limit was taken out',
    /summary|plan/,
    () => rewritten('summary.json', ({ limits }: Summary) => void limits.pop()),
  ],
  [
    'a limit was widened, in its figure and in its text',
    /summary|plan/,
    () =>
      edited('summary.json', (text) =>
        text.replaceAll('p(95)<5000', 'p(95)<9000').replaceAll(/"bound": 5000\b/g, '"bound": 9000'),
      ),
  ],
  [
    'a stage became one that held',
    /summary/,
    () =>
      rewritten(
        'summary.json',
        ({ stages: [stage] }: Summary) => void Object.assign(stage ?? {}, { state: 'not measured' }),
      ),
  ],
  [
    'the plan got another number of sessions',
    /plan/,
    () =>
      rewritten(
        'summary.json',
        ({ plan }: Summary) => void Object.assign(plan.stages[1] ?? {}, { sessions: 60 }),
      ),
  ],
  [
    'the run became longer',
    /summary|values|run/,
    () => rewritten('summary.json', (summary: Summary) => void (summary.durationMs += 60_000)),
  ],
  [
    'the run became one that was cut',
    /summary/,
    () => rewritten('summary.json', (summary: Summary) => void (summary.cutShort = true)),
  ],
  [
    'fewer sessions were required',
    /summary|verdict/,
    () => rewritten('summary.json', (summary: Summary) => void (summary.requiredSessions = 3)),
  ],
  [
    'a counter of k6 went with its own rate',
    /buckets|ledger|summary/,
    () =>
      rewritten('summary.json', ({ metrics }: Summary) => {
        const { sessions_completed: completed } = metrics;
        const { count = NaN, rate = NaN } = completed ?? {};
        metrics['sessions_completed'] = { count: count + 1, rate: (rate / count) * (count + 1) };
      }),
  ],
  [
    'a metric of k6 was taken out',
    /summary|samples|buckets/,
    () =>
      rewritten(
        'summary.json',
        ({ metrics }: Summary) => void Reflect.deleteProperty(metrics, 'answer_latency'),
      ),
  ],
  [
    'the metrics of a stage were taken out',
    /summary|stages/,
    () =>
      rewritten('summary.json', ({ subMetrics }: Summary) => {
        for (const name of Object.keys(subMetrics))
          if (name.includes('{stage:2}')) Reflect.deleteProperty(subMetrics, name);
      }),
  ],
  [
    'the ledger lost a line',
    /summary/,
    () => rewritten('summary.json', ({ ledger }: Summary) => void ledger.pop()),
  ],
  [
    'a failure was added',
    /summary|classes/,
    () =>
      rewritten('summary.json', ({ failures }: Summary) => {
        failures.push({ phase: 'answer', reason: 'reset', title: 'x', why: 'y', count: 1, sessions: 1 });
      }),
  ],
  [
    'what the observer saw is another figure',
    /generator/,
    () => rewritten('summary.json', ({ observed }: Summary) => void (observed['peakMemoryBytes'] = 1)),
  ],
  ['the result', /verdict/, () => edited('verdict.json', (text) => text.replace('"PASS"', '"FAIL"'))],
  ['the sentence', /verdict/, () => edited('verdict.json', (text) => text.replace('holds 6', 'holds 600'))],
  [
    'what holds',
    /verdict/,
    () => edited('verdict.json', (text) => text.replace('"holds": 6', '"holds": 600')),
  ],
  [
    'a reason was added',
    /verdict/,
    () => rewritten('verdict.json', ({ reasons }: { reasons: string[] }) => void reasons.push('why not')),
  ],
  [
    'a stage that broke was added',
    /verdict/,
    () =>
      rewritten(
        'verdict.json',
        (verdict: Json) =>
          void Object.assign(verdict, { breaks: { stage: 2, level: 6, binding: true, limits: [] } }),
      ),
  ],
  [
    'the script',
    /run/,
    () => rewritten('run.json', (run: Json) => void Object.assign(run, { script: 'burst' })),
  ],
  [
    'the result of run.json',
    /run/,
    () => rewritten('run.json', (run: Json) => void Object.assign(run, { result: 'FAIL', exitCode: 99 })),
  ],
  [
    'the exit code',
    /run/,
    () => rewritten('run.json', (run: Json) => void Object.assign(run, { exitCode: 99 })),
  ],
  ['the seed', /run/, () => rewritten('run.json', (run: { seed: number }) => void (run.seed += 1))],
  [
    "k6's exit code",
    /run/,
    () => rewritten('run.json', ({ k6 }: { k6: { exitCode: number } }) => void (k6.exitCode = 99)),
  ],
  [
    'the end',
    /run/,
    () =>
      rewritten(
        'run.json',
        (run: { startedAt: string; endedAt: string }) => void (run.endedAt = run.startedAt),
      ),
  ],
  [
    "the back end's own counts",
    /target/,
    () =>
      edited('run.json', (text) =>
        text.replace(
          /"(questions\w*|messages\w*|sessions\w*)": ([1-9]\d*)/,
          (_, name, count) => `"${name}": ${Number(count) + 5}`,
        ),
      ),
  ],
  [
    'the greatest CPU',
    /generator/,
    () => rewritten('generator.json', (generator: { peakCpu: number }) => void (generator.peakCpu /= 2)),
  ],
  [
    'the cores',
    /generator/,
    () => rewritten('generator.json', (generator: { cores: number }) => void (generator.cores += 1)),
  ],
  [
    'the busy seconds',
    /generator/,
    () =>
      rewritten('generator.json', (generator: { busySeconds: number }) => void (generator.busySeconds = 60)),
  ],
  [
    'a sample used more memory than the greatest',
    /generator/,
    () =>
      rewritten('generator.json', ({ samples }: { samples: { memoryBytes: number }[] }) => {
        assert.ok(samples[0], 'there is no sample');
        samples[0].memoryBytes *= 100;
      }),
  ],
  [
    'the sample with the greatest CPU was taken out',
    /generator/,
    () =>
      rewritten('generator.json', (generator: { peakCpu: number; samples: { cpu: number }[] }) => {
        generator.samples = generator.samples.filter(({ cpu }) => cpu !== generator.peakCpu);
      }),
  ],
  [
    'the record is that of another run',
    /timeline/,
    () => edited('timeline.ndjson', () => readFileSync(join(other, 'timeline.ndjson'), 'utf8')),
  ],
  ['the record is empty', /timeline/, () => edited('timeline.ndjson', () => '')],
  [
    'the record was cut in the middle',
    /timeline/,
    () => edited('timeline.ndjson', (text) => text.slice(0, text.length / 2)),
  ],
  [
    'the last values of the record are those of the beginning',
    /timeline/,
    () =>
      edited('timeline.ndjson', (text) => {
        const lines = text.split('\n');
        const totals = lines.flatMap((line, index) =>
          line.startsWith('{"event":"cumulative"') ? [index] : [],
        );
        const [first, last] = [lines[totals[0] ?? 0] ?? '', totals.at(-1) ?? 0];
        return lines.with(last, first).join('\n');
      }),
  ],
];

describe('verify notices that', { concurrency: false }, () => {
  for (const [what, check, folder] of CHANGES)
    test(what, async () => {
      const found = verifyEvidence(await readRun(folder(), 'verify'));
      assert.notDeepEqual(found, [], 'nothing was noticed');
      assert.match(found.join('\n'), new RegExp(`^(${check.source}): `, 'm'));
    });
  test('each file is that of another run', async () => {
    for (const file of ['verdict.json', 'run.json', 'generator.json', 'summary.json']) {
      const folder = copy();
      const mine = readFileSync(join(folder, file), 'utf8');
      const theirs = readFileSync(join(other, file), 'utf8');
      writeFileSync(join(folder, file), theirs);
      const found = verifyEvidence(await readRun(folder, 'verify'));
      // Two good runs may have the same verdict; everything else tells them apart.
      if (mine !== theirs) assert.notDeepEqual(found, [], file);
    }
  });
  test('nothing of those that were left as they are', async () => {
    for (const folder of [good, other]) assert.deepEqual(verifyEvidence(await readRun(folder, 'verify')), []);
  });
});

test('the command ends with 3 and names each check that fails, for each file', async () => {
  for (const [what, file, check, edit] of [
    ['verdict', 'verdict.json', 'verdict', (text: string) => text.replace('"PASS"', '"FAIL"')],
    ['seed', 'run.json', 'run', (text: string) => text.replace(/"seed": \d+/, '"seed": 99')],
    ['cores', 'generator.json', 'generator', (text: string) => text.replace(/"cores": \d+/, '"cores": 99')],
    ['record', 'timeline.ndjson', 'timeline', (text: string) => text.slice(0, text.length / 2)],
    ['sessions', 'summary.json', 'summary', (text: string) => text.replace(/"began": \d+/, '"began": 1')],
  ] as const) {
    const { exitCode, stdout, stderr } = await command('verify', edited(file, edit));
    assert.equal(exitCode, 3, `${what}: ${stdout}${stderr}`);
    assert.match(stdout, new RegExp(`^ ✗ ${check} `, 'm'));
    assert.match(stdout, /^The evidence does not prove its verdict \(\w+\): /m);
  }
});

describe('a summary that is not whole', () => {
  test('cut anywhere is one sentence, and no evidence', async () => {
    const { length } = readFileSync(join(good, 'summary.json'), 'utf8');
    for (const share of [0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99]) {
      const folder = edited('summary.json', (text) => text.slice(0, length * share));
      const told = await problemsOfAsync(() => readRun(folder, 'verify'));
      assert.equal(told.length, 1, `cut at ${share}`);
      assert.match(told[0] ?? '', /summary\.json is cut or damaged \(.*\)\. It was changed, .*\.$/);
    }
  });
  test('cut in the middle: verify and compare end with 2', async () => {
    const cut = edited('summary.json', (text) => text.slice(0, text.length / 2));
    for (const args of [
      ['verify', cut],
      ['compare', good, cut],
      ['compare', cut, good],
    ]) {
      const { exitCode, stdout, stderr } = await command(...args);
      assert.deepEqual([exitCode, stdout], [2, ''], args.join(' '));
      assert.match(stderr, /^\S+summary\.json is cut or damaged [^\n]*\n$/);
    }
  });
  test('of another version: verify, compare and report end with 2 and speak of the version', async () => {
    const later = rewritten('summary.json', (summary: Summary) => void (summary.version = 7));
    for (const args of [
      ['verify', later],
      ['compare', good, later],
      ['compare', later, good],
      ['report', later],
    ]) {
      const { exitCode, stdout, stderr } = await command(...args);
      assert.deepEqual([exitCode, stdout], [2, ''], args.join(' '));
      assert.match(
        stderr,
        /^\S+summary\.json has version 7 of the summary; this Crescendo reads 2: use Crescendo [\d.]+, which wrote it\.\n$/,
      );
    }
  });
  test('the other files cut in the middle: one sentence that says so, exit 2', async () => {
    for (const file of ['verdict.json', 'run.json', 'generator.json']) {
      const cut = edited(file, (text) => text.slice(0, text.length / 2));
      const { exitCode, stderr } = await command('verify', cut);
      assert.equal(exitCode, 2, file);
      assert.match(stderr, new RegExp(`^\\S+/${file} is cut or damaged \\(.*\\.\n$`), file);
    }
  });
});
