/** `crescendo watch`: the live view of a k6 that somebody else started with `--address`. */
import { inStage } from '../../lib/words/limits.ts';
import { InputError } from '../../lib/words/settings.ts';
import { counted } from '../../report/text/words.ts';
import type { Inspected } from '../k6/k6Inspect.ts';
import { RestApi, type ListedMetric } from '../k6/restApi.ts';
import { openScreen, watchRun } from '../live/liveEyes.ts';
import { liveWordsOf, wordsOfList } from '../live/liveWords.ts';
import { onStop } from '../process/interrupt.ts';
import { say } from '../process/terminal.ts';
import { planRun } from '../setup/prepareRun.ts';
import type { SettingsOptions } from '../setup/runSettings.ts';

/** What the command line says. */
export interface WatchOptions extends SettingsOptions {
  /** Host and port. */
  address: string;
  /** Name or path of the script that runs there, whose system, plan and limits it then knows. */
  script?: string;
}

/** Looks in a row without an answer after which k6 is taken to be gone. */
const PATIENCE = 3;
/** For the last operations of a stage; the run's own setting is not known. */
const LATE_MS = 65_000;

/** Shows the run until it ends or somebody stops watching. Throws an InputError when there is nothing to watch. */
export async function watch(options: WatchOptions): Promise<void> {
  const { address } = options;
  const api = new RestApi(address);
  const list = await requireScript(api, address);
  const inspected =
    options.script === undefined ? undefined : (await planRun(options.script, options)).inspected;
  if (inspected !== undefined) requireSamePlan(list, inspected, address);
  say(
    `watching k6 at ${address}${inspected === undefined ? '; --script <name> adds its plan, limits and counts' : ''}`,
  );
  say();
  await follow(api, list, inspected);
}

/** The metrics of the script that runs there. */
async function requireScript(api: RestApi, address: string): Promise<ListedMetric[]> {
  const isOver = await api.isOver();
  if (isOver === undefined)
    throw new InputError([
      `No k6 answers at ${address}. Start it with --address ${address}, or give its address with --address.`,
    ]);
  if (isOver) throw new InputError([`The run of the k6 at ${address} is over already.`]);
  const list = (await api.list()) ?? [];
  if (list.some(({ name }) => name === 'script_errors')) return list;
  throw new InputError([`The k6 at ${address} runs no script of Crescendo.`]);
}

/** k6 keeps a metric for each stage of its plan, from the start. */
function requireSamePlan(list: readonly ListedMetric[], { plan }: Inspected, address: string): void {
  const has = (number: number) => list.some(({ name }) => name === inStage('generator_lag', { number }));
  const count = plan.stages.length;
  if (has(count) && !has(count + 1)) return;
  throw new InputError([
    `The run at ${address} has another plan than --script with these settings (${counted(count, 'stage')}). Give the settings of that run with -e, or leave --script out.`,
  ]);
}

async function follow(
  api: RestApi,
  list: readonly ListedMetric[],
  inspected: Inspected | undefined,
): Promise<void> {
  const monitor = watchRun({
    api,
    words: inspected === undefined ? wordsOfList(list) : liveWordsOf(inspected.vocabulary),
    inspected,
    screen: openScreen(),
    print: say,
    lateMs: LATE_MS,
    alreadyMs: runningFor(await api.list()),
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
function runningFor(list: readonly ListedMetric[] = []): number {
  const counter = list.find(({ sample: { count = 0, rate = 0 } }) => count > 0 && rate > 0);
  const { count = 0, rate = 1 } = counter?.sample ?? {};
  return (count / rate) * 1000;
}
