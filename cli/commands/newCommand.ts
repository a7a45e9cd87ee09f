/** `crescendo new <name>`: a protocol file and a script to begin with, for somebody's own back end. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, resolve, sep } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { InputError } from '../../lib/words/settings.ts';
import { dialectFiles } from '../new/dialectFiles.ts';
import { newFiles, toUp, type NewFiles } from '../new/newFiles.ts';
import { findDialect } from '../new/shippedDialects.ts';
import { packageRoot } from '../process/packageRoot.ts';
import { shortPath } from '../process/shortPath.ts';
import { messageOf, say } from '../process/terminal.ts';
import { shippedScripts } from '../setup/scriptFile.ts';

const EXAMPLES = join(packageRoot, 'examples');
const EXAMPLE = join(EXAMPLES, 'support-desk');
const SCRIPT = 'support-desk.ts';

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
  refuseName(name);
  const folder = resolve(name);
  if (existsSync(folder))
    throw new InputError([`There is something at ${shortPath(folder)} already: choose another name.`]);
  const way = `${relative(folder, packageRoot).split(sep).join('/')}/`;
  const up = way.startsWith('.') ? way : `./${way}`;
  const { protocol, script } = dialect === undefined ? ofExample(name, up) : ofDialect(dialect, name, up);
  write(folder, { 'protocol.ts': protocol, [`${name}.ts`]: script });
  tellNext(name, folder);
}

function ofExample(name: string, up: string): NewFiles {
  return newFiles({ protocol: exampleFile('protocol.ts'), script: exampleFile(SCRIPT) }, name, up);
}

function ofDialect(dialect: string, name: string, up: string): NewFiles {
  const { page, path } = findDialect(dialect);
  const own = join(EXAMPLES, dialect);
  if (existsSync(own)) return ofWholeExample(own, dialect, name, up);
  return dialectFiles(page, exampleFile(SCRIPT), { name, path: up + path, up });
}

/** Where a dialect needs another script than most, an example has both files. */
function ofWholeExample(folder: string, dialect: string, name: string, up: string): NewFiles {
  const [protocol, script] = ['protocol.ts', `${dialect}.ts`].map((file) =>
    toUp(readFileSync(join(folder, file), 'utf8'), up),
  );
  return {
    protocol: protocol ?? '',
    script: (script ?? '').replace(`name: '${dialect}'`, `name: '${name}'`),
  };
}

function refuseName(name: string): void {
  if (!/^[a-z][a-z\d]*(?:-[a-z\d]+)*$/.test(name) || name.length > 40)
    throw new InputError([
      `"${plain(name)}" can't be the name of a script: give small letters, digits and single hyphens, such as my-chat.`,
    ]);
  if (shippedScripts().some((script) => script.name === name))
    throw new InputError([`"${name}" is a script that ships: choose another name, such as my-${name}.`]);
}

function exampleFile(file: string): string {
  return readFileSync(join(EXAMPLE, file), 'utf8');
}

function write(folder: string, files: Readonly<Record<string, string>>): void {
  try {
    mkdirSync(folder);
    for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  } catch (error) {
    throw new InputError([`${shortPath(folder)} can't be made (${messageOf(error)}). Choose another place.`]);
  }
}

function tellNext(name: string, folder: string): void {
  const script = join(folder, `${name}.ts`);
  const build = `node ${shortPath(join(packageRoot, 'build.mjs'))} ${shortPath(script)}`;
  say(`${shortPath(join(folder, 'protocol.ts'))}   what your back end says: change what differs`);
  say(`${shortPath(script)}   its script: load, limits, settings`);
  say();
  say('next');
  say('  crescendo probe wss://…   what goes over a socket, and what the file needs');
  say(`  ${build}`);
  say(`  crescendo run ${name} --quick -e ENCRYPTION=none \\`);
  say('    -e API_BASE_URL=… -e WEBSOCKET_BASE_URL=…');
}
