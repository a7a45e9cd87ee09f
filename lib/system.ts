/** What a system provides to its scripts: a kind of back end and what its users do with it. Types only. */
import type { CommonVuConfig } from './before/settings/common.ts';
import type { StageClock } from './vu/stages.ts';
import type { ScriptSettings } from './words/sections.ts';
import type { VuWords } from './vocabulary/vuWords.ts';

/** Runs visit number `iteration` (from 0) of VU number `vu`; resolves to whether it got any answer. */
export type RunVisit = (
  clock: StageClock,
  vu: number,
  iteration: number,
  observer?: VisitObserver,
) => Promise<boolean>;

/** Hears how the operations of visits end that the verdict speaks of; `stage` is the stage tag of each, settled or not. */
export interface VisitObserver {
  good(stage: string, latencyMs: number): void;
  bad(stage: string): void;
}

/** What a system prepares once and VUs use. */
export interface Shared<Facts> {
  /** Small plain data: every VU has a copy. */
  facts: Facts;
  /** Whatever is large: it exists once for all VUs. */
  texts: readonly string[];
}

/** What a VU has of what was prepared. */
export interface VuParts<Facts, Config extends CommonVuConfig> {
  config: Config;
  /** Names of what is counted; the metrics are made already. */
  words: VuWords;
  facts: Facts;
  /** One of the shared texts; empty where there is none. */
  textAt: (index: number) => string;
}

/** The addresses that visits use. */
export interface Uses {
  /** Whether they make REST calls. */
  calls: boolean;
  /** Below the address of sockets, where they open them. */
  socketPath?: string;
  /** The setting of that address; `WEBSOCKET_BASE_URL` when left out. */
  socketSetting?: string;
  /** What tells the memory of the target, which is asked before the load where limits need it. */
  memoryUrl?: string | undefined;
  /** Asks for what else must be there; resolves to a sentence when it is not. */
  missing?: () => Promise<string | undefined>;
}

/** A system within one VU. */
export interface VuSystem {
  uses: () => Uses;
  /** Makes the function of the VU's visits; while the VU is initialised. */
  visits: () => RunVisit;
  /** Makes short visits that do the one thing that visits are for, once, and wait so long for it. */
  probes: (longestSeconds: number) => RunVisit;
  /** What is left to do after the load, of places numbered from 1 to `most`. */
  after?: (most: number) => Promise<void>;
}

/** A system; `Facts` is what it shares with its VUs beside texts, `Config` the settings that its VUs read. */
export interface System<Facts, Config extends CommonVuConfig> {
  /** Text of a module whose `prepare` takes a script's Input: `lib/before/prepare.ts` with what the system adds. */
  before: string;
  /** What a metric's `only` names that this script has, whatever its settings. */
  features?: readonly string[];
  /** Settings that only this script has; VUs find their values in `own` of their configuration. */
  settings?: ScriptSettings | undefined;
  /** Called once per VU, while it is initialised. */
  inVu: (parts: VuParts<Facts, Config>) => VuSystem;
}
