/** `crescendo doctor`: is everything there, and does the target answer? Each finding that is not fine says what to do. */
import type { CommonConfig } from '../../lib/before/settings/common.ts';
import { InputError } from '../../lib/words/settings.ts';
import { wrap } from '../../report/text/wrap.ts';
import {
  checkNames,
  checkSettings,
  wantsReferenceTarget,
  type Given,
  type Variables,
} from '../setup/environment.ts';
import { SECTIONS, sectionsOf, SYSTEMS, type KnownSystem } from '../setup/knownSettings.ts';
import { USAGE } from '../exitCodes.ts';
import { INSTALL_K6 } from '../k6/goBuild.ts';
import { findK6, type K6 } from '../k6/k6Binary.ts';
import { neededModules } from '../k6/neededModules.ts';
import { inspectScript } from '../k6/k6Inspect.ts';
import { describeVersion } from '../k6/k6Version.ts';
import type { Finding } from '../setup/finding.ts';
import { withMemoryAddress } from '../setup/memoryOfProcess.ts';
import { judgeMachine, needsOf, thisMachine, type Needs } from '../setup/machineChecks.ts';
import { withOrigins, type Origins } from '../setup/settingOrigins.ts';
import { packageVersion } from '../process/packageRoot.ts';
import { openTarget } from '../setup/referenceTarget.ts';
import { gatherForRun } from '../setup/runSettings.ts';
import { shippedScripts } from '../setup/scriptFile.ts';
import { trySession } from '../setup/trySession.ts';
import { messageOf, paint, say } from '../process/terminal.ts';

const MARKS = { fine: '✓', doubtful: '!', bad: '✗' } as const;
/** Of a line, behind the mark. */
const WIDTH = 76;
const STYLES = { fine: 'green', doubtful: 'yellow', bad: 'red' } as const;

/** Checks everything, tells it line by line, and resolves to the exit code: 0 when nothing is bad. */
export async function doctor(): Promise<number> {
  let bad = 0;
  let origins: Origins = new Map();
  const tell = (findings: readonly Finding[]) => {
    for (const finding of findings) print(withOrigin(finding, origins));
    bad += findings.filter(({ grade }) => grade === 'bad').length;
  };
  tell([{ grade: 'fine', text: `Crescendo ${packageVersion()} on Node ${process.versions.node}` }]);
  const settings = readSettings();
  origins = settings.origins;
  const k6 = await checkK6(settings.variables);
  tell([...settings.findings, ...k6.findings]);
  if (settings.configs !== undefined) {
    if (k6.found !== undefined) tell(await checkScripts(k6.found, settings.variables));
    if (k6.found !== undefined && bad === 0) tell(await checkAnswer(k6.found, settings));
  }
  return bad === 0 ? 0 : USAGE;
}

function print({ grade, text }: Finding): void {
  const mark = paint(MARKS[grade], STYLES[grade]);
  const [first = '', ...more] = text.split('\n');
  say(` ${mark} ${first}`);
  for (const line of more) say(`   ${line}`);
}

function withOrigin({ grade, text }: Finding, origins: Origins): Finding {
  return { grade, text: grade === 'bad' ? withOrigins(text, origins) : text };
}

/** The settings as `crescendo run` would take them; `configs`, a system's each, are absent when they can't be used. */
interface Settings extends Pick<Given, 'variables' | 'origins'> {
  configs?: CommonConfig[];
  findings: Finding[];
}

/** The systems whose target the settings name; all of them, at the reference target, where they name none. */
function meantSystems(variables: Variables): [name: string, system: KnownSystem][] {
  const all = Object.entries(SYSTEMS).filter(([, { trial }]) => trial !== undefined);
  const named = all.filter(([, { sections }]) => !wantsReferenceTarget(variables, sections));
  return named.length > 0 ? named : all;
}

/** What is wrong is a finding. A sentence that names where a setting came from needs no origins. */
function readSettings(): Settings {
  try {
    const gathered = gatherForRun({});
    return checked(gathered, checkNames(gathered, SECTIONS));
  } catch (error) {
    const findings = problemsOf('settings', error);
    return { variables: { ...process.env }, origins: new Map(), findings };
  }
}

function checked({ variables, origins }: Given, remark: string | undefined): Settings {
  const settings = { variables, origins };
  try {
    const configs = meantSystems(variables).map(([, { sections }]) => checkSettings(variables, sections));
    return { ...settings, configs, findings: remarks(remark) };
  } catch (error) {
    return { ...settings, findings: problemsOf('settings', error) };
  }
}

function remarks(remark: string | undefined): Finding[] {
  return remark === undefined ? [] : [{ grade: 'doubtful', text: `settings: ${remark}` }];
}

function problemsOf(what: string, error: unknown): Finding[] {
  const problems = error instanceof InputError ? error.problems : [messageOf(error)];
  return problems.map((problem) => ({ grade: 'bad', text: `${what}: ${problem}` }));
}

async function checkK6(variables: Variables): Promise<{ found?: K6; findings: Finding[] }> {
  try {
    const found = await findK6(variables);
    if (found === undefined) return { findings: [{ grade: 'bad', text: NO_K6 }] };
    const origin = { K6: 'from $K6', PATH: 'from PATH', 'own build': 'own build' }[found.origin];
    return { found, findings: [{ grade: 'fine', text: `k6 ${describeVersion(found)} (${origin})` }] };
  } catch (error) {
    return { findings: problemsOf('k6', error) };
  }
}

const NO_K6 = `k6: there is none. "crescendo k6" builds one with Go (go.dev/dl).\n${INSTALL_K6}`;

/**
 * k6 reads each script with its settings, limits and questions, which says what its plan needs of this machine. One
 * sentence that concerns all of them is told once. Only a run needs to know where the target's memory is told.
 */
async function checkScripts(k6: K6, variables: Variables): Promise<Finding[]> {
  const problems = new Map<string, Finding>();
  const names: string[] = [];
  const needs: Needs[] = [];
  const lacking = new Set<string>();
  try {
    for (const { name, path } of shippedScripts()) {
      const missing = neededModules(path).filter((module) => !k6.extensions.includes(module));
      for (const module of missing) lacking.add(`${name} needs ${module}`);
      if (missing.length > 0) continue;
      names.push(name);
      try {
        const inspected = await inspectScript(k6, path, withMemoryAddress(variables));
        needs.push(needsOf(name, inspected, sectionsOf(inspected.vocabulary.system, name)));
      } catch (error) {
        for (const finding of problemsOf('scripts', error)) problems.set(finding.text, finding);
      }
    }
  } catch (error) {
    return problemsOf('scripts', error);
  }
  if (problems.size > 0) return [...problems.values()];
  const list = wrap(names.join(', '), WIDTH).join('\n');
  return [
    ...judgeMachine(await thisMachine(), needs).map(wrapped),
    { grade: 'fine', text: `scripts, limits and questions can be read:\n${list}` },
    ...(lacking.size === 0 ? [] : [wrapped({ grade: 'doubtful', text: lackingText([...lacking]) })]),
  ];
}

function lackingText(lacking: readonly string[]): string {
  return `this k6 can't run all scripts: ${lacking.join(', ')}.\nrun: crescendo k6 --build, and unset K6`;
}

function wrapped({ grade, text }: Finding): Finding {
  return {
    grade,
    text: text
      .split('\n')
      .flatMap((line) => wrap(line, WIDTH))
      .join('\n'),
  };
}

async function checkAnswer(k6: K6, { variables }: Settings): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const [name, system] of meantSystems(variables))
    findings.push(...(await tryOne(k6, name, system, variables)));
  return findings;
}

async function tryOne(
  k6: K6,
  name: string,
  { sections, trial }: KnownSystem,
  settings: Variables,
): Promise<Finding[]> {
  try {
    const { variables, reference } = await openTarget(settings, sections);
    try {
      const target = reference === undefined ? 'target' : 'reference target';
      return trial === undefined ? [] : [await trySession(k6, trial, variables, `${target} (${name})`)];
    } finally {
      await reference?.stop();
    }
  } catch (error) {
    return problemsOf('target', error);
  }
}
