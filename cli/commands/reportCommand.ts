/** `crescendo report <folder>`: makes all reports of a run again, of nothing but its evidence. */
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { InputError } from '../../lib/words/settings.ts';
import { readTroubles } from '../evidence/judge.ts';
import { BROKEN } from '../exitCodes.ts';
import { renderFiles, textReport } from '../evidence/reportFiles.ts';
import { readRun } from '../evidence/runReader.ts';
import { hasColours, messageOf, note } from '../process/terminal.ts';

/**
 * Writes the reports into the folder, prints the text, and says which other files it replaced. Resolves to 0, whatever the verdict is, or to 3 when a
 * report can't be made. Throws an InputError for a folder without usable evidence and one that can't be written to.
 */
export async function report(folder: string): Promise<number> {
  const evidence = await readRun(folder, 'report');
  const troubles = await readTroubles(join(folder, 'k6.log'));
  const { files, problems } = renderFiles(evidence, troubles);
  const replaced = changedFiles(folder, files);
  replaceFiles(folder, files);
  process.stdout.write(textReport(evidence, troubles, hasColours(process.stdout), folder));
  if (replaced.length > 0)
    note(`Replaced in "${folder}", where it was another file: ${replaced.join(', ')}.`);
  for (const problem of problems) note(problem);
  return problems.length === 0 ? 0 : BROKEN;
}

/** Those that are there already with another content, such as the page that plain k6 wrote. */
function changedFiles(folder: string, files: ReadonlyMap<string, string>): string[] {
  const isOther = (file: string, text: string) => {
    const path = join(folder, file);
    return existsSync(path) && statSync(path).isFile() && readFileSync(path, 'utf8') !== text;
  };
  return [...files].filter(([file, text]) => isOther(file, text)).map(([file]) => file);
}

/** All files are written aside first, so that no half of one replaces a whole one. */
function replaceFiles(folder: string, files: ReadonlyMap<string, string>): void {
  const aside = (file: string) => join(folder, `.${file}.partial`);
  try {
    for (const [file, text] of files) {
      rmSync(aside(file), { force: true });
      writeFileSync(aside(file), text, { flag: 'wx' });
    }
    for (const file of files.keys()) renameSync(aside(file), join(folder, file));
  } catch (error) {
    for (const file of files.keys()) rmSync(aside(file), { force: true });
    throw new InputError([`The reports can't be written into "${folder}" (${messageOf(error)}).`]);
  }
}
