/** handleSummary: the report's code is text that is evaluated only here, so that VUs pay nothing for it. */
import reportSource from '../report/index.ts?text';
import type * as Report from '../report/index.ts';
import type { K6Data } from '../report/k6Data.ts';
import type { TestInfo } from '../report/summary.ts';
import type { Config } from './config.ts';
import type { Limits } from './limits.ts';
import type { Plan } from './load.ts';

/** k6's handleSummary: file name → content. */
export type Summarize = (data: K6Data) => Record<string, string>;

/** Prints the verdict and writes `summary.json`; `limits` are read in the first evaluation of a script only. */
export function summarize(script: string, config: Config, plan: Plan, limits: Limits | undefined): Summarize {
  return (data) => {
    if (limits === undefined || neverRan(data)) return {};
    const { summaryOf, verdictOf, renderText } = evaluateReport();
    const summary = summaryOf(testInfo(script, config, plan, limits), data);
    const verdict = verdictOf(summary);
    const colours = data.state.isStdOutTTY === true && data.options?.noColor !== true;
    const files = config.summaryFile === '' ? {} : { files: config.summaryFile };
    const text = { stdout: renderText(summary, verdict, colours, files) };
    if (config.summaryFile === '') return text;
    return { ...text, [config.summaryFile]: JSON.stringify({ ...summary, verdict }, null, 1) };
  };
}

function evaluateReport(): typeof Report {
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- our own text, put there by the build
  const evaluate = new Function(`${reportSource}; return report;`) as () => typeof Report;
  return evaluate();
}

/** The check of the target ended the run: its sentence says all. */
function neverRan({ metrics }: K6Data): boolean {
  const count = (name: string) => metrics[name]?.values['count'] ?? 0;
  return count('sessions_started') === 0 && count('script_errors') === 0;
}

function testInfo(script: string, config: Config, plan: Plan, limits: Limits): TestInfo {
  const { requiredSessions, generatorLagLimitMs, limits: level, ...settings } = config;
  const info = { script, plan, level, limits: limits[level], requiredSessions, generatorLagLimitMs };
  return { ...info, settings: { ...settings, encryptionKey: '…' } };
}
