/** handleSummary: the report's code is text that is evaluated only here, so that VUs pay nothing for it. */
import reportSource from '../report/index.ts?text';
import type { Evidence } from '../report/evidence.ts';
import type * as Report from '../report/index.ts';
import type { K6Data } from '../report/k6Data.ts';
import type { TestInfo } from '../report/summary.ts';
import type { Prepared } from './prepare.ts';
import { evaluate } from './text.ts';

/** k6's handleSummary: file name → content. */
export type Summarize = (data: K6Data) => Record<string, string>;

/**
 * Prints the verdict and writes `summary.json` and `report.html`; only the first evaluation of a script has what was
 * prepared.
 */
export function summarize(script: string, prepared: Prepared | undefined): Summarize {
  return (data) => {
    if (prepared === undefined || neverRan(data)) return {};
    const { summaryFile, reportFile } = prepared.config;
    const report = evaluate(reportSource) as typeof Report;
    const summary = report.summaryOf(testInfo(script, prepared), data);
    const verdict = report.verdictOf(summary);
    const colours = data.state.isStdOutTTY === true && data.options?.noColor !== true;
    const files = [summaryFile, reportFile].filter((file) => file !== '').join(', ');
    return {
      ...htmlReport(report, reportFile, { summary, verdict }),
      ...(summaryFile === '' ? {} : { [summaryFile]: JSON.stringify({ ...summary, verdict }, null, 1) }),
      stdout: report.renderText(summary, verdict, colours, files === '' ? {} : { files }),
    };
  };
}

/** A fault in the page must not cost the summary. */
function htmlReport({ renderHtml }: typeof Report, file: string, evidence: Evidence): Record<string, string> {
  if (file === '') return {};
  try {
    return { [file]: renderHtml(evidence, new Date().toISOString()) };
  } catch (error) {
    console.error(`${file} can't be made (${String(error)}), which is a fault of Crescendo's own.`);
    return {};
  }
}

/** The check of the target ended the run: its sentence says all. */
function neverRan({ metrics }: K6Data): boolean {
  const count = (name: string) => metrics[name]?.values['count'] ?? 0;
  return count('sessions_started') === 0 && count('script_errors') === 0;
}

function testInfo(script: string, { config, plan, limits, stopsAtBreak }: Prepared): TestInfo {
  const { requiredSessions, generatorLagLimitMs, limits: level, ...settings } = config;
  const judgement = { level, limits: limits[level], requiredSessions, generatorLagLimitMs, stopsAtBreak };
  const info = { script, plan, ...judgement, levels: limits };
  return { ...info, settings: { ...settings, encryptionKey: '…' } };
}
