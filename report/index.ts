/** What `handleSummary` and the command need of the report. */
export { summaryOf } from './summary.ts';
export { verdictOf } from './verdict.ts';
export { renderText } from './text.ts';
export { renderHtml } from './html/page.ts';
