/** Settings as data: what each says of itself, the sections that they stand in, and the types of their values. Pure. */
import type { LoadName } from '../plans/load.ts';

/**
 * What `crescendo suite --scale` makes of its numbers: of a `load` and a `size` that share, of a `time` its square root, for
 * a smaller test needs less time, but enough to measure something. How fast users come is a `time`, too: it is their
 * number by a time. No number becomes smaller than `least`; one that is, stays as it is.
 */
export interface Scales {
  readonly by: 'load' | 'size' | 'time';
  readonly least?: number;
  /** Which numbers of a text are meant; all that are no part of a word, when left out. */
  readonly numbers?: RegExp;
}

/** What every setting says of itself. */
interface About {
  /** Its environment variable. */
  readonly env: string;
  /** One line of Markdown for people. */
  readonly meaning: string;
  /**
   * What a difference between two runs in it means. `load`: users do, or k6 measures, something else, so the runs can't
   * be compared. `plan`: it makes the plan, which is compared itself. `nothing`: it may differ.
   */
  readonly shapes: 'load' | 'plan' | 'nothing';
  /** VUs read it; each keeps a copy. */
  readonly vu?: true;
  /** The kinds of load whose plan it makes; absent: it is for every kind. */
  readonly loads?: readonly LoadName[];
  /** The kinds of load that need it besides, where a profile varies them. */
  readonly profilesOf?: readonly LoadName[];
  /**
   * How it stands in files and reports. `masked`: as "…", for it is a secret. `without query`: one may stand in its
   * query. `without user`: an address without user, password and query. `elsewhere`: it has a place of its own in the summary.
   */
  readonly inFiles?: 'masked' | 'without query' | 'without user' | 'elsewhere';
  /** Only the command needs it: it is checked, and in no configuration. */
  readonly kept?: false;
  /** `crescendo run` sets it, whatever it was. */
  readonly byCommand?: true;
  /** Its value with `--quick`, where the user gave none. */
  readonly quick?: string;
  /** Absent: a suite of another size has the same value. */
  readonly scales?: Scales;
  /** What the table of settings shows where there is no default. */
  readonly otherwise?: string;
  /**
   * An address of the target: on the reference target it is below that of its HTTP or of its sockets; `names`: once for
   * each, as `name=address`. That of a Redis server is the server's own.
   */
  readonly ofTarget?: {
    readonly by: 'http' | 'ws' | 'redis';
    readonly path?: string;
    readonly names?: readonly string[];
  };
}

/** A default that follows from another setting; `is` says in Markdown what it is. */
export interface Derived<T> {
  readonly from: Setting;
  readonly is: string;
  by(value: unknown): T;
}

/** A number between `min` and `max`: "a number of ⟨unit⟩⟨where⟩". */
interface Numeric {
  readonly default: number | null | Derived<number>;
  readonly unit: string;
  readonly where?: string;
  readonly min: number;
  readonly max?: number;
}

interface NumberSetting extends About, Numeric {
  readonly kind: 'number';
}

/** `words`: what may stand in place of a number, and the number that it means. */
interface WholeSetting extends About, Numeric {
  readonly kind: 'whole';
  readonly words?: Readonly<Record<string, number>>;
}

/** One of a few words. */
interface ChoiceSetting extends About {
  readonly kind: 'choice';
  readonly default: string | null;
  readonly choices: readonly string[];
}

/** A base URL with one of two schemes. */
interface UrlSetting extends About {
  readonly kind: 'url';
  readonly default?: string | Derived<string | undefined>;
  readonly schemes: readonly [string, string];
}

/** A path of a URL, which may have a query. */
interface PathSetting extends About {
  readonly kind: 'path';
  readonly default: string;
}

/** `file`: of a file to read, relative to the current folder. */
interface TextSetting extends About {
  readonly kind: 'text' | 'file';
  readonly default?: string;
  /** There is no default, and nothing can be done without it. */
  readonly needed?: true;
}

/** The path of a file to write; empty: none. */
interface OutputSetting extends About {
  readonly kind: 'output';
  readonly default: string;
}

/** What `parse` makes of a text and of the default; it hands what the text must be to `reject`, which may be more than one thing. */
interface CustomSetting extends About {
  readonly kind: 'custom';
  readonly default?: string | Derived<string>;
  /** A secret may stand in the text, so no sentence shows it. */
  readonly hidesText?: true;
  parse(text: string, reject: (remedy: string) => void): unknown;
}

/** One setting. */
export type Setting =
  | NumberSetting
  | WholeSetting
  | ChoiceSetting
  | UrlSetting
  | PathSetting
  | TextSetting
  | OutputSetting
  | CustomSetting;

/** Settings that a script brings along, by the names of their values: plain data, for the command reads them, too. */
export type ScriptSettings = Readonly<Record<string, Exclude<Setting, CustomSetting>>>;

/** Settings by their names in a configuration, some of them in groups. */
export interface Settings {
  readonly [name: string]: Setting | Settings;
}

/** How what can't be seen from one setting alone is refused. */
export interface Refusal {
  /** Whether the user gave the setting a value. */
  isSet(setting: Setting): boolean;
  /** Refuses a setting without its value. */
  reject(setting: Setting, remedy: string): void;
}

/** Settings that belong together. */
export interface Section<S extends Settings = Settings> {
  readonly title: string;
  readonly settings: S;
  /** What several names begin with: such a name that is none is told as a lookalike. */
  readonly families?: readonly string[];
  check?(values: Values<S>, refusal: Refusal): void;
}

/** A section with the types of its very settings. */
export function section<const S extends Settings>(of: Section<S>): Section<S> {
  return of;
}

/** One setting with its very type, for others to be derived from. */
export function setting<const S extends Setting>(of: S): S {
  return of;
}

type Given<S extends Setting> = S extends { kind: 'number' | 'whole' }
  ? number
  : S extends { kind: 'choice'; choices: readonly (infer C)[] }
    ? C
    : S extends { parse(...args: never[]): infer T }
      ? Exclude<T, undefined>
      : string;

type Missing<S extends Setting> = S extends { needed: true }
  ? never
  : S extends { default: null }
    ? null
    : S extends { default: Derived<infer T> }
      ? Extract<T, undefined>
      : S extends { default: unknown }
        ? never
        : undefined;

/** What is read of a setting: null or undefined where it has no default. */
export type ValueOf<S extends Setting> = Given<S> | Missing<S>;

/** The values of settings, but for those that are not kept. */
export type Values<S extends Settings> = {
  -readonly [N in keyof S as S[N] extends { kept: false } ? never : N]: S[N] extends Setting
    ? ValueOf<S[N]>
    : S[N] extends Settings
      ? Values<S[N]>
      : unknown;
};

type IsForVus<P> = P extends Setting
  ? P extends { vu: true }
    ? true
    : false
  : { [N in keyof P]: IsForVus<P[N]> }[keyof P];

type VuValues<S extends Settings> = {
  -readonly [N in keyof S as true extends IsForVus<S[N]> ? N : never]: S[N] extends Setting
    ? ValueOf<S[N]>
    : S[N] extends Settings
      ? VuValues<S[N]>
      : never;
};

type All<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;
type Plain<T> = { [N in keyof T]: T[N] };

/** The configuration that sections make. */
export type ConfigOf<L extends readonly Section[]> = Plain<
  All<L[number] extends infer S ? (S extends Section<infer T> ? Values<T> : never) : never>
>;

/** The part of it that VUs read. */
export type VuConfigOf<L extends readonly Section[]> = Plain<
  All<L[number] extends infer S ? (S extends Section<infer T> ? VuValues<T> : never) : never>
>;

/** The section of a script's own settings, which are all for its VUs; none where it has none. */
export function ownSections(own: ScriptSettings): Section[] {
  const entries = Object.entries(own).map(([name, one]) => [name, { ...one, vu: true }] as const);
  if (entries.length === 0) return [];
  return [{ title: "The script's own", settings: { own: Object.fromEntries(entries) } }];
}

/** Whether it is one setting, not a group of them. */
export function isSetting(part: Setting | Settings): part is Setting {
  return typeof part['kind'] === 'string';
}

/** The settings of sections, one after the other. */
export function settingsIn(sections: readonly Section[]): Setting[] {
  return sections.flatMap(({ settings }) => flat(settings));
}

function flat(settings: Settings): Setting[] {
  return Object.values(settings).flatMap((part) => (isSetting(part) ? [part] : flat(part)));
}
