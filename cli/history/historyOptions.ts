/** The options of `crescendo history`. */
import type { FilterOptions } from './historyFilter.ts';

/** What the command line says besides the folder to name. */
export interface HistoryOptions extends FilterOptions {
  reports: string;
  json?: boolean;
  trend?: string;
  percentile?: string;
  stages?: string;
  anyPlan?: boolean;
  sql?: string;
  tables?: boolean;
  rebuild?: boolean;
  name?: string;
  removeName?: string;
  baseline?: string;
}
