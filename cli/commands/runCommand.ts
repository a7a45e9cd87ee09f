/** `crescendo run <script>`: one run, whose folder is published and stored in the history. */
import { resolve } from 'node:path';
import { folderName, ReportFolder } from '../evidence/reportFolder.ts';
import { storeRun } from '../history/historyStore.ts';
import { surviveStops } from '../process/interrupt.ts';
import { runScript } from '../run/runScript.ts';
import type { RunOptions } from '../setup/prepareRun.ts';

/** What the command line says besides the script. */
export interface RunCommandOptions extends RunOptions {
  /** Where the folder of the run goes. */
  reports: string;
}

/** Resolves to the exit code. Throws an InputError when nothing could be run; then nothing is left behind. */
export async function run(
  script: string,
  { reports, ...options }: RunCommandOptions,
  k6Arguments: readonly string[],
): Promise<number> {
  const concluded = await runScript(script, options, k6Arguments, {
    openFolder: (startedAt, name) => new ReportFolder(resolve(reports), folderName(startedAt, name)),
    onPublished: (path) => storeRun(path),
    onReady: () => {
      surviveStops(() => undefined);
      return true;
    },
  });
  return concluded?.exitCode ?? 0;
}
