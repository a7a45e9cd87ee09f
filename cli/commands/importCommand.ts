/** `crescendo import <recording>`: a folder that replays what a browser recorded. */
import { basename, join, resolve } from 'node:path';
import { plain } from '../../lib/words/plain.ts';
import { WIDTH, wrap } from '../../report/text/wrap.ts';
import { laidOut } from '../import/layout.ts';
import { imported, type Imported } from '../import/imported.ts';
import { chosenSocket } from '../import/recording/chosenSocket.ts';
import { readHar } from '../import/recording/harFile.ts';
import { recordingOf } from '../import/recording/recording.ts';
import { scriptOf } from '../new/newFiles.ts';
import { buildCommand, exampleFiles, newFolder, wayUp, writeFolder } from '../new/newFolder.ts';
import { shortPath } from '../process/shortPath.ts';
import { say } from '../process/terminal.ts';
import { isShipped } from '../setup/scriptFile.ts';

/** What a command line may give besides the recording. */
export interface ImportOptions {
  name?: string;
  socket?: string;
}

/**
 * Makes a folder with a protocol file, a script, the questions and the settings. Throws an InputError, and makes nothing,
 * when the recording is none, or the name is taken.
 */
export async function importRecording(path: string, options: ImportOptions): Promise<void> {
  const name = options.name ?? nameOf(path);
  const folder = newFolder(name);
  const file = plain(path);
  const recording = recordingOf(readHar(resolve(path), file), file);
  const chosen = chosenSocket(recording, file, options.socket);
  const up = wayUp(folder);
  const made = imported(recording, chosen, { name, up });
  const script = scriptOf(exampleFiles().script, name, up);
  writeFolder(folder, {
    'protocol.ts': await laidOut(made.protocol),
    [`${name}.ts`]: made.hasSettings ? withSettings(script) : script,
    ...(made.questions === '' ? {} : { 'questions.json': made.questions }),
    '.env': made.env,
  });
  tell(made, name, folder);
}

/** The script hands the settings of its protocol on. */
function withSettings(script: string): string {
  return script
    .replace('import { protocol }', 'import { protocol, SETTINGS }')
    .replace('chatSystem(protocol)', 'chatSystem(protocol, [], SETTINGS)');
}

/** `chat-example-com` of `Chat.example.com.har`. */
function nameOf(path: string): string {
  const words = basename(path)
    .replace(/\.(har|json)$/i, '')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
  const name = words.join('-').slice(0, 40).replace(/-+$/, '');
  if (!/^[a-z]/.test(name)) return 'my-chat';
  return isShipped(name) ? `my-${name}` : name;
}

function tell(made: Imported, name: string, folder: string): void {
  const file = (text: string) => shortPath(join(folder, text)).padEnd(28);
  say(`${file('protocol.ts')} what the back end says`);
  say(`${file(`${name}.ts`)} its script: load, limits, settings`);
  if (made.questions !== '') say(`${file('questions.json')} what was asked`);
  say(`${file('.env')} addresses, and what else the replay needs`);
  say();
  for (const [what, text] of made.derived) sayWrapped(` ${what}`.padEnd(12), text);
  if (made.open.length > 0) say('\nlook at');
  for (const text of made.open) sayWrapped('  - ', text);
  say('\nnext');
  say(`  ${buildCommand(join(folder, `${name}.ts`))}`);
  say(`  cd ${shortPath(folder)} && crescendo run ${name} --quick`);
}

function sayWrapped(start: string, text: string): void {
  for (const [index, line] of wrap(text, WIDTH - start.length).entries())
    say((index === 0 ? start : ' '.repeat(start.length)) + line);
}
