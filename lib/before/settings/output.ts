/** The settings that say what is shown, written and sent. Pure data. */
import { section } from '../../words/sections.ts';

export const OUTPUT = section({
  title: 'Output',
  settings: {
    sessionLog: {
      kind: 'whole',
      unit: 'sessions',
      min: 0,
      max: 1e6,
      words: { all: Number.MAX_SAFE_INTEGER },
      env: 'SESSION_LOG',
      default: 0,
      meaning: 'so many sessions, from the first on, are logged: questions, answers, failures; or `all`',
      shapes: 'nothing',
      vu: true,
    },
    summaryFile: {
      kind: 'output',
      env: 'SUMMARY_FILE',
      default: 'summary.json',
      meaning: 'where the summary goes; empty: nowhere',
      shapes: 'nothing',
      byCommand: true,
    },
    reportFile: {
      kind: 'output',
      env: 'REPORT_FILE',
      default: 'report.html',
      meaning:
        'where plain k6 writes the page; empty: nowhere. `crescendo run` writes its own into the report folder',
      shapes: 'nothing',
      byCommand: true,
    },
    alertWebhook: {
      kind: 'custom',
      env: 'ALERT_WEBHOOK',
      parse: checkWebhook,
      hidesText: true,
      meaning: "`crescendo run` only: http(s) address that gets alerts, in Slack's JSON; a secret",
      shapes: 'nothing',
      inFiles: 'masked',
      kept: false,
    },
  },
});

const { summaryFile, reportFile, alertWebhook } = OUTPUT.settings;

/** The same for systems whose visits are not logged. */
export const UNLOGGED_OUTPUT = section({
  title: 'Output',
  settings: { summaryFile, reportFile, alertWebhook },
});

function checkWebhook(text: string, reject: (remedy: string) => void): undefined {
  if (!/^https?:\/\/[^\s/?#@]+([/?#]\S*)?$/i.test(text))
    reject('it must be an http:// or https:// address without user');
}
