/** Asks k6 what a script is going to do, which also checks its settings and its files. */
import type { ScriptFacts } from '../../lib/before/prepare.ts';
import { InputError } from '../../lib/words/settings.ts';
import { capture } from '../process/capture.ts';
import { k6Environment, type Variables } from '../setup/environment.ts';
import { parseGoDuration } from '../../lib/words/goDuration.ts';
import { inspectArguments } from './k6Arguments.ts';
import type { K6 } from './k6Binary.ts';
import { messagesIn } from './k6Log.ts';

/** What a run of a script is going to be. */
export interface Inspected extends ScriptFacts {
  /** Milliseconds from the start of the scenario to the end of its last session, at the latest. */
  longestMs: number;
  /** The VUs of all its scenarios: those that are made before the load, or as many as it comes to. */
  vus: number;
}

/**
 * Runs `k6 inspect`. Throws an InputError with the script's own sentences when it refuses its settings or files, or
 * when it is no script of ours.
 */
export async function inspectScript(k6: K6, script: string, variables: Variables): Promise<Inspected> {
  const { exitCode, stdout, stderr, problem } = await capture(k6.path, inspectArguments(script), {
    env: k6Environment(variables),
  });
  if (exitCode !== 0)
    throw new InputError([refusal(stderr) ?? problem ?? `k6 can't read ${script}: ${stderr.trim()}`]);
  const inspected = parseInspection(stdout);
  if (inspected === undefined)
    throw new InputError([
      `${script} is no script of this Crescendo: its options do not hold vocabulary, plan and limits (ext.crescendo). Build it anew.`,
    ]);
  return inspected;
}

function refusal(stderr: string): string | undefined {
  const messages = messagesIn(stderr);
  return messages.length > 0 ? messages.join('\n') : undefined;
}

interface Options {
  ext?: { crescendo?: Partial<ScriptFacts> } | null;
  scenarios?: Record<string, ScenarioOptions> | null;
}

interface ScenarioOptions {
  maxDuration?: string | null;
  gracefulStop?: string | null;
  vus?: number | null;
  preAllocatedVUs?: number | null;
  stages?: readonly { target?: number | null }[] | null;
}

/** k6's own default. */
const GRACEFUL_STOP_MS = 30_000;

/** Reads the output of `k6 inspect`; `undefined` for a script that says nothing of its run, or too little. */
export function parseInspection(output: string): Inspected | undefined {
  const { ext, scenarios } = JSON.parse(output) as Options;
  const facts = ext?.crescendo;
  if (!isWhole(facts)) return undefined;
  const all = Object.values(scenarios ?? {});
  const lengths = all.map(({ maxDuration }) => parseGoDuration(maxDuration ?? '') ?? 0);
  const tails = all.map(({ gracefulStop }) => parseGoDuration(gracefulStop ?? '') ?? GRACEFUL_STOP_MS);
  const longestMs = Math.max(facts.plan.end ?? 0, ...lengths) + Math.max(0, ...tails);
  return { ...facts, longestMs, vus: all.reduce((sum, scenario) => sum + vusOf(scenario), 0) };
}

/** Targets of stages are VUs where none are made before. */
function vusOf({ vus, preAllocatedVUs, stages }: ScenarioOptions): number {
  return preAllocatedVUs ?? vus ?? Math.max(1, ...(stages ?? []).map(({ target }) => target ?? 0));
}

function isWhole(facts: Partial<ScriptFacts> | undefined): facts is ScriptFacts {
  const { vocabulary, plan, limits, requiredSessions, generatorLagLimitMs, unused, defaults, own } =
    facts ?? {};
  return [vocabulary, plan, limits, requiredSessions, generatorLagLimitMs, unused, defaults, own].every(
    (fact) => fact !== undefined,
  );
}
