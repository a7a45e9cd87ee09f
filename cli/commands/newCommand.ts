/** `crescendo new <name>`: a protocol file and a script to begin with, for somebody's own back end. */
import { join } from 'node:path';
import { dialectFiles } from '../new/dialectFiles.ts';
import { newFiles, toUp, type NewFiles } from '../new/newFiles.ts';
import { buildCommand, exampleFiles, hasExample, newFolder, wayUp, writeFolder } from '../new/newFolder.ts';
import { findDialect } from '../new/shippedDialects.ts';
import { shortPath } from '../process/shortPath.ts';
import { say } from '../process/terminal.ts';

/** What the command line says besides the name. */
export interface NewOptions {
  /** One that ships, such as `socket-io`. */
  dialect?: string;
}

/**
 * Makes a folder of that name in the current one, with both files. Throws an InputError when the name is none, or taken, or
 * the folder can't be made, or there is no such dialect.
 */
export function makeNew(name: string, { dialect }: NewOptions): void {
  const folder = newFolder(name);
  const up = wayUp(folder);
  const { protocol, script } =
    dialect === undefined ? newFiles(exampleFiles(), name, up) : ofDialect(dialect, name, up);
  writeFolder(folder, { 'protocol.ts': protocol, [`${name}.ts`]: script });
  tellNext(name, folder);
}

function ofDialect(dialect: string, name: string, up: string): NewFiles {
  const { page, path } = findDialect(dialect);
  if (hasExample(dialect)) return ofWholeExample(dialect, name, up);
  return dialectFiles(page, exampleFiles().script, { name, path: up + path, up });
}

/** Where a dialect needs another script than most, an example has both files. */
function ofWholeExample(dialect: string, name: string, up: string): NewFiles {
  const { protocol, script } = exampleFiles(dialect);
  const renamed = script.replace(`name: '${dialect}'`, `name: '${name}'`);
  return { protocol: toUp(protocol, up), script: toUp(renamed, up) };
}

function tellNext(name: string, folder: string): void {
  const script = join(folder, `${name}.ts`);
  say(`${shortPath(join(folder, 'protocol.ts'))}   what your back end says: change what differs`);
  say(`${shortPath(script)}   its script: load, limits, settings`);
  say();
  say('next');
  say('  crescendo probe wss://…   what goes over a socket, and what the file needs');
  say(`  ${buildCommand(script)}`);
  say(`  crescendo run ${name} --quick -e ENCRYPTION=none \\`);
  say('    -e API_BASE_URL=… -e WEBSOCKET_BASE_URL=…');
}
