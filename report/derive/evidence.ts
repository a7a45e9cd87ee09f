/** What a run leaves behind, as reports read it. Pure. */
import { valueAt } from '../../lib/words/jsonFields.ts';
import { withoutCredentials } from '../../lib/words/query.ts';
import type { Example } from '../../lib/words/exampleText.ts';
import type { Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import type { ChartCode } from '../html/charts/chartCode.ts';
import type { GeneratorLevel } from './generatorMemory.ts';
import type { RunSummary } from './summary.ts';
import type { Observation, Verdict } from './verdict.ts';

/** Where a back end is; a script has a use for one of them at least. */
export interface Addresses {
  apiBaseUrl?: string | undefined;
  websocketBaseUrl?: string | undefined;
  /** Without user and password. */
  redisUrl?: string | undefined;
  /** The names of several. */
  hosts?: string | undefined;
}

/** Those that settings have, which are anything until somebody has looked. */
export function addressesOf(settings: object): Addresses {
  const textAt = (name: string) => {
    const value = valueAt(settings, name);
    return typeof value === 'string' ? value : undefined;
  };
  const redisUrl = textAt('redisUrl');
  const hosts = valueAt(settings, 'hosts');
  const names = Array.isArray(hosts) ? hosts.map((host: unknown) => String(valueAt(host, 'name'))) : [];
  return {
    apiBaseUrl: textAt('apiBaseUrl'),
    websocketBaseUrl: textAt('websocketBaseUrl'),
    ...(redisUrl === undefined ? {} : { redisUrl: withoutCredentials(redisUrl) }),
    ...(names.length === 0 ? {} : { hosts: names.join(', ') }),
  };
}

/** All of them, those of the sockets first. */
export function allAddresses({ websocketBaseUrl, apiBaseUrl, redisUrl, hosts }: Addresses): string[] {
  return [websocketBaseUrl, apiBaseUrl, redisUrl, hosts].flatMap((address) => address ?? []);
}

/** The address that a run is known by. */
export function addressOf(addresses: Addresses): string {
  return allAddresses(addresses)[0] ?? '';
}

/** `run.json`: everything about a run that its figures don't say. No key, no credentials. */
export interface RunRecord {
  version: 1;
  crescendo: string;
  script: string;
  /** Settings that differ from the defaults, as a repetition needs them. */
  settings: Record<string, string>;
  k6Arguments: string[];
  seed: number;
  target: Addresses & { isReference: boolean; stats: unknown };
  k6: { version: string; extensions: string[]; exitCode: number };
  machine: Record<string, string | number>;
  startedAt: string;
  endedAt: string;
  result: Verdict['result'];
  exitCode: number;
  /** Only where k6 left no summary to hold it. */
  observed?: Observed;
  /** What the script's system says of itself; only where k6 left no summary to hold it. */
  vocabulary?: Vocabulary;
  /** The first failure of each class, as k6's log has it; without secrets. */
  examples?: readonly Example[];
}

/** The first failure of a class, where the record of the run has one. */
export function exampleOf(
  { phase, reason }: Omit<Example, 'text'>,
  examples: readonly Example[] = [],
): string | undefined {
  return examples.find((example) => example.phase === phase && example.reason === reason)?.text;
}

/** What an observer outside k6 saw; part of `summary.json` of `crescendo run`. */
export interface Observed extends Observation {
  peakConcurrent: number;
  cores: number;
  peakCpu: number | null;
  /** Absent in runs of an earlier version. */
  averageCpu?: number | null;
  peakMemoryBytes: number | null;
  /** k6's memory at each level, of runs that watch the memory of their target. */
  levels?: GeneratorLevel[];
}

/** `summary.json` as it is written: with the verdict, and what was seen from outside where somebody looked. */
export type SummaryFile = RunSummary & { observed?: Observed; verdict: Verdict };

/** What is there even when k6 was killed. */
export interface Remains {
  verdict: Verdict;
  run?: RunRecord;
  /** Text of `timeline.ndjson`, the record of k6's web dashboard: a line per event. */
  timeline?: string;
  /** What makes the charts of `report.html` live; without it they are drawings. */
  charts?: ChartCode;
}

/** All that a report can be made of. Plain k6 has the summary and the verdict only. */
export interface Evidence extends Remains {
  summary: RunSummary & { observed?: Observed };
}

/** The words of a run's system; `undefined` where neither a summary nor a record holds them. */
export function vocabularyOf({ summary, run }: Remains & Partial<Evidence>): Vocabulary | undefined {
  return summary?.vocabulary ?? run?.vocabulary;
}
