// Does every command read a run's folder in the same way, and say in one sentence what is missing or damaged?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { isProven } from '../cli/evidence/proof.ts';
import { readRun, type Reader } from '../cli/evidence/runReader.ts';
import { packageVersion } from '../cli/process/packageRoot.ts';
import type { Evidence, Remains } from '../report/derive/evidence.ts';
import { crescendo } from './support/command.ts';
import { folder } from './support/files.ts';
import { cleanEvidence, runRecord } from './support/htmlEvidence.ts';
import { problemsOfAsync } from './support/problems.ts';
import { writeRunFiles } from './support/runFiles.ts';

const GENERATOR = {
  ...{
    cores: 2,
    peakCpu: 0.5,
    averageCpu: 0.4,
    peakMemoryBytes: 1e8,
    peakOpenFiles: null,
    maxOpenFiles: null,
  },
  busySeconds: 0,
  samples: [{ second: 1, seconds: 1, cpu: 0.5, memoryBytes: 1e8, openFiles: 40 }],
};
const RUN_NAME = '2026-11-21T03-10-22Z-ramp';
const READERS: readonly Reader[] = ['verify', 'compare', 'report', 'analyze', 'history'];

/** Writes the folder of a clean run of this Crescendo into `here`. */
function writeRun(here: string, name = RUN_NAME): string {
  const path = join(here, name);
  const run = runRecord({ crescendo: packageVersion() });
  writeRunFiles(path, { ...cleanEvidence(), run }, GENERATOR);
  return path;
}

/** Changes a file of JSON; a field that becomes `undefined` goes. */
function change(path: string, file: string, fields: object): void {
  const value = JSON.parse(readFileSync(join(path, file), 'utf8')) as object;
  writeFileSync(join(path, file), JSON.stringify({ ...value, ...fields }));
}

type Harm = (path: string) => void;

const cut =
  (file: string): Harm =>
  (path) => {
    const text = readFileSync(join(path, file), 'utf8');
    writeFileSync(join(path, file), text.slice(0, text.length / 2));
  };
const without =
  (...files: string[]): Harm =>
  (path) => {
    for (const file of files) rmSync(join(path, file));
  };
const put =
  (file: string, text: string): Harm =>
  (path) =>
    writeFileSync(join(path, file), text);
const set =
  (file: string, fields: object): Harm =>
  (path) =>
    change(path, file, fields);
const asFolder =
  (file: string): Harm =>
  (path) => {
    rmSync(join(path, file));
    mkdirSync(join(path, file));
  };

const CHANGED = 'It was changed, or another program made it: take it from where the run left it.';
const FOREIGN = (file: string, what: string) =>
  `RUN/${file} is not what Crescendo writes: ${what}. ${CHANGED}`;
const NONE = 'k6 wrote none, or it is not the folder of a run.';

/** What is done to a good run, and what each command says of it; one that is not named reads it all the same. */
const HARMS: readonly [what: string, harm: Harm, says: Partial<Record<Reader, string>>][] = [
  ['nothing', () => undefined, {}],
  [
    'no summary',
    without('summary.json'),
    {
      verify: `"RUN" has no summary.json, so there is nothing to verify: ${NONE}`,
      compare: `"RUN" has no summary.json, so there is nothing to compare: ${NONE}`,
    },
  ],
  [
    'neither summary nor verdict',
    without('summary.json', 'verdict.json'),
    {
      verify: `"RUN" has no summary.json, so there is nothing to verify: ${NONE}`,
      compare: `"RUN" has no summary.json, so there is nothing to compare: ${NONE}`,
      report: `"RUN" has no summary.json, so there is nothing to report: ${NONE}`,
      analyze: `"RUN" has no summary.json, so there is nothing to analyze: ${NONE}`,
      history: `"RUN" has no summary.json, so there is nothing to list: ${NONE}`,
    },
  ],
  [
    'no record',
    without('run.json'),
    { history: '"RUN" has no run.json, so there is nothing to list: it is not the folder of a run.' },
  ],
  ['no verdict beside that of the summary', without('verdict.json'), {}],
  ['no record of the generator and of the time', without('generator.json', 'timeline.ndjson'), {}],
  [
    'a summary that is no object',
    put('summary.json', 'null'),
    all(FOREIGN('summary.json', 'it must be object')),
  ],
  [
    'a summary without its verdict',
    set('summary.json', { verdict: undefined }),
    all(FOREIGN('summary.json', "it must have required property 'verdict'")),
  ],
  [
    'a summary with a text for a number',
    set('summary.json', { durationMs: '5' }),
    all(FOREIGN('summary.json', '/durationMs must be number')),
  ],
  [
    'a later summary',
    set('summary.json', { version: 77 }),
    all(
      `RUN/summary.json has version 77 of the summary; this Crescendo reads 2: use Crescendo ${packageVersion()}, which wrote it.`,
    ),
  ],
  [
    'a later summary of a later Crescendo',
    (path) => {
      change(path, 'summary.json', { version: 77 });
      change(path, 'run.json', { crescendo: '9.8.7' });
    },
    all(
      'RUN/summary.json has version 77 of the summary; this Crescendo reads 2: use Crescendo 9.8.7, which wrote it.',
    ),
  ],
  [
    'a later summary of nobody knows whom',
    (path) => {
      change(path, 'summary.json', { version: 77 });
      change(path, 'run.json', { crescendo: '9\u001b[31m' });
    },
    all(
      'RUN/summary.json has version 77 of the summary; this Crescendo reads 2: use the Crescendo that wrote it.',
    ),
  ],
  [
    'a summary of another shape by an earlier Crescendo',
    (path) => {
      change(path, 'summary.json', { stages: [{}] });
      change(path, 'run.json', { crescendo: '0.0.9' });
    },
    all(
      /^RUN\/summary\.json is not what Crescendo writes: \/stages\/0 must have required property '\w+'\. Crescendo 0\.0\.9 wrote it, and this is [\d.]+: use the one that wrote it\.$/
        .source,
    ),
  ],
  [
    'a later record',
    set('run.json', { version: 2 }),
    all(
      `RUN/run.json has version 2 of the run's record; this Crescendo reads 1: use Crescendo ${packageVersion()}, which wrote it.`,
    ),
  ],
  [
    'fields of later versions',
    (path) =>
      ['summary.json', 'run.json', 'verdict.json'].forEach((file) => change(path, file, { later: [1] })),
    {},
  ],
  [
    'a verdict that nobody knows',
    set('verdict.json', { result: 'OK' }),
    all(FOREIGN('verdict.json', '/result must be equal to one of the allowed values')),
  ],
  [
    'a generator without samples',
    set('generator.json', { samples: undefined }),
    { verify: FOREIGN('generator.json', "it must have required property 'samples'") },
  ],
];

function all(says: string): Record<Reader, string> {
  return { verify: says, compare: says, report: says, analyze: says, history: says };
}

/** A pattern, or a sentence as it is. */
function assertSays(said: string, expected: string): void {
  if (expected.startsWith('^')) assert.match(said, new RegExp(expected));
  else assert.equal(said, expected);
}

async function saysOf(path: string, reader: Reader): Promise<string> {
  const said = await problemsOfAsync(() => readRun(path, reader));
  return said.join('\n').replaceAll(path, 'RUN');
}

describe('a folder is read by every command alike', () => {
  for (const [what, harm, says] of HARMS)
    test(what, async (t) => {
      const path = writeRun(folder(t));
      harm(path);
      for (const reader of READERS) assertSays(await saysOf(path, reader), says[reader] ?? '');
    });

  test('each file, cut or no file: by those commands that need it', async (t) => {
    const readers: Record<string, readonly Reader[]> = {
      ...{ 'summary.json': READERS, 'verdict.json': READERS, 'run.json': READERS },
      'generator.json': ['verify'],
    };
    for (const [file, names] of Object.entries(readers))
      for (const reader of READERS) {
        const [half, none] = [writeRun(folder(t)), writeRun(folder(t))];
        cut(file)(half);
        asFolder(file)(none);
        const isRead = names.includes(reader);
        const said = [await saysOf(half, reader), await saysOf(none, reader)].map((text) =>
          text.replace(file, 'FILE'),
        );
        assert.match(
          said[0] ?? '',
          isRead ? /^RUN\/FILE is cut or damaged \(.+\)\. It was changed, [^\n]+\.$/ : /^$/,
        );
        assert.match(said[1] ?? '', isRead ? /^RUN\/FILE can't be read \(EISDIR.+\)\. See [^\n]+\.$/ : /^$/);
      }
  });

  test('nothing there', async (t) => {
    const path = join(folder(t), 'nothing');
    const wanted = 'Give the folder of a run, such as reports/…-ramp';
    for (const reader of READERS) {
      const more = reader === 'verify' || reader === 'compare' ? ', or its summary.json' : '';
      assert.equal(await saysOf(path, reader), `There is nothing at "RUN". ${wanted}${more}.`);
    }
  });
});

describe('what is read', () => {
  test('is all that the files hold, for verify', async (t) => {
    const run = await readRun(writeRun(folder(t)), 'verify');
    assert.deepEqual(Object.keys(run), ['summary', 'verdict', 'run', 'timeline', 'generator']);
    assert.deepEqual([run.run?.seed, run.generator?.cores, run.verdict.result], [1, 2, 'PASS']);
    assert.equal(run.timeline, cleanEvidence().timeline);
  });

  test('is the verdict of the summary where there is no other', async (t) => {
    const path = writeRun(folder(t));
    change(path, 'verdict.json', { sentence: 'its own' });
    assert.equal((await readRun(path, 'report')).verdict.sentence, 'its own');
    without('verdict.json')(path);
    assert.equal((await readRun(path, 'report')).verdict.sentence, cleanEvidence().verdict.sentence);
  });

  test('is a summary alone, under any name, for verify and compare only', async (t) => {
    const path = writeRun(folder(t));
    const file = join(path, 'own.json');
    renameSync(join(path, 'summary.json'), file);
    for (const reader of ['verify', 'compare'] as const)
      assert.deepEqual(Object.keys(await readRun(file, reader)), ['summary', 'verdict']);
    for (const reader of ['report', 'analyze', 'history'] as const)
      assert.match(await saysOf(file, reader), /^"RUN" is a file\. Give the folder of a run, [^\n]+ramp\.$/);
  });
});

/** Reports with a good run and one that is harmed. */
function twoRuns(t: TestContext, harm: Harm): { here: string; good: string; harmed: string } {
  const here = folder(t);
  const good = writeRun(join(here, 'reports'));
  const harmed = join(here, 'reports', '2026-11-22T03-10-22Z-ramp');
  cpSync(good, harmed, { recursive: true });
  harm(harmed);
  return { here, good, harmed };
}

describe('the commands', () => {
  test('verify, compare and report end with 2 and the sentence', async (t) => {
    const { here, good, harmed } = twoRuns(t, set('summary.json', { version: 3 }));
    for (const args of [
      ['verify', harmed],
      ['compare', good, harmed],
      ['report', harmed],
    ]) {
      const { exitCode, stdout, stderr } = await crescendo(args, { folder: here });
      assert.deepEqual([exitCode, stdout], [2, ''], args.join(' '));
      assert.match(
        stderr,
        /^\S+summary\.json has version 3 of the summary; this Crescendo reads 2: [^\n]+\n$/,
      );
    }
  });

  test('history lists the others and says why it left one out', async (t) => {
    const { here, good, harmed } = twoRuns(t, set('summary.json', { version: 3 }));
    cpSync(harmed, `${harmed}-2`, { recursive: true });
    const { exitCode, stdout, stderr } = await crescendo(['history', '--json'], { folder: here });
    assert.equal(exitCode, 0, stderr);
    const runs = JSON.parse(stdout) as { folder: string }[];
    assert.deepEqual(
      runs.map((run) => run.folder),
      [basename(good)],
    );
    assert.match(
      stderr,
      /^Left out: reports\/2026-11-22T03-10-22Z-ramp\/summary\.json has version 3 of the summary; [^\n]+ 1 more run can't be listed either\.\n$/,
    );
  });

  test('verify names the Crescendo that wrote what it does not find proven', async (t) => {
    const harm: Harm = (path) => {
      change(path, 'verdict.json', { holds: 999 });
      change(path, 'run.json', { crescendo: '0.0.9' });
    };
    const { here, harmed } = twoRuns(t, harm);
    const { exitCode, stdout } = await crescendo(['verify', harmed], { folder: here });
    assert.equal(exitCode, 3, stdout);
    assert.match(
      stdout,
      /^Crescendo 0\.0\.9 wrote this evidence, and to [\d.]+ it does not prove its verdict \(PASS\): .*verdict.*\. Verify it with 0\.0\.9\.$/m,
    );
  });
});

describe('a run that has just ended', () => {
  const proof = async (t: TestContext, harm: Harm, evidence: Evidence | Remains = cleanEvidence()) => {
    const path = writeRun(folder(t));
    harm(path);
    let told = '';
    const write = t.mock.method(process.stderr, 'write', (part: string) => {
      told += part;
      return true;
    });
    const proven = await isProven(path, evidence);
    write.mock.restore();
    return { proven, told: told.replaceAll(path, 'RUN') };
  };

  test('has not proved its verdict when its files say something else, or can not be read', async (t) => {
    const other = await proof(t, set('verdict.json', { holds: 999 }));
    assert.equal(other.proven, false);
    assert.match(
      other.told,
      /^The evidence does not prove the verdict: verdict: verdict\.json: holds .+\.$/m,
    );
    const { proven, told } = await proof(t, cut('run.json'));
    assert.equal(proven, false);
    assert.match(
      told,
      /^The evidence does not prove the verdict: RUN\/run\.json is cut or damaged [^\n]+\n$/,
    );
  });

  test('has nothing to prove when it is INVALID or has no summary', async (t) => {
    const { verdict, ...clean } = cleanEvidence();
    const invalid = { ...clean, verdict: { ...verdict, result: 'INVALID' as const } };
    for (const evidence of [invalid, { verdict }])
      assert.deepEqual(await proof(t, cut('run.json'), evidence), { proven: true, told: '' });
  });
});
