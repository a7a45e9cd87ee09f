/** Settles everything about a run before k6 starts: script, settings, k6, plan, target. */
import { readConfig } from '../../lib/before/config.ts';
import type { CommonConfig } from '../../lib/before/settings/common.ts';
import { OUTPUT } from '../../lib/before/settings/output.ts';
import { withDefaults } from '../../lib/words/settings.ts';
import { ownSections, type Section } from '../../lib/words/sections.ts';
import { noteOnce } from '../process/terminal.ts';
import {
  checkNames,
  checkSettings,
  refuseUnknownGiven,
  takeWebhook,
  type Given,
  type Variables,
} from './environment.ts';
import { SECTIONS, sectionsOf } from './knownSettings.ts';
import { refuseK6Arguments } from '../k6/k6Arguments.ts';
import { findOrBuildK6, type K6 } from '../k6/k6Binary.ts';
import { neededModules } from '../k6/neededModules.ts';
import { inspectScript, type Inspected } from '../k6/k6Inspect.ts';
import { namingOrigins, type Origins } from './settingOrigins.ts';
import { openTarget, type ReferenceTarget } from './referenceTarget.ts';
import { serveMemory, withAddressOfProcess, type ServedMemory } from './memoryOfProcess.ts';
import { gatherForRun, type SettingsOptions } from './runSettings.ts';
import { openRedis, type RedisServer } from './redisServer.ts';
import { findScript, type ScriptFile } from './scriptFile.ts';

/** What the command line says besides the script. */
export interface RunOptions extends SettingsOptions {
  /** k6's web dashboard is there for browsers on this machine. */
  dashboard?: boolean;
}

/** What a run is going to be, with nothing started for it yet. */
interface PlannedRun {
  script: ScriptFile;
  k6: K6;
  inspected: Inspected;
  /** The settings of its system. */
  sections: readonly Section[];
  /** Without `ALERT_WEBHOOK`. */
  variables: Variables;
  /** Of the variables, for sentences that refuse one. */
  origins: Origins;
  /** `ALERT_WEBHOOK`. */
  webhook: string | undefined;
}

/** Everything that is settled before k6 starts; `variables` without those that the script does not use, or that only this run has. */
export interface PreparedRun extends PlannedRun {
  /** What k6 gets: the variables, and the settings that the script does not use. */
  environment: Variables;
  config: CommonConfig;
  reference: ReferenceTarget | undefined;
  /** Where `MEMORY_PID` names a process. */
  memory: ServedMemory | undefined;
  /** Where the script needs one and no setting names it. */
  redis: RedisServer | undefined;
  k6Arguments: readonly string[];
  dashboard: boolean;
}

/**
 * Finds script, settings and k6, and asks for the plan; the script checks its own settings then. A script of somebody's own
 * may read any variable. Throws an InputError for anything that is wrong with them.
 */
export async function planRun(name: string, options: SettingsOptions): Promise<PlannedRun> {
  const script = findScript(name);
  const all = gatherForRun(options, script.name);
  const { variables: gathered, origins } = all;
  if (!script.isOwn) {
    refuseUnknownGiven(all, SECTIONS);
    noteNames(all, SECTIONS);
  }
  return namingOrigins(origins, async () => {
    readConfig(gathered, [OUTPUT]);
    const { webhook, rest: variables } = takeWebhook(gathered);
    const k6 = await findOrBuildK6(variables, neededModules(script.path));
    const inspected = await inspectScript(k6, script.path, withAddressOfProcess(variables));
    const own = ownSections(inspected.own);
    const sections = [...sectionsOf(inspected.vocabulary.system, script.name), ...own];
    if (script.isOwn) noteNames(all, [...SECTIONS, ...own]);
    return { script, k6, inspected, sections, variables, origins, webhook };
  });
}

function noteNames(gathered: Given, sections: readonly Section[]): void {
  const remark = checkNames(gathered, sections);
  if (remark !== undefined) noteOnce(remark);
}

/**
 * Prepares a run; `k6Arguments` are handed on. Throws an InputError for anything that is wrong with the input. What tells
 * the memory of a process, a Redis server, and the reference target, which is started last, are the caller's to stop.
 */
export async function prepareRun(
  name: string,
  { dashboard = false, ...options }: RunOptions,
  k6Arguments: readonly string[],
): Promise<PreparedRun> {
  refuseK6Arguments(k6Arguments);
  const planned = await planRun(name, options);
  return namingOrigins(planned.origins, async () => {
    const { variables, sections } = planned;
    const memory = await serveMemory(variables, sections);
    let redis: RedisServer | undefined;
    try {
      redis = await openRedis(variables, sections);
      const opened = await openFor(planned, { ...memory?.addresses, ...redis?.addresses });
      return { ...planned, ...opened, memory, redis, k6Arguments, dashboard };
    } catch (error) {
      memory?.stop();
      await redis?.stop();
      throw error;
    }
  });
}

/** Opens the target; it is stopped again where its settings can't be used. `addresses`: of what only this run has. */
async function openFor(
  { variables: given, sections, inspected }: PlannedRun,
  addresses: Variables,
): Promise<Pick<PreparedRun, 'variables' | 'environment' | 'config' | 'reference'>> {
  const { variables: environment, reference } = await openTarget({ ...given, ...addresses }, sections);
  try {
    const config = checkSettings(withDefaults(environment, inspected.defaults), sections);
    const variables = without(environment, [...inspected.unused, ...Object.keys(addresses)]);
    return { variables, environment, config, reference };
  } catch (error) {
    await reference?.stop();
    throw error;
  }
}

function without(variables: Variables, names: readonly string[]): Variables {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !names.includes(name)));
}
