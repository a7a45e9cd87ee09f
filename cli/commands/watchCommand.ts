/** `crescendo watch`: the live view of a k6 that somebody else started with `--address`. */
import { InputError } from '../../lib/words/settings.ts';
import { counted } from '../../report/text/words.ts';
import { takeWebhook } from '../setup/environment.ts';
import { onStop } from '../process/interrupt.ts';
import { findOrBuildK6 } from '../k6/k6Binary.ts';
import { inspectScript, type Inspected } from '../k6/k6Inspect.ts';
import { StageBreaks } from '../live/liveBreaks.ts';
import { LinesView } from '../live/liveAsLines.ts';
import { limitsByStage } from '../live/liveLimits.ts';
import { canShowLive, LiveScreen } from '../live/liveScreen.ts';
import { LiveView } from '../live/liveView.ts';
import { Monitor, type View } from '../live/monitor.ts';
import { namingOrigins } from '../setup/settingOrigins.ts';
import { RestApi } from '../k6/restApi.ts';
import { settingsForRun, type SettingsOptions } from '../setup/runSettings.ts';
import { findScript } from '../setup/scriptFile.ts';
import { say } from '../process/terminal.ts';

/** What the command line says. */
export interface WatchOptions extends SettingsOptions {
  /** Host and port. */
  address: string;
  /** Name or path of the script that runs there, whose plan and limits it then knows. */
  script?: string;
}

/** Looks in a row without an answer after which k6 is taken to be gone. */
const PATIENCE = 3;
/** For the last answers of a stage; the run's own setting is not known. */
const LATE_MS = 65_000;

/** Shows the run until it ends or somebody stops watching. Throws an InputError when there is nothing to watch. */
export async function watch(options: WatchOptions): Promise<void> {
  const { address } = options;
  const api = new RestApi(address);
  await requireK6(api, address);
  const inspected = options.script === undefined ? undefined : await inspect(options.script, options);
  if (inspected !== undefined) await requireSamePlan(api, inspected, address);
  say(
    `watching k6 at ${address}${inspected === undefined ? '; --script <name> adds its plan and limits' : ''}`,
  );
  say();
  await follow(api, inspected);
}

async function requireK6(api: RestApi, address: string): Promise<void> {
  const isOver = await api.isOver();
  if (isOver === undefined)
    throw new InputError([
      `No k6 answers at ${address}. Start it with --address ${address}, or give its address with --address.`,
    ]);
  if (isOver) throw new InputError([`The run of the k6 at ${address} is over already.`]);
  if ((await api.metric('sessions_open')) === undefined)
    throw new InputError([`The k6 at ${address} runs no script of Crescendo.`]);
}

async function inspect(name: string, options: WatchOptions): Promise<Inspected> {
  const script = findScript(name);
  const { variables, origins } = settingsForRun(script.name, options);
  const { rest } = takeWebhook(variables);
  return namingOrigins(origins, async () => inspectScript(await findOrBuildK6(rest), script.path, rest));
}

/** k6 keeps a metric for each stage of its plan, from the start. */
async function requireSamePlan(api: RestApi, { plan }: Inspected, address: string): Promise<void> {
  const has = async (stage: number) => (await api.metric(`sessions_started{stage:${stage}}`)) !== undefined;
  const count = plan.stages.length;
  if ((await has(count)) && !(await has(count + 1))) return;
  throw new InputError([
    `The run at ${address} has another plan than --script with these settings (${counted(count, 'stage')}). Give the settings of that run with -e, or leave --script out.`,
  ]);
}

async function follow(api: RestApi, inspected: Inspected | undefined): Promise<void> {
  const breaks =
    inspected && new StageBreaks({ ...inspected, api, limits: limitsByStage(inspected), lateMs: LATE_MS });
  const view: View = canShowLive()
    ? new LiveView({ api, screen: new LiveScreen(), inspected, breaks })
    : new LinesView(api, inspected, say);
  const alreadyMs = await runningFor(api);
  const monitor = new Monitor({
    api,
    view,
    breaks: canShowLive() ? breaks : undefined,
    alreadyMs,
    patience: PATIENCE,
  });
  const stopped = new Promise<true>((resolve) => {
    const release = onStop(() => resolve(true));
    void monitor.over.then(release);
  });
  const isStopped = await Promise.race([stopped, monitor.over]);
  await monitor.stop();
  say(
    isStopped === true
      ? 'no longer watching; k6 goes on'
      : 'the load is over: k6 makes its report, or has ended',
  );
}

/** k6 divides its counters by the time of its run so far, which it does not tell otherwise; set-up included. */
async function runningFor(api: RestApi): Promise<number> {
  const { count = 0, rate = 0 } = (await api.sample('http_reqs')) ?? {};
  return rate > 0 ? (count / rate) * 1000 : 0;
}
