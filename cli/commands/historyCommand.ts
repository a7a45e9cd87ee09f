/** `crescendo history`: lists the runs of a reports folder, draws a metric over them, and answers SQL. */
import { resolve } from 'node:path';
import { InputError } from '../../lib/words/settings.ts';
import { plain } from '../../lib/words/plain.ts';
import { chosenRuns, readFilters } from '../history/historyFilter.ts';
import { counted } from '../../report/text/words.ts';
import { noRunsText, nothingText, tellGaps, tellUnreadable } from '../history/historyGaps.ts';
import { findRun, nameRun, readNames, removeName } from '../history/historyNames.ts';
import type { HistoryOptions } from '../history/historyOptions.ts';
import { describeTables } from '../history/historySchema.ts';
import { query, readHistory, rebuild, syncNames } from '../history/historyStore.ts';
import { jsonText, listText, tableText } from '../history/historyText.ts';
import { printTrend } from '../history/printTrend.ts';
import { messageOf, note, paint, say } from '../process/terminal.ts';

/** What `--…` asks for instead of the list; one at a time. */
const TASKS = ['trend', 'sql', 'tables', 'rebuild', 'name', 'removeName'] as const;
type Task = (typeof TASKS)[number];

/** Does what the options ask for. Throws an InputError for anything wrong with them. */
export async function history(folder: string | undefined, options: HistoryOptions): Promise<void> {
  const asked = TASKS.filter((task) => options[task] !== undefined);
  const [task, other] = asked;
  if (task !== undefined && other !== undefined)
    throw new InputError([`${flag(task)} and ${flag(other)} don't go together. Give one at a time.`]);
  if (folder !== undefined && task !== 'name')
    throw new InputError([
      `"${folder}" is not needed here. To name a run: crescendo history --name main ${folder}`,
    ]);
  await (task === undefined ? listOrBaseline(options) : DO[task](options, folder));
}

const flag = (task: Task): string => `--${task.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const DO: Readonly<
  Record<Task, (options: HistoryOptions, folder: string | undefined) => void | Promise<void>>
> = {
  trend: printTrend,
  sql: printQuery,
  tables: () => say(describeTables()),
  rebuild: printRebuild,
  name: setName,
  removeName: dropName,
};

function listOrBaseline(options: HistoryOptions): void | Promise<void> {
  if (options.baseline === undefined) return printList(options);
  say(plain(findRun(options.baseline, options.reports)));
}

async function printList(options: HistoryOptions): Promise<void> {
  const filters = readFilters(options, new Date());
  const history = await readHistory(options.reports);
  const named = namesByFolder(options.reports);
  const chosen = chosenRuns(history.runs, filters);
  const shown = chosen.slice(0, filters.limit);
  tellGaps(history, options.reports);
  if (options.json) sayJson(shown.map((run) => ({ ...run, names: named.get(run.folder) ?? [] })));
  else if (shown.length === 0) say(nothingText(history, options.reports));
  else say(`${listText(shown, named, paint)}\n\n ${shownText(shown.length, chosen.length)}`);
}

const sayJson = (value: unknown) => say(jsonText(value, 1));

function namesByFolder(reports: string): Map<string, string[]> {
  const named = new Map<string, string[]>();
  for (const [name, folder] of Object.entries(readNames(reports)))
    named.set(folder, [...(named.get(folder) ?? []), name]);
  return named;
}

function shownText(shown: number, all: number): string {
  return shown < all ? `${shown} of ${counted(all, 'run')}; --limit ${all} shows all` : counted(all, 'run');
}

async function printQuery({ sql = '', reports, json }: HistoryOptions): Promise<void> {
  const { columns, rows } = await query(reports, sql);
  if (json) sayJson(rows.map((row) => Object.fromEntries(columns.map((name, i) => [name, row[i]]))));
  else say(rows.length === 0 ? 'No rows.' : tableText(columns, rows));
}

async function printRebuild({ reports }: HistoryOptions): Promise<void> {
  const { stored, unreadable } = await rebuild(reports);
  say(`${reports}/history.duckdb has ${counted(stored, 'run')} now.`);
  tellUnreadable(unreadable);
}

async function setName({ name = '', reports }: HistoryOptions, given: string | undefined): Promise<void> {
  const folder = given === undefined ? await newest(reports) : findRun(given, reports);
  const { runs } = await readHistory(reports);
  if (!runs.some((run) => resolve(reports, run.folder) === resolve(folder)))
    throw new InputError([`${plain(folder)} is no run in ${reports}. "crescendo history" lists the runs.`]);
  nameRun(reports, name, folder);
  await tellDatabase(reports);
  say(`${name} is ${plain(folder)} now.`);
}

async function newest(reports: string): Promise<string> {
  const { runs } = await readHistory(reports);
  const [run] = chosenRuns(runs, readFilters({}, new Date()));
  if (run !== undefined) return resolve(reports, run.folder);
  throw new InputError([noRunsText(reports)]);
}

async function dropName({ removeName: name = '', reports }: HistoryOptions): Promise<void> {
  removeName(reports, name);
  await tellDatabase(reports);
  say(`No run is named ${plain(name)} any more.`);
}

/** The name holds whether or not SQL can see it. */
async function tellDatabase(reports: string): Promise<void> {
  await syncNames(reports).catch((error: unknown) => note(messageOf(error)));
}
