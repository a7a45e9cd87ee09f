/** `crescendo new <name>`: a protocol file and a script to begin with, for somebody's own back end. */
import { join } from 'node:path';
import { newFiles } from '../new/newFiles.ts';
import { buildCommand, exampleFiles, newFolder, wayUp, writeFolder } from '../new/newFolder.ts';
import { shortPath } from '../process/shortPath.ts';
import { say } from '../process/terminal.ts';

/**
 * Makes a folder of that name in the current one, with both files. Throws an InputError when the name is none, or taken, or
 * the folder can't be made.
 */
export function makeNew(name: string): void {
  const folder = newFolder(name);
  const { protocol, script } = newFiles(exampleFiles(), name, wayUp(folder));
  writeFolder(folder, { 'protocol.ts': protocol, [`${name}.ts`]: script });
  tellNext(name, folder);
}

function tellNext(name: string, folder: string): void {
  const script = join(folder, `${name}.ts`);
  say(`${shortPath(join(folder, 'protocol.ts'))}   what your back end says: change what differs`);
  say(`${shortPath(script)}   its script: load, limits, settings`);
  say();
  say('next');
  say('  crescendo probe wss://…   what goes over a socket, and what the file needs');
  say(`  ${buildCommand(script)}`);
  say(`  crescendo run ${name} --quick -e API_BASE_URL=… -e WEBSOCKET_BASE_URL=…`);
}
