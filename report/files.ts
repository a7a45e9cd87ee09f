/** The reports that are made of the evidence of a run: file name → renderer. Pure. */
import type { Evidence, Remains } from './derive/evidence.ts';
import { renderHtml, renderHtmlRemains } from './html/page.ts';
import { renderJunit, renderJunitOfRemains } from './text/junit.ts';
import { renderFailures, renderHistory, renderStats } from './csv/locust.ts';
import { renderMarkdown, renderMarkdownOfRemains } from './text/markdown.ts';

/** A new format is one file and a line here. */
export const REPORTS: Readonly<Record<string, (evidence: Evidence) => string>> = {
  'report.html': (evidence) => renderHtml(evidence),
  'report.md': renderMarkdown,
  'junit.xml': renderJunit,
  'stats.csv': renderStats,
  'stats_history.csv': renderHistory,
  'failures.csv': renderFailures,
};

/** What can be made when k6 was killed before it wrote its summary. */
export const REPORTS_WITHOUT_SUMMARY: Readonly<Record<string, (remains: Remains) => string>> = {
  'report.html': renderHtmlRemains,
  'report.md': renderMarkdownOfRemains,
  'junit.xml': renderJunitOfRemains,
  'stats_history.csv': renderHistory,
};
