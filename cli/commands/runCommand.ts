/** `crescendo run <script>`: prepares everything, runs k6, watches it, and concludes. */
import { closeSync, openSync } from 'node:fs';
import { resolve } from 'node:path';
import { describePlan } from '../../lib/plans/load.ts';
import { addressOf } from '../../report/derive/evidence.ts';
import type { Verdict } from '../../report/derive/verdict.ts';
import { conclude, type Outcome } from '../evidence/conclude.ts';
import { k6Environment, type Variables } from '../setup/environment.ts';
import { runArguments } from '../k6/k6Arguments.ts';
import { K6Process } from '../k6/k6Process.ts';
import { describeVersion } from '../k6/k6Version.ts';
import { onStop } from '../process/interrupt.ts';
import { Eyes } from '../live/liveEyes.ts';
import { namingOrigins } from '../setup/settingOrigins.ts';
import { prepareRun, type PreparedRun, type RunOptions } from '../setup/prepareRun.ts';
import { collectorSettings } from '../k6/garbageCollector.ts';
import { folderName, ReportFolder } from '../evidence/reportFolder.ts';
import { SessionLogReader } from '../k6/sessionLogReader.ts';
import { say } from '../process/terminal.ts';

/** Time that k6 gets beyond the latest end of its plan, for its report. */
const REPORT_MS = 60_000;
/** Time that k6 gets from its start to the start of the scenarios: it makes all VUs first. */
const STARTUP_MS = 300_000;

/** Resolves to the exit code. Throws an InputError when nothing could be run; then nothing is left behind. */
export async function run(
  script: string,
  options: RunOptions,
  k6Arguments: readonly string[],
): Promise<number> {
  const startedAt = new Date();
  const prepared = await prepareRun(script, options, k6Arguments);
  try {
    const folder = new ReportFolder(resolve(options.reports), folderName(startedAt, prepared.script.name));
    introduce(prepared);
    return await namingOrigins(prepared.origins, () => runTo(prepared, folder, startedAt));
  } finally {
    await prepared.reference?.stop();
    prepared.memory?.stop();
  }
}

async function runTo(prepared: PreparedRun, folder: ReportFolder, startedAt: Date): Promise<number> {
  const eyes = await Eyes.open(prepared);
  surviveStops();
  try {
    const outcome = await execute(prepared, folder, startedAt, eyes);
    const onVerdict = (verdict: Verdict) => eyes.alerts?.ended(verdict) ?? Promise.resolve();
    return await conclude(prepared, folder, { ...outcome, onVerdict });
  } finally {
    eyes.close();
  }
}

/**
 * A Ctrl-C is for k6: one that comes later must not cost the run its files or its exit code. Node gives up its handlers
 * while it cleans up at its end, which process.exit leaves out.
 */
function surviveStops(): void {
  onStop(() => undefined);
  process.once('beforeExit', (code) => process.exit(code));
}

function introduce({ script, k6, config, inspected, reference }: PreparedRun): void {
  const own = reference === undefined ? '' : ' (the reference target, started for this run)';
  say(`${script.name} → ${addressOf(config)}${own}`);
  say(`plan: ${describePlan(inspected.plan, inspected.vocabulary.level)}; k6 ${describeVersion(k6)}`);
  say();
}

/** Runs k6 from start to end, with its eyes on it. */
async function execute(
  prepared: PreparedRun,
  folder: ReportFolder,
  startedAt: Date,
  eyes: Eyes,
): Promise<Outcome> {
  const { k6, script, inspected, reference, k6Arguments } = prepared;
  const output = openSync(folder.path('k6.log'), 'w');
  const k6Process = new K6Process({
    path: k6.path,
    args: runArguments(script.path, '--address', eyes.address, ...k6Arguments),
    env: { ...runEnvironment(prepared, folder), ...eyes.dashboardSettings() },
    output,
    onStopping: () => eyes.note('stopping: k6 finishes its report (Ctrl-C again to end it now)'),
  });
  const untilEnd = inspected.longestMs + REPORT_MS;
  k6Process.endAfter(STARTUP_MS + untilEnd);
  const onStart = () => k6Process.endAfter(untilEnd);
  const sessionLog =
    (prepared.config.sessionLog ?? 0) > 0 ? new SessionLogReader(folder.path('k6.log')) : undefined;
  const tellSessions = () => sessionLog?.next().forEach((line) => eyes.say(line));
  const monitor = eyes.watch(onStart, tellSessions);
  const end = await k6Process.ended;
  closeSync(output);
  tellSessions();
  sessionLog?.close();
  const observed = await monitor.stop();
  const stats = await reference?.stop();
  return { startedAt, endedAt: new Date(), end, observed, stats };
}

/** Paths go by environment, where nothing in them needs quoting. */
function runEnvironment({ environment, inspected }: PreparedRun, folder: ReportFolder): Variables {
  return {
    ...k6Environment(environment),
    ...collectorSettings(environment, inspected),
    SUMMARY_FILE: folder.path('summary.json'),
    REPORT_FILE: '',
    K6_WEB_DASHBOARD: 'true',
    K6_WEB_DASHBOARD_PORT: '-1',
    K6_WEB_DASHBOARD_PERIOD: '1s',
    K6_WEB_DASHBOARD_TAGS: 'reason',
    K6_WEB_DASHBOARD_RECORD: folder.path('timeline.ndjson'),
  };
}
