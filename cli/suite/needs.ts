/** Whether this machine has what a test needs. */
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Environment } from '../../lib/words/settings.ts';
import type { SuiteNeeds } from '../../report/suite/suiteFile.ts';
import { counted, whole } from '../../report/text/words.ts';
import { freeBytes } from '../k6/garbageCollector.ts';
import { openFilesLimit } from '../setup/machineChecks.ts';
import { needAtScale } from './scale.ts';

/** What is checked against. */
export interface Machine {
  openFiles: number;
  memoryMegabytes: number;
  hasProgram: (name: string) => boolean;
}

/** This machine. */
export async function thisMachine(): Promise<Machine> {
  const openFiles = await openFilesLimit();
  return { openFiles, memoryMegabytes: freeBytes() / 1e6, hasProgram };
}

/** A sentence for each need that is not met; `variables`: the settings of the test, `isReference`: no target of its own. */
export function unmetNeeds(
  { openFiles = 0, memoryMegabytes = 0, programs = [], settings = [] }: SuiteNeeds,
  scale: number,
  machine: Machine,
  target: { variables: Environment; isReference: boolean },
): string[] {
  const files = needAtScale(openFiles, scale);
  const memory = needAtScale(memoryMegabytes, scale);
  return [
    ...(files > machine.openFiles
      ? [
          `it needs ${whole(files)} open files, and ${whole(machine.openFiles)} are allowed. Run: ulimit -n ${files}, or use a smaller --scale.`,
        ]
      : []),
    ...(memory > machine.memoryMegabytes
      ? [
          `it needs ${whole(memory)} MB of memory, and ${whole(machine.memoryMegabytes)} MB are free. End other programs, or use a smaller --scale.`,
        ]
      : []),
    ...programs
      .filter((name) => !machine.hasProgram(name))
      .map((name) => `it needs the program "${name}", which is not on the PATH. Install it.`),
    ...(target.isReference ? [] : unset(settings, target.variables)),
  ];
}

function unset(settings: readonly string[], variables: Environment): string[] {
  const missing = settings.filter((name) => !variables[name]?.trim());
  if (missing.length === 0) return [];
  const example = `-e ${missing[0] ?? ''}=…`;
  return [
    `it needs ${counted(missing.length, 'more setting')}: ${missing.join(', ')}. Set it, as with ${example}.`,
  ];
}

function hasProgram(name: string): boolean {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`, name] : [name];
  return folders.some((folder) => names.some((file) => isExecutable(join(folder, file))));
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
