/** One run from its settings to its verdict: prepares everything, runs k6, watches it, and concludes. */
import { closeSync, openSync } from 'node:fs';
import { describePlan } from '../../lib/plans/load.ts';
import { addressesOf, addressOf } from '../../report/derive/evidence.ts';
import type { Verdict } from '../../report/derive/verdict.ts';
import { conclude, type Concluded, type Outcome } from '../evidence/conclude.ts';
import { k6Environment, type Variables } from '../setup/environment.ts';
import { runArguments } from '../k6/k6Arguments.ts';
import { K6Process } from '../k6/k6Process.ts';
import { describeVersion } from '../k6/k6Version.ts';
import { Eyes } from '../live/liveEyes.ts';
import { namingOrigins } from '../setup/settingOrigins.ts';
import { judgeMachine, needsOf, thisMachine } from '../setup/machineChecks.ts';
import { prepareRun, type PreparedRun, type RunOptions } from '../setup/prepareRun.ts';
import { collectorSettings } from '../k6/garbageCollector.ts';
import type { ReportFolder } from '../evidence/reportFolder.ts';
import { SessionLogReader } from '../k6/sessionLogReader.ts';
import { note, say } from '../process/terminal.ts';

/** Time that k6 gets beyond the latest end of its plan, for its report. */
const REPORT_MS = 60_000;
/** Time that k6 gets from its start to the start of the scenarios: it makes all VUs first. */
const STARTUP_MS = 300_000;

/** Where a run belongs, and what else there is to do on its way. */
export interface RunSurroundings {
  /** Makes the folder of the evidence. */
  openFolder: (startedAt: Date, script: string) => ReportFolder;
  /** Called when all is ready for k6 to start; false: the run is not wanted any more. */
  onReady: () => boolean;
  /** Called with the run's folder when it has its name. */
  onPublished?: (path: string) => Promise<void>;
  /** A line about all of which the run is a part, for whoever watches it. */
  progress?: () => string;
}

/**
 * Prepares a run, runs it to its end and concludes; resolves to `undefined` where it was not wanted any more. Throws an
 * InputError when nothing could be run; then nothing is left behind.
 */
export async function runScript(
  script: string,
  options: RunOptions,
  k6Arguments: readonly string[],
  surroundings: RunSurroundings,
): Promise<Concluded | undefined> {
  const startedAt = new Date();
  const prepared = await prepareRun(script, options, k6Arguments);
  try {
    const folder = surroundings.openFolder(startedAt, prepared.script.name);
    introduce(prepared);
    await doubtMachine(prepared);
    return await namingOrigins(prepared.origins, () => runTo(prepared, folder, startedAt, surroundings));
  } finally {
    await prepared.reference?.stop();
    prepared.memory?.stop();
    await prepared.redis?.stop();
  }
}

async function runTo(
  prepared: PreparedRun,
  folder: ReportFolder,
  startedAt: Date,
  { onReady, onPublished, progress }: RunSurroundings,
): Promise<Concluded | undefined> {
  const eyes = await Eyes.open(prepared, progress);
  try {
    if (!onReady()) {
      folder.discard();
      return undefined;
    }
    const outcome = await execute(prepared, folder, startedAt, eyes);
    const onVerdict = (verdict: Verdict) => eyes.alerts?.ended(verdict) ?? Promise.resolve();
    return await conclude(prepared, folder, {
      ...outcome,
      onVerdict,
      ...(onPublished && { onPublished }),
    });
  } finally {
    eyes.close();
  }
}

function introduce({ script, k6, config, inspected, reference }: PreparedRun): void {
  const own = reference === undefined ? '' : ' (the reference target, started for this run)';
  say(`${script.name} → ${addressOf(addressesOf(config))}${own}`);
  say(`plan: ${describePlan(inspected.plan, inspected.vocabulary.level)}; k6 ${describeVersion(k6)}`);
  say();
}

/** Says beforehand what this machine seems to lack for the plan; whether it does, the run will show. */
async function doubtMachine({ script, inspected, sections }: PreparedRun): Promise<void> {
  const findings = judgeMachine(await thisMachine(), [needsOf(script.name, inspected, sections)]);
  for (const { grade, text } of findings) if (grade !== 'fine') note(text);
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
