/** What a reader of the history must know beside what it shows. */
import { plain } from '../../lib/words/plain.ts';
import { counted } from '../../report/text/words.ts';
import type { History } from './historyStore.ts';
import { note } from '../process/terminal.ts';

/** Why there is nothing to show. */
export function nothingText({ runs }: History, reports: string): string {
  if (runs.length > 0) return `None of the ${counted(runs.length, 'run')} in ${reports} is like that.`;
  return noRunsText(reports);
}

/** That there are no runs at all, and where they come from. */
export function noRunsText(reports: string): string {
  return `There are no runs in ${reports} yet: "crescendo run" puts them there.`;
}

/** Tells of runs that SQL does not see, and of folders that nobody can read. */
export function tellGaps({ unknown, unreadable }: History, reports: string): void {
  if (unknown.length > 0)
    note(
      `${reports}/history.duckdb lacks ${counted(unknown.length, 'run')} of the folders; "crescendo history --rebuild" adds them.`,
    );
  tellUnreadable(unreadable);
}

/** Tells which runs were left out, and why the first of them. */
export function tellUnreadable(problems: readonly string[]): void {
  const [first, ...others] = problems;
  if (first === undefined) return;
  const more = others.length > 0 ? ` ${counted(others.length, 'more run')} can't be listed either.` : '';
  note(`Left out: ${plain(first)}${more}`);
}
