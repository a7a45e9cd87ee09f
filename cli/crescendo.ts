/** The `crescendo` command: its words, its help and its exit codes. */
import { Command, CommanderError, Option } from 'commander';
import { InputError } from '../lib/words/settings.ts';
import { EXIT_CODES } from '../report/derive/verdict.ts';
import { FAULT_NAMES } from '../target/faults.ts';
import { optionsOf, type Help } from '../target/settingFields.ts';
import { DEFAULT_SETTINGS, SETTING_FIELDS } from '../target/settings.ts';
import { wrap } from '../report/text/wrap.ts';
import { analyze, type AnalyzeOptions } from './commands/analyzeCommand.ts';
import { compare, type CompareOptions } from './commands/compareCommand.ts';
import { doctor } from './commands/doctorCommand.ts';
import { BROKEN, USAGE } from './exitCodes.ts';
import { history } from './commands/historyCommand.ts';
import type { HistoryOptions } from './history/historyOptions.ts';
import { printK6 } from './commands/k6Command.ts';
import { packageVersion } from './process/packageRoot.ts';
import { run, type RunCommandOptions } from './commands/runCommand.ts';
import { report } from './commands/reportCommand.ts';
import { importRecording, type ImportOptions } from './commands/importCommand.ts';
import { makeNew, type NewOptions } from './commands/newCommand.ts';
import { shippedDialects } from './new/shippedDialects.ts';
import { probe } from './commands/probeCommand.ts';
import type { ProbeOptions, Send } from './probe/order.ts';
import { suite, type SuiteOptions } from './commands/suiteCommand.ts';
import { runEmbeddedTarget, runTarget, type TargetOptions } from './commands/targetCommand.ts';
import { shippedSuites } from './suite/findSuite.ts';
import { builtScripts } from './setup/scriptFile.ts';
import { messageOf, note, say, surviveClosedOutput } from './process/terminal.ts';
import { verify } from './commands/verifyCommand.ts';
import { watch, type WatchOptions } from './commands/watchCommand.ts';

/** What follows a lone `--` is for k6. */
function splitArguments(args: readonly string[]): { own: string[]; forK6: string[] } {
  const end = args.indexOf('--');
  return end < 0 ? { own: [...args], forK6: [] } : { own: args.slice(0, end), forK6: args.slice(end + 1) };
}

/** For an option that may be given several times. */
const collect = (value: string, values: readonly string[] = []) => [...values, value];

function program(forK6: readonly string[], end: (exitCode: number) => void): Command {
  const command = new Command('crescendo')
    .description('How many users does a chat back end carry, at which stage does it break, and why?')
    .version(packageVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print this help, or that of a command')
    .configureHelp({ helpWidth: 80 })
    .configureOutput({ outputError: (text, write) => write(sentence(text)) })
    .exitOverride()
    .addHelpText('after', HELP);
  addRun(command, forK6, end);
  addSuite(command, forK6, end);
  addWatch(command);
  addReport(command, end);
  addAnalyze(command, end);
  addVerify(command, end);
  addCompare(command, end);
  addHistory(command);
  addDoctor(command, end);
  addProbe(command, end);
  addNew(command);
  addImport(command);
  addTarget(command);
  addK6(command);
  addVersion(command);
  return command;
}

function addVersion(command: Command): void {
  command
    .command('version')
    .description('print the version')
    .action(() => say(packageVersion()));
}

/** Somebody who gives a script for a command wants to run it. */
function refuseScript([word = '']: readonly string[], { commands }: Command): void {
  if (commands.some((command) => command.name() === word)) return;
  if (word === '' || !builtScripts().some(({ name }) => name === word)) return;
  throw new InputError([`"${word}" is a script and no command. Did you mean: crescendo run ${word}?`]);
}

const VERDICTS = Object.entries(EXIT_CODES).map(([result, code]) => `${code} ${result}`);
const EXITS = `Exit codes: ${VERDICTS.join(', ')}, ${USAGE} wrong usage or bad input.`;

const HELP = `
Examples:
  crescendo run ramp --quick        about a minute, against the reference target
  crescendo run ramp                the ramp of your settings
  crescendo suite graph --scale 0.1 several tests, smaller than they are meant
  crescendo doctor                  is everything there, does the target answer?
  crescendo compare <base> <now>    is this run worse than that one?

Settings are environment variables, or lines of .env in the current folder, or
-e NAME=value of "run": see docs/settings.md. The first to set are
API_BASE_URL, WEBSOCKET_BASE_URL, ENCRYPTION_KEY and RAMP_MAX_SESSIONS.

"crescendo" stands for: node dist/cli/crescendo.js, in Crescendo's folder. After
"npm link" there, once, it is a command everywhere.

${EXITS}
`;

function addRun(command: Command, forK6: readonly string[], end: (exitCode: number) => void): void {
  command
    .command('run')
    .description('run a script with k6, watch it, say the verdict and keep the evidence')
    .usage('<script> [options] [-- k6 options]')
    .argument('<script>', 'ramp, burst, sustain, response, recovery, stability,\nor the path of a bundle')
    .option('-e, --env <NAME=value>', 'a setting; may be given several times', collect)
    .option('--quick', 'about a minute, small loads, for what you have not set')
    .option('--reports <folder>', 'where the folder of this run goes', 'reports')
    .option('--dashboard', "k6's own web dashboard, for browsers on this machine")
    .addHelpText('after', RUN_HELP)
    .action(async (script: string, options: RunCommandOptions) => end(await run(script, options, forK6)));
}

const RUN_HELP = `
Without API_BASE_URL and WEBSOCKET_BASE_URL it starts the reference target.
Ctrl-C stops the sessions and still reports; a second one ends k6 at once.

Examples:
  crescendo run ramp --quick
  crescendo run ramp -e RAMP_MAX_SESSIONS=200 -e LIMITS=critical
  crescendo run ramp -e PROFILE=breakpoint
  crescendo run burst -e NUM_SESSIONS=100 -- --tag build=42

Files, in reports/<UTC time>-<script>/: report.html, report.md, report.txt,
junit.xml, stats.csv, stats_history.csv, failures.csv, summary.json,
verdict.json, run.json, generator.json, timeline.ndjson, k6.log.

${EXITS}
`;

function addSuite(command: Command, forK6: readonly string[], end: (exitCode: number) => void): void {
  command
    .command('suite')
    .description('run several tests one after the other')
    .usage('<suite> [options] [-- k6 options]')
    .argument('<suite>', `${shippedSuites().join(', ')},\nor the path of a file such as ./mine.json`)
    .option('-e, --env <NAME=value>', 'a setting of all tests; may be given several times', collect)
    .option('--scale <factor>', 'loads, sizes and times for a smaller machine: 0.01')
    .option('--quick', 'about a minute for each test, whatever the suite says')
    .option('--stop-at-failure', 'leave the others out when a test does not pass')
    .option('--reports <folder>', 'where the folder of the suite goes', 'reports')
    .addHelpText('after', SUITE_HELP)
    .action(async (name: string, options: SuiteOptions) => end(await suite(name, options, forK6)));
}

const SUITE_HELP = `
Each test is run as "crescendo run" does, with a rest between two. Ctrl-C stops
the test that runs, leaves out the others and still reports; a second one ends
k6 at once. docs/suites.md tells what a file holds.

Examples:
  crescendo suite graph --scale 0.1
  crescendo suite all --quick
  crescendo suite ./mine.json -e LIMITS=critical

Files, in reports/<UTC time>-<suite>/: index.html, summary.txt, suite.md,
junit.xml, suite.json, and the folder of each test.

Exit codes: that of the gravest test: 3 INVALID, before ${USAGE} one could not be run,
99 FAIL, 4 ABORTED, 0 all passed.
`;

function addAnalyze(command: Command, end: (exitCode: number) => void): void {
  command
    .command('analyze')
    .description('each requirement of a suite or a run, and where to look next')
    .argument('<folder>', 'of a suite, of a run, or with CSV files of Locust')
    .option('--limits <file>', "limits on the rows of Locust's files, as JSON")
    .addHelpText('after', ANALYZE_HELP)
    .action(async (folder: string, options: AnalyzeOptions) => end(await analyze(folder, options)));
}

const ANALYZE_HELP = `
Examples:
  crescendo analyze reports/2026-11-21T03-10-22Z-messaging
  crescendo analyze results/ --limits limits.json

A file of limits: {"*": ["p(95)<500", "failures<0.01"], "GET /health": ["p(99)<50"]};
"*" is for the rows that are not named.

Exit codes: 0 all kept, 99 one is broken, 3 a run is INVALID, 4 one was stopped,
${USAGE} nothing to analyze, or bad input.
`;

function addReport(command: Command, end: (exitCode: number) => void): void {
  command
    .command('report')
    .description("make a run's reports again, of its evidence alone")
    .argument('<folder>', 'a folder below reports/, or one with the summary.json of plain k6')
    .addHelpText('after', REPORT_HELP)
    .action(async (folder: string) => end(await report(folder)));
}

const REPORT_HELP = `
It replaces what is there, and says which other files that were.

Example:
  crescendo report reports/2026-11-21T03-10-22Z-ramp

Exit codes: 0 made, whatever the verdict is; 2 there is no usable evidence,
3 one of the reports could not be made.
`;

function addHistory(command: Command): void {
  command
    .command('history')
    .description('list the runs, draw a metric over them, or ask them with SQL')
    .argument('[folder]', 'the run to name with --name; the newest when left out')
    .option('--reports <folder>', 'where the run folders are', 'reports')
    .option('--script <name>', 'only runs of this script')
    .option('--result <result>', 'only PASS, FAIL, INVALID or ABORTED; or several: PASS,FAIL')
    .option('--target <text>', 'only targets whose host has this in it')
    .option('--since <time>', 'only runs since 2026-11-01 (UTC), or of the last 7d, 12h, 30m')
    .option('--limit <runs>', 'how many runs, the newest first (default: 20)')
    .option('--json', 'print JSON instead of text')
    .option('--trend <metric>', 'a metric per stage over runs of the same script and plan')
    .option('--percentile <p>', 'which percentile of it (default: 95)')
    .option('--stages <list>', 'which stages of it, such as 1,4-6')
    .option('--any-plan', 'also runs of other scripts and plans')
    .option('--baseline <run>', 'with --trend: compare with this run; alone: print its folder')
    .option('--name <name>', 'name a run, so that it can be used instead of its folder')
    .option('--remove-name <name>', 'take a name away')
    .option('--sql <query>', 'ask the database; it can only be read')
    .option('--tables', 'print what its tables and columns hold')
    .option('--rebuild', 'make the database again from the run folders')
    .addHelpText('after', HISTORY_HELP)
    .action(async (folder: string | undefined, options: HistoryOptions) => history(folder, options));
}

const HISTORY_HELP = `
Every run is stored in <reports>/history.duckdb, if the optional package
@duckdb/node-api is installed; without it the run folders are read, which takes
longer, and there is no --sql. A run whose folder was deleted stays in it until
--rebuild.

Examples:
  crescendo history --script ramp --result FAIL --since 7d
  crescendo history --trend answer_latency --percentile 99
  crescendo history --name main reports/2026-11-21T03-10-22Z-ramp
  crescendo history --trend answer_latency --baseline main
  crescendo history --sql "select script, max(holds) from runs group by script"

Exit codes: 0 done, even if there are no runs; 2 wrong usage or bad input.
`;

function addWatch(command: Command): void {
  command
    .command('watch')
    .description('the live view of a k6 that runs elsewhere with --address')
    .option('--address <host:port>', "where that k6's REST API is", '127.0.0.1:6565')
    .option('--script <script>', 'what runs there: adds its plan and its limits')
    .option('-e, --env <NAME=value>', 'a setting of that run; may be given several times', collect)
    .option('--quick', 'that run has the settings of "run --quick"')
    .addHelpText('after', WATCH_HELP)
    .action(async (options: WatchOptions) => watch(options));
}

const WATCH_HELP = `
Examples:
  k6 run --address 127.0.0.1:6565 dist/ramp.js     in one terminal,
  crescendo watch --script ramp                    in another

With --script, give the settings of that run too: as environment variables, in
.env or with -e. Without it there are totals and stages, but no plan or limits.
Ctrl-C ends the watching only.

Exit codes: 0 the load is over, or Ctrl-C; 2 no k6 with one of our scripts
answers there, or wrong usage. The verdict is that of the run, not of watch.
`;

function addVerify(command: Command, end: (exitCode: number) => void): void {
  command
    .command('verify')
    .description('does the evidence of a run prove its verdict?')
    .argument('<folder>', 'of a run, or its summary.json')
    .addHelpText('after', VERIFY_HELP)
    .action(async (folder: string) => end(await verify(folder)));
}

const VERIFY_HELP = `
It makes summary and verdict again from k6's own values, and holds against each
other what k6, its timeline, the observer and the reference target counted.

Exit codes: 0 all holds, 3 something does not, 2 there is no evidence.
`;

function addCompare(command: Command, end: (exitCode: number) => void): void {
  command
    .command('compare')
    .description('is a run, or a suite, better or worse than those before it?')
    .usage('<base ...> <now> [options]')
    .argument(
      '<runs...>',
      'of the base, then of now: folders, summary.json, names of\n"history --name"; several bases show how much runs vary;\nor folders of suites, whose tests are paired by name',
    )
    .option('--tolerance <metric=10%,20ms>', 'a change up to this is none; or a JSON file', collect)
    .option('--force', 'compare runs of different plans, settings or k6')
    .option('--reports <folder>', 'where the named runs are', 'reports')
    .option('--markdown <file>', 'the comparison as Markdown')
    .option('--json <file>', 'the same as JSON')
    .option('--junit <file>', 'the same as JUnit XML')
    .addHelpText('after', COMPARE_HELP)
    .action(async (runs: string[], options: CompareOptions) => end(await compare(runs, options)));
}

const COMPARE_HELP = `
Example:
  crescendo compare reports/2026-11-1*-ramp reports/2026-11-21T03-10-22Z-ramp \\
    --tolerance answer_latency=5%,10ms --junit compare.xml
  crescendo compare main reports/2026-11-21T03-10-22Z-ramp
  crescendo compare reports/2026-11-20T03-10-22Z-graph \\
    reports/2026-11-21T03-10-22Z-graph --markdown compare.md

Exit codes: 0 better or the same, 99 worse, 3 nobody can tell, 2 runs that are
not alike, or bad input. Tests of suites that are not alike: nobody can tell.
`;

function addDoctor(command: Command, end: (exitCode: number) => void): void {
  command
    .command('doctor')
    .description('check Node, k6, scripts, limits of this machine, and one session')
    .addHelpText('after', '\nExit codes: 0 nothing is wrong (! is a warning), 2 something is.\n')
    .action(async () => end(await doctor()));
}

function addNew(command: Command): void {
  command
    .command('new')
    .description('make a protocol file and a script for your own back end')
    .argument('<name>', 'of the script, and of the folder that is made: my-chat')
    .option('--dialect <name>', `of a back end that speaks one that ships:\n${shippedDialects().join(', ')}`)
    .addHelpText('after', NEW_HELP)
    .action((name: string, options: NewOptions) => makeNew(name, options));
}

const NEW_HELP = `
Both files are those of an example, or of the page of a dialect in
docs/dialects/, with comments that say what to change. docs/your-own-back-end.md
tells the rest.

Examples:
  crescendo new my-chat
  crescendo new my-chat --dialect socket-io
`;

function addImport(command: Command): void {
  command
    .command('import')
    .description("make a folder that replays a browser's recording of a chat (HAR)")
    .usage('<recording> [options]')
    .argument('<recording>', 'a .har file of Chrome, Edge or another Chromium')
    .option('--name <name>', 'of the folder and its script (default: that of the file)')
    .option(
      '--socket <which>',
      'the chat, where it is not the busiest socket: its number,\nor a part of its address',
    )
    .addHelpText('after', IMPORT_HELP)
    .action((recording: string, options: ImportOptions) => importRecording(recording, options));
}

const IMPORT_HELP = `
To record: open the developer tools, their Network tab, load the page, log in,
ask some questions, leave the chat, and choose "Export HAR (with sensitive
data)" there. Without that choice browsers leave out cookies and Authorization.

It writes a protocol file, a script, the questions with the pauses between them,
and a .env. Log-in, session and clean-up are found by the values that replies
gave and later requests carry. Passwords, keys, cookies and tokens are copied
into no file: they are read from replies, or are empty settings in the .env.
What could not be found is said in comments, and at the end.

Examples:
  crescendo import chat.har
  crescendo import chat.har --name my-chat --socket /live

Exit codes: 0 the folder was made, 2 it was not, and why.
`;

function addProbe(command: Command, end: (exitCode: number) => void): void {
  const sends: Send[] = [];
  const sending = (kind: Send['kind']) => (value: string) => sends.push({ kind, value });
  command
    .command('probe')
    .description('open one socket and show what goes over it, for a protocol file')
    .usage('<address> [options]')
    .argument('<address>', 'of the socket, ws:// or wss://')
    .option('--header <Name: value>', 'of the handshake; may be given several times', collect)
    .option('--subprotocol <name>', 'to offer; may be given several times', collect)
    .option('--origin <origin>', 'the Origin of the handshake, such as https://example.com')
    .option('--seconds <seconds>', 'how long to watch (default: 10); 0: until Ctrl-C')
    .option('--send <text>', 'a text to send once open; may be given several times', sending('text'))
    .option('--binary-hex <hex>', 'the same for the bytes of a binary frame', sending('hex'))
    .option('--insecure', 'take any certificate')
    .addHelpText('after', PROBE_HELP)
    .action(async (address: string, options: ProbeOptions) => end(await probe(address, options, sends)));
}

const PROBE_HELP = `
Each line of stdin is sent, too, as text, or as bytes where it begins with \\x.
It shows each frame with the seconds since the dial (→ ours, ← the server's),
then what a protocol file for this back end needs, as far as that was seen.
Tokens, keys, passwords and cookies are shown as …

Examples:
  crescendo probe wss://chat.example.com/live
  crescendo probe wss://chat.example.com/live --header 'Cookie: sid=…' \\
    --origin https://chat.example.com --send '{"action":"ask","text":"Hi"}'
  crescendo probe ws://localhost:4000/ --subprotocol graphql-transport-ws \\
    --send '{"type":"connection_init"}'
  crescendo probe ws://localhost:9001/mqtt --subprotocol mqtt \\
    --binary-hex '10 0e 00 04 4d 51 54 54 04 02 00 3c 00 02 63 31'

Exit codes: 0 the socket was open, even if the server closed it; 2 it could not
be opened, or wrong usage.
`;

function addTarget(command: Command): void {
  const target = command.command('target').description('run the reference target until Ctrl-C');
  for (const { option, help } of optionsOf(SETTING_FIELDS)) target.addOption(targetOption(option, help));
  target
    .addOption(new Option('--embedded').hideHelp())
    .addHelpText('after', TARGET_HELP)
    .action(async ({ embedded, ...options }: TargetOptions & { embedded?: string }) => {
      await (embedded ? runEmbeddedTarget(options) : runTarget(options));
    });
}

/** The option `firstChunkMs` is `--first-chunk-ms` on a command line. */
function targetOption(name: string, { value, words, env }: Help): Option {
  const flag = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const option = new Option(`--${flag} ${value}`, words);
  return env === undefined ? option : option.env(env);
}

const TARGET_HELP = `
Example, a knee that a ramp can find:
  crescendo target --capacity 30 --overload-ms 5000

Faults:
${wrap(FAULT_NAMES.join(' '), 76)
  .map((line) => `  ${line}`)
  .join('\n')}

An outage on request, of 8 seconds; its mode is down, error, silent or slow:
  curl http://127.0.0.1:${DEFAULT_SETTINGS.port}/outage -H 'Content-Type: application/json' \\
    -d '{"seconds": 8, "mode": "slow", "delayMs": 5000}'

Something for all agents' sockets that have subscribed to a channel:
  curl http://127.0.0.1:${DEFAULT_SETTINGS.port}/agents/broadcast \\
    -H 'Content-Type: application/json' -d '{"channel": "agents"}'

All sockets of /ws dropped at once, and the next two handshakes refused:
  curl http://127.0.0.1:${DEFAULT_SETTINGS.port}/graph/drop \\
    -H 'Content-Type: application/json' -d '{"mode": "reset", "refusals": 2}'

It is a chatbot (sockets at /ws/chat), an agent platform (/ws), a graph service
(/ws, /api/graph) and a messaging platform (/v1, /ws/notifications) in one.
GET /stats shows what it has seen, GET /metrics tells Prometheus. Exit codes:
0 after Ctrl-C, 2 wrong usage.
`;

function addK6(command: Command): void {
  command
    .command('k6')
    .description('find a usable k6, or build one; print its path and version')
    .option('--build', 'use the own build, even if there is another k6')
    .option('--path', 'print the path only')
    .addHelpText('after', K6_HELP)
    .action(async (options: { build?: boolean; path?: boolean }) => printK6(options));
}

const K6_HELP = `
It looks at $K6, then PATH (2.2 or newer), then its own build in .crescendo/,
and else builds k6/ with Go, once. Exit codes: 0 found, 2 none can be had.
`;

/** Commander's "error: unknown option '--x'" as a sentence. */
function sentence(text: string): string {
  const [first = '', ...more] = text
    .replace(/^error: /, '')
    .trim()
    .split('\n');
  const hint = more.join(' ').replace(/^\((.*)\)$/, ' $1');
  return `${first.charAt(0).toUpperCase()}${first.slice(1)}${first.endsWith('.') ? '' : '.'}${hint} "crescendo --help" tells more.\n`;
}

/** Runs a command line; resolves to the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const { own, forK6 } = splitArguments(args);
  let exitCode = 0;
  try {
    const command = program(forK6, (code) => (exitCode = code));
    refuseScript(own, command);
    await command.parseAsync(own, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE;
    if (error instanceof InputError) {
      for (const problem of error.problems) note(problem);
      return USAGE;
    }
    note(`Crescendo failed, which is a fault of its own: ${messageOf(error)}`);
    return BROKEN;
  }
}

surviveClosedOutput();
process.exitCode = await main(process.argv.slice(2));
