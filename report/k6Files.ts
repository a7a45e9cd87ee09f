/** What k6 prints and writes at the end of a run: the verdict, `summary.json` and `report.html`. */
import type { Prepared } from '../lib/before/prepare.ts';
import { operationOf } from '../lib/vocabulary/vocabulary.ts';
import type { Evidence } from './derive/evidence.ts';
import { renderHtml } from './html/page.ts';
import type { K6Data } from './derive/k6Data.ts';
import { summaryOf, type TestInfo } from './derive/summary.ts';
import { renderText } from './text/text.ts';
import { verdictOf } from './derive/verdict.ts';

/** File name (`stdout`, too) → content; nothing when the run made no load. */
export function k6Files(script: string, prepared: Prepared, data: K6Data): Record<string, string> {
  if (!isReadable(data)) return { stderr: UNREADABLE };
  if (neverRan(data, prepared)) return {};
  const { summaryFile, reportFile } = prepared.config;
  const summary = summaryOf(testInfo(script, prepared, data), data);
  const verdict = verdictOf(summary);
  const colours = data.state.isStdOutTTY === true && data.options?.noColor !== true;
  const files = [summaryFile, reportFile].filter((file) => file !== '').join(', ');
  return {
    ...htmlReport(reportFile, { summary, verdict }),
    ...(summaryFile === '' ? {} : { [summaryFile]: JSON.stringify({ ...summary, verdict }, null, 1) }),
    stdout: renderText(summary, verdict, colours, files === '' ? {} : { files }),
  };
}

/** A fault in the page must not cost the summary. */
function htmlReport(file: string, evidence: Evidence): Record<string, string> {
  if (file === '') return {};
  try {
    return { [file]: renderHtml(evidence, new Date().toISOString()) };
  } catch (error) {
    console.error(`${file} can't be made (${String(error)}), which is a fault of Crescendo's own.`);
    return {};
  }
}

const UNREADABLE =
  'There is no verdict, because k6 gave the summary a form that Crescendo does not read: leave out --new-machine-readable-summary.\n';

function isReadable(data: Partial<K6Data>): data is K6Data {
  return data.metrics !== undefined && data.state !== undefined;
}

/** The check of the target ended the run: its sentence says all. */
function neverRan({ metrics }: K6Data, { vocabulary }: Prepared): boolean {
  const count = (name: string) => metrics[name]?.values['count'] ?? 0;
  const { began } = operationOf(vocabulary, vocabulary.visit);
  return count(began.metric) === 0 && count('script_errors') === 0;
}

function testInfo(script: string, prepared: Prepared, { metrics }: K6Data): TestInfo {
  const { vocabulary, config, load, plan, limits, stopsAtBreak, fanout } = prepared;
  const { requiredSessions, generatorLagLimitMs, limits: level } = config;
  const judgement = { level, limits: limits[level], requiredSessions, generatorLagLimitMs, stopsAtBreak };
  const wasJudged = Object.values(metrics).some((metric) => metric?.thresholds !== undefined);
  const unjudged = wasJudged ? {} : { unjudged: true as const };
  const info = { script, vocabulary, load, plan, ...judgement, ...unjudged, levels: limits };
  const { shownSettings: settings, shapingSettings } = prepared;
  return { ...info, settings, shapingSettings, ...(fanout === undefined ? {} : { fanout }) };
}
