// Would GitHub and GitLab take the examples of deploy/ci, does all that they call exist, and do their steps do what they say?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { ownBuildPath } from '../cli/k6/goBuild.ts';
import { packageRoot } from '../cli/process/packageRoot.ts';
import { SETTING_NAMES } from '../cli/setup/knownSettings.ts';
import { actionlint, actionlintUnavailable } from './ci/actionlint.ts';
import {
  commandLines,
  GITHUB,
  GITLAB,
  gitlabScripts,
  SHELL,
  stepCalled,
  steps,
  SUMMARY,
  workflow,
} from './ci/examples.ts';
import { gitlabJobs } from './ci/gitlabJobs.ts';
import { CiMachine, shellUnavailable } from './ci/stepRunner.ts';
import { workflowProblems } from './ci/workflowProblems.ts';
import { ROOT } from './support/bundle.ts';
import { crescendo } from './support/command.ts';
import { k6Path } from './support/k6.ts';
import { readPage } from './support/markdownPage.ts';
import { quickTarget, settingsFor } from './support/target.ts';

/** A change of an example; the text must be there once. */
function changed(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, `"${from}" must be there once`);
  return text.replace(from, to);
}

/** Mistakes in github.yml, and what must be said of each. */
const MISTAKES: [from: string, to: string, actionlint: RegExp, schema: RegExp | undefined][] = [
  [
    '    timeout-minutes: 45',
    '    timeout-minutez: 45',
    /unexpected key "timeout-minutez"/,
    /Unexpected value/,
  ],
  ['  pull-requests: write', '  pull-request: write', /unknown permission scope/, /Unexpected value/],
  ['actions/setup-node@v6', 'actions/setup-node', /specifying action "actions\/setup-node"/, undefined],
  ['          cache: npm', '          cash: npm', /input "cash" is not defined/, undefined],
  ['      - id: k6', '      - id: k7', /property "k6" is not defined/, undefined],
  ['!cancelled()', '!canceled()', /undefined function "canceled"/, /Unrecognized function/],
];

describe('github.yml', () => {
  const skip = actionlintUnavailable();

  test('actionlint has nothing to say of it', { skip }, () => assert.equal(actionlint(GITHUB), ''));

  test('nor has the parser of GitHub', async () => assert.deepEqual(await workflowProblems(GITHUB), []));

  for (const [from, to, ofActionlint, ofSchema] of MISTAKES) {
    test(`actionlint sees "${to.trim()}"`, { skip }, () =>
      assert.match(actionlint(changed(GITHUB, from, to)), ofActionlint),
    );
    if (ofSchema === undefined) continue;
    test(`the parser sees "${to.trim()}"`, async () =>
      assert.match((await workflowProblems(changed(GITHUB, from, to))).join('\n'), ofSchema));
  }

  test('it may read, and comment on pull requests, and nothing else', () =>
    assert.deepEqual(workflow.permissions, { contents: 'read', actions: 'read', 'pull-requests': 'write' }));

  test('actions are those of GitHub, of a major version', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    assert.ok(used.length > 4, used.join());
    for (const action of used) assert.match(action, /^actions\/[\w-]+(\/[\w-]+)?@v\d+$/);
  });

  test('no text of a stranger gets into shell', () => {
    for (const { name = '', run = '' } of steps) assert.ok(!run.includes('${{'), name);
  });

  test('summary, reports and comment are made whatever the runs came to', () => {
    for (const name of ['Baseline', 'Summary', 'Reports', 'Comment'])
      assert.match(stepCalled(name).if ?? '', /^always\(\)/, name);
    for (const name of ['Ramp', 'Assistant suite'])
      assert.ok(!('continue-on-error' in stepCalled(name)), `${name} must fail the job`);
    assert.match(stepCalled('Assistant suite').if ?? '', /!cancelled\(\)/);
  });

  test('a fork, whose token may not comment, is not asked to, and a comment that fails is no failure', () => {
    const { if: condition = '', ...comment } = stepCalled('Comment');
    assert.match(condition, /head\.repo\.full_name == github\.repository$/);
    assert.equal(comment['continue-on-error'], true);
  });
});

describe('gitlab.yml', () => {
  const both = ['k6', 'load'];

  test("GitLab's schema takes it: a merge request and the default branch have both jobs", (t) => {
    assert.deepEqual(
      gitlabJobs(t, GITLAB, { CI_PIPELINE_SOURCE: 'merge_request_event', CI_COMMIT_BRANCH: '' }),
      both,
    );
    assert.deepEqual(gitlabJobs(t, GITLAB, { CI_COMMIT_BRANCH: 'main' }), both);
  });

  test('another branch has none', (t) =>
    assert.deepEqual(gitlabJobs(t, GITLAB, { CI_COMMIT_BRANCH: 'other' }), []));

  for (const [from, to, said] of [
    ['    when: always', '    wen: always', /'wen' property is not expected/],
    ['    expire_in: 30 days', '    expire_in: [30]', /'expire_in'|must be string/],
    ['    policy: $BASELINE', '    policy: sometimes', /policy/],
    ['  needs: [k6]', '  needs: [k7]', /k7/],
  ] as const)
    test(`it does not take "${to.trim()}"`, (t) =>
      assert.throws(() => gitlabJobs(t, changed(GITLAB, from, to), { CI_COMMIT_BRANCH: 'main' }), said));
});

describe('what they call', () => {
  /** The options of a command by its own help, and whether each takes a value; throws when there is no such command. */
  function optionsOf(command: string): Map<string, boolean> {
    const program = join(ROOT, 'dist', 'cli', 'crescendo.js');
    const { status, stdout } = spawnSync(process.execPath, [program, 'help', command], { encoding: 'utf8' });
    assert.equal(status, 0, `there is no command "${command}"`);
    const options = stdout.matchAll(/^ {2}(?:(-\w), )?(--[\w-]+)( <)?/gm);
    return new Map(
      [...options].flatMap(([, short, long = '', value]): [string, boolean][] => [
        [long, value !== undefined],
        ...(short === undefined ? [] : [[short, value !== undefined] as [string, boolean]]),
      ]),
    );
  }

  /** What a command is given besides options; throws for an option that it does not have. */
  function checked([command = '', ...words]: readonly string[]): string[] {
    const options = optionsOf(command);
    const given: string[] = [];
    for (let at = 0; at < words.length; at++) {
      const word = words[at] ?? '';
      if (!word.startsWith('-')) {
        given.push(word);
        continue;
      }
      assert.ok(options.has(word), `crescendo ${command} has no option ${word}`);
      if (options.get(word) === true) assertSetting(word, words[++at]);
    }
    return given;
  }

  function assertSetting(option: string, value = ''): void {
    assert.notEqual(value, '', `${option} lacks its value`);
    const [name = ''] = value.split('=');
    if (option === '-e' || option === '--env') assert.ok(SETTING_NAMES.includes(name), value);
  }

  function assertCommand(words: readonly string[]): void {
    const [command = ''] = words;
    const given = checked(words);
    if (command === 'run')
      assert.ok(existsSync(join(ROOT, 'scripts', `${given[0] ?? ''}.ts`)), words.join(' '));
    if (command === 'suite')
      assert.ok(existsSync(join(ROOT, 'suites', `${given[0] ?? ''}.json`)), words.join(' '));
    if (command === 'compare') assert.ok(given.length >= 2, words.join(' '));
  }

  const shell = SHELL.map(([, text]) => text).join('\n');
  const lines = commandLines(shell);

  test('all commands are seen', () => {
    const names = lines.map(([command]) => command);
    assert.deepEqual(names.sort(), ['compare', 'k6', 'run', 'run', 'suite', 'suite']);
    assert.equal(shell.split('crescendo.js').length, 1 + lines.length, 'summary.sh names it once, too');
  });

  for (const words of lines) test(`crescendo ${words.join(' ')}`, () => assertCommand(words));

  test('a mistake is seen', () => {
    for (const line of [
      'runs ramp',
      'run ramps',
      'run ramp --quik',
      'suite nothing',
      'run ramp -e RAMP_MAX=1',
    ])
      assert.throws(() => assertCommand(line.split(' ')), assert.AssertionError, line);
  });

  test('commands in docs/ci.md', () => {
    const { codes } = readPage(readFileSync(join(ROOT, 'docs', 'ci.md'), 'utf8'));
    const commands = codes.filter((code) => code.startsWith('crescendo '));
    assert.ok(commands.length > 1, codes.join());
    for (const code of commands) assertCommand(code.split(' ').slice(1));
  });

  test('variables of the jobs are settings, or are read in their shell', () => {
    const names = [...Object.keys(workflow.env), ...steps.flatMap(({ env = {} }) => Object.keys(env))];
    assert.ok(names.length > 6, names.join());
    for (const name of names.filter((one) => !['GH_TOKEN', ...SETTING_NAMES].includes(one)))
      assert.match(shell, new RegExp(`\\$\\{?${name}\\b`), name);
    for (const [name] of GITLAB.matchAll(/\b[A-Z]+_(?:URL|KEY)\b/g))
      assert.ok(SETTING_NAMES.includes(name), name);
  });
});

describe('shell', { skip: shellUnavailable() }, () => {
  for (const [where, text] of SHELL)
    test(`bash can read that of ${where}`, () => {
      const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      assert.notEqual(text.trim(), '');
    });
});

/** A fast and a slow run of a script and of a suite, as the jobs leave them. */
interface RealReports {
  fast: string;
  slow: string;
}

const RAMP = [
  'RAMP_START_SESSIONS=2',
  'RAMP_MAX_SESSIONS=2',
  'RAMP_INTERVAL_SECONDS=4',
  'QUESTIONS=MED1060:20',
];
const SUITE = {
  name: 'assistant',
  tests: [{ script: 'burst', env: { NUM_SESSIONS: 2, QUESTIONS: 'MED1060:20' } }],
};

let real: Promise<RealReports> | undefined;

/** Made by real runs, once. */
function realReports(t: TestContext): Promise<RealReports> {
  real ??= makeReports(t);
  return real;
}

async function makeReports(t: TestContext): Promise<RealReports> {
  const here = mkdtempSync(join(tmpdir(), 'crescendo-test-ci-'));
  process.on('exit', () => rmSync(here, { recursive: true, force: true }));
  const make = async (name: string, firstChunkMs: number) => {
    const target = await quickTarget(t, { firstChunkMs });
    const options = { folder: here, env: { K6: k6Path(), ...settingsFor(target) } };
    writeFileSync(join(here, 'assistant.json'), JSON.stringify(SUITE));
    for (const args of [
      ['run', 'ramp', ...RAMP.flatMap((setting) => ['-e', setting])],
      ['suite', './assistant.json'],
    ]) {
      const { exitCode, stdout, stderr } = await crescendo([...args, '--reports', name], options);
      assert.equal(exitCode, 0, stdout + stderr);
    }
    return join(here, name);
  };
  return { fast: await make('fast', 5), slow: await make('slow', 150) };
}

/** The report of a run or a suite in a folder of reports. */
function reportIn(reports: string, what: string, file: string): string {
  const [name = ''] = readdirSync(reports).filter((one) => one.endsWith(`Z-${what}`));
  return readFileSync(join(reports, name, file), 'utf8');
}

/** The variables of a step: each of its own must have a value here. */
function variablesOf(name: string, values: Record<string, string>): Record<string, string> {
  const own = Object.keys(stepCalled(name).env ?? {});
  assert.deepEqual(
    own.filter((one) => !(one in values)),
    [],
  );
  return values;
}

describe('the steps of github.yml', { skip: shellUnavailable('jq') }, () => {
  const GITHUB_SETS = {
    GITHUB_STEP_SUMMARY: 'step-summary.md',
    GITHUB_REPOSITORY: 'we/chat',
    GITHUB_SERVER_URL: 'https://github.example',
    GITHUB_WORKFLOW: 'Load',
    GITHUB_RUN_ID: '77',
    GH_TOKEN: 'token',
  };

  /** A `gh` that answers from files and writes down what it was asked. */
  const GH = `
printf '%s\\n' "$*" >> calls
case "$*" in
  'run list '*) cat runs ;;
  'run download '*) [ -d stored ] && cp -R stored baseline ;;
  *--paginate*) jq -r "\${@: -1}" comments ;;
esac`;

  /** A machine with these reports of now and of the main branch. */
  function machine(t: TestContext, { now, stored }: { now?: string; stored?: string }): CiMachine {
    const ci = new CiMachine(t);
    ci.program('gh', GH);
    if (now !== undefined) cpSync(now, join(ci.here, 'reports'), { recursive: true });
    if (stored !== undefined) cpSync(stored, join(ci.here, 'stored'), { recursive: true });
    writeFileSync(join(ci.here, 'runs'), stored === undefined ? '' : '41\n');
    writeFileSync(join(ci.here, 'comments'), '[]');
    return ci;
  }

  const run = (ci: CiMachine, name: string, values: Record<string, string>) =>
    ci.run(stepCalled(name).run ?? '', { ...GITHUB_SETS, ...variablesOf(name, values) });

  const baseline = (ci: CiMachine) => run(ci, 'Baseline', { GH_TOKEN: 'token', BRANCH: 'main' });
  const summary = (ci: CiMachine, values: Record<string, string> = {}) =>
    run(ci, 'Summary', { BASE: 'baseline', WORSE_FAILS: 'false', ...values });
  const comment = (ci: CiMachine) =>
    run(ci, 'Comment', { GH_TOKEN: 'token', PULL_REQUEST: '5', COMMIT: 'abc123' });

  test('baseline: the latest run of the main branch that passed', async (t) => {
    const ci = machine(t, { stored: (await realReports(t)).fast });
    const { exitCode, output } = await baseline(ci);
    assert.equal(exitCode, 0, output);
    assert.equal(
      ci.read('calls'),
      'run list --repo we/chat --workflow Load --branch main --event push --status success --limit 1' +
        ' --json databaseId --jq .[].databaseId\n' +
        'run download 41 --repo we/chat --name crescendo-main --dir baseline\n',
    );
    assert.ok(existsSync(join(ci.here, 'baseline', 'history.duckdb')));
    assert.match(
      String(steps.find(({ name }) => name === 'Reports')?.with?.['name']),
      /^crescendo-\$\{\{.*ref_name/,
    );
  });

  test('baseline: none is said, and no error', async (t) => {
    const ci = machine(t, {});
    const first = await baseline(ci);
    assert.deepEqual(first, {
      exitCode: 0,
      output: '::notice::There is no baseline yet: no run of main has passed.\n',
    });
    writeFileSync(join(ci.here, 'runs'), '41\n');
    const gone = await baseline(ci);
    assert.deepEqual(gone, {
      exitCode: 0,
      output: '::notice::There is no baseline: the reports of run 41 are gone.\n',
    });
  });

  test('summary: the reports, and what changed', async (t) => {
    const { fast, slow } = await realReports(t);
    const ci = machine(t, { now: slow, stored: fast });
    await baseline(ci);
    const { exitCode, output } = await summary(ci);
    assert.equal(exitCode, 0, output);
    const text = ci.read('summary.md');
    const parts = [
      reportIn(slow, 'ramp', 'report.md'),
      ci.read('reports/ramp.compare.md'),
      reportIn(slow, 'assistant', 'suite.md'),
      ci.read('reports/assistant.compare.md'),
    ];
    const places = parts.map((part) => text.indexOf(part));
    assert.deepEqual(
      places,
      [...places].sort((one, other) => one - other),
    );
    for (const [index, part] of parts.entries()) {
      assert.ok(part.length > 100 && (places[index] ?? -1) >= 0, `part ${index} is missing in ${text}`);
    }
    assert.match(parts[1] ?? '', /^## ❌ worse: /);
    assert.equal(ci.read('step-summary.md'), text);
  });

  test('summary: worse fails where that is wanted, and only what is worse', async (t) => {
    const { fast, slow } = await realReports(t);
    const worse = machine(t, { now: slow, stored: fast });
    await baseline(worse);
    assert.equal((await summary(worse, { WORSE_FAILS: 'true' })).exitCode, 99);
    assert.match(worse.read('step-summary.md'), /❌ worse/);
    const same = machine(t, { now: fast, stored: fast });
    await baseline(same);
    assert.equal((await summary(same, { WORSE_FAILS: 'true' })).exitCode, 0);
    assert.match(same.read('reports/ramp.compare.md'), /^## /);
  });

  test('summary: a baseline that is not there, of another plan, and the main branch itself', async (t) => {
    const { fast } = await realReports(t);
    const without = machine(t, { now: fast });
    assert.equal((await summary(without)).exitCode, 0);
    assert.equal(without.read('summary.md').split('There is no baseline of ').length, 3);

    const other = machine(t, { now: fast, stored: fast });
    await baseline(other);
    const [name = ''] = readdirSync(join(other.here, 'baseline')).filter((one) => one.endsWith('Z-ramp'));
    rmSync(join(other.here, 'baseline', name, 'summary.json'));
    assert.equal((await summary(other)).exitCode, 0);
    assert.match(other.read('summary.md'), /### No comparison\n\n~~~\n.*summary\.json/);

    const main = machine(t, { now: fast });
    assert.equal((await summary(main, { BASE: '' })).exitCode, 0);
    assert.doesNotMatch(main.read('summary.md'), /baseline|comparison/);
  });

  test('summary: a job that failed before its runs', async (t) => {
    const ci = machine(t, {});
    const { exitCode, output } = await summary(ci);
    assert.equal(exitCode, 0, output);
    assert.match(ci.read('summary.md'), /No report of ramp[\s\S]+No report of assistant/);
  });

  test('comment: the first is new, the next one replaces it', async (t) => {
    const ci = machine(t, { now: (await realReports(t)).fast });
    await summary(ci);
    const { exitCode, output } = await comment(ci);
    assert.equal(exitCode, 0, output);
    const body = ci.read('comment.md');
    const [marker = '', link = '', , ...rest] = body.split('\n');
    assert.match(marker, /^<!-- .+ -->$/);
    assert.equal(
      link,
      'Load tests of abc123: [whole summary and all reports](https://github.example/we/chat/actions/runs/77)',
    );
    assert.equal(rest.join('\n'), ci.read('summary.md'));
    assert.match(
      ci.read('calls'),
      /\napi --silent --method POST repos\/we\/chat\/issues\/5\/comments .*body=@comment\.md\n$/,
    );

    const bot = { login: 'github-actions[bot]' };
    const comments = [
      { id: 1, user: { login: 'somebody' }, body },
      { id: 2, user: bot, body: `About ${marker}` },
      { id: 3, user: bot, body },
      { id: 4, user: bot, body },
    ];
    writeFileSync(join(ci.here, 'comments'), JSON.stringify(comments));
    assert.equal((await comment(ci)).exitCode, 0);
    assert.match(
      ci.read('calls'),
      /\napi --silent --method PATCH repos\/we\/chat\/issues\/comments\/3 .*body=@comment\.md\n$/,
    );
  });

  test('comment: one that GitHub would not take is cut after a line', async (t) => {
    const ci = machine(t, {});
    writeFileSync(join(ci.here, 'summary.md'), `${'– a line –'.repeat(20)}\n`.repeat(400));
    assert.equal((await comment(ci)).exitCode, 0);
    const body = ci.read('comment.md');
    assert.ok(Buffer.byteLength(body) > 50_000 && Buffer.byteLength(body) < 65_000, `${body.length}`);
    assert.ok(body.endsWith('– a line –\n'));
  });
});

describe('the jobs of gitlab.yml', { skip: shellUnavailable('sha256sum') }, () => {
  /** A `node` that leaves a report where the command would, and ends as the test wants. */
  const NODE = `
printf '%s\\n' "$*" >> calls
case "$2" in
  run) name=ramp file=report.md code=$RAMP ;;
  suite) name=assistant file=suite.md code=$SUITE ;;
  compare) printf 'worse\\n' > "$6"; exit 99 ;;
esac
mkdir -p "reports/2026-11-27T00-00-00Z-$name"
printf 'report of %s\\n' "$name" > "reports/2026-11-27T00-00-00Z-$name/$file"
exit "$code"`;

  async function load(t: TestContext, env: Record<string, string>, before?: (ci: CiMachine) => void) {
    const ci = new CiMachine(t);
    ci.program('node', NODE);
    before?.(ci);
    return {
      ci,
      end: await ci.run(gitlabScripts.load, { RAMP: '0', SUITE: '0', WORSE_FAILS: 'false', ...env }),
    };
  }

  test('the default branch: what passed is the next baseline', async (t) => {
    const { ci, end } = await load(t, { BASELINE: 'push' });
    assert.equal(end.exitCode, 0, end.output);
    assert.match(end.output, /report of ramp\n[\s\S]*report of assistant\n/);
    assert.equal(ci.read('baseline/2026-11-27T00-00-00Z-ramp/report.md'), 'report of ramp\n');
    assert.doesNotMatch(ci.read('calls'), /compare/);
  });

  for (const [ramp, suite, exitCode] of [
    ['99', '0', 99],
    ['0', '3', 3],
    ['3', '99', 3],
  ] as const)
    test(`ramp ${ramp}, suite ${suite}: ${exitCode}, with everything said and no new baseline`, async (t) => {
      const { ci, end } = await load(t, { BASELINE: 'push', RAMP: ramp, SUITE: suite });
      assert.equal(end.exitCode, exitCode, end.output);
      assert.match(ci.read('summary.md'), /report of ramp\n[\s\S]*report of assistant\n/);
      assert.equal(existsSync(join(ci.here, 'baseline')), false);
    });

  test('a merge request: compared with the baseline, if there is one', async (t) => {
    const without = await load(t, { BASELINE: 'pull' });
    assert.equal(without.end.exitCode, 0, without.end.output);
    assert.match(without.end.output, /There is no baseline of ramp yet/);

    const withBaseline = (ci: CiMachine) =>
      cpSync(join(without.ci.here, 'reports'), join(ci.here, 'baseline'), { recursive: true });
    const { ci, end } = await load(t, { BASELINE: 'pull' }, withBaseline);
    assert.equal(end.exitCode, 0, end.output);
    assert.match(end.output, /report of ramp\n\nworse\n\nreport of assistant\n\nworse\n/);
    assert.match(
      ci.read('calls'),
      /crescendo\.js compare baseline\/\S+Z-ramp reports\/\S+Z-ramp --markdown reports\/ramp\.compare\.md\n/,
    );
    assert.equal((await load(t, { BASELINE: 'pull', WORSE_FAILS: 'true' }, withBaseline)).end.exitCode, 99);
  });

  test('k6 is built where Crescendo looks for its own build, once', async (t) => {
    const ci = new CiMachine(t);
    ci.program('go', 'printf "%s\\n" "$*" >> "$CALLS"');
    const env = { CALLS: join(ci.here, 'calls') };
    const path = relative(packageRoot, ownBuildPath());
    const first = await ci.run(gitlabScripts.k6, env);
    assert.equal(first.exitCode, 0, first.output);
    assert.equal(ci.read('calls'), `build -trimpath -buildvcs=false -ldflags=-s -w -o ../${path} .\n`);
    ci.program('go', 'exit 1');
    cpSync(process.execPath, join(ci.here, path));
    assert.equal((await ci.run(gitlabScripts.k6, env)).exitCode, 0);
  });
});

test('summary.sh says what it does before anything else', () =>
  assert.match(SUMMARY, /^#!\/usr\/bin\/env bash\n# Says .+\.\n/));
