/** A suite as people write it. Pure. */

/** Values of settings; numbers and words stand for their texts. */
export type SuiteSettings = Readonly<Record<string, string | number | boolean>>;

/** What this machine must have before any load, at the suite's full size. */
export interface SuiteNeeds {
  /** Files and sockets that k6 may have open; fewer with a smaller load. */
  openFiles?: number;
  /** Megabytes of free memory for k6; fewer with a smaller load. */
  memoryMegabytes?: number;
  /** Programs that must be on the PATH. */
  programs?: readonly string[];
  /** Settings that must be set, unless the reference target is meant. */
  settings?: readonly string[];
}

/** One test of a suite. */
export interface SuiteFileTest {
  /** A script that ships, or the path of a bundle, relative to this file. */
  script: string;
  /** Its name in tables and of its folder; that of the script when left out. */
  name?: string;
  /** Its settings. */
  env?: SuiteSettings;
  needs?: SuiteNeeds;
  /** Seconds of rest after it. */
  coolDownSeconds?: number;
}

/** The file of a suite. */
export interface SuiteFile {
  $schema?: string;
  /** Its name in tables and of its folder; that of the file when left out. */
  name?: string;
  /** What it is for: a sentence. */
  about?: string;
  /** Settings of all tests; those of a test go before. */
  env?: SuiteSettings;
  /** Seconds of rest between tests: 30 when left out. */
  coolDownSeconds?: number;
  /** What happens after a test that did not pass: the next one, unless it is `stop`. */
  afterFailure?: 'continue' | 'stop';
  tests: readonly SuiteFileTest[];
}
