/** All reports of a run, made of its evidence alone: after the run and by `crescendo report`. */
import type { Evidence, Observed, Remains } from '../../report/derive/evidence.ts';
import { REPORTS, REPORTS_WITHOUT_SUMMARY } from '../../report/files.ts';
import { renderText, type TextExtras } from '../../report/text/text.ts';
import { renderRemains } from '../../report/text/remains.ts';
import { chartCode } from './builtCharts.ts';
import { troublesLine, type LogTroubles } from '../k6/k6Log.ts';
import { messageOf } from '../process/terminal.ts';

/** File name → text, and the sentences about those that could not be made. */
interface Rendered {
  files: Map<string, string>;
  problems: string[];
}

/** Makes every report. One that fails does not keep the others from being made. */
export function renderFiles(evidence: Evidence | Remains, troubles: LogTroubles): Rendered {
  const rendered: Rendered = { files: new Map(), problems: [] };
  const renderers: [string, () => string][] = [
    ['report.txt', () => textReport(evidence, troubles, false)],
    ...tableOf(withCharts(evidence)),
  ];
  for (const [file, render] of renderers) {
    try {
      rendered.files.set(file, render());
    } catch (error) {
      rendered.problems.push(
        `${file} can't be made (${messageOf(error)}), which is a fault of Crescendo's own.`,
      );
    }
  }
  return rendered;
}

function withCharts<Some extends Evidence | Remains>(evidence: Some): Some {
  const charts = chartCode();
  return charts === undefined ? evidence : { ...evidence, charts };
}

function tableOf(evidence: Evidence | Remains): [string, () => string][] {
  if (hasSummary(evidence))
    return Object.entries(REPORTS).map(([file, render]) => [file, () => render(evidence)]);
  return Object.entries(REPORTS_WITHOUT_SUMMARY).map(([file, render]) => [file, () => render(evidence)]);
}

/** Whether k6 came to write its summary. */
function hasSummary(evidence: Evidence | Remains): evidence is Evidence {
  return 'summary' in evidence;
}

/** The end of a run as text: `report.txt`, and with `files` what the screen shows. */
export function textReport(
  evidence: Evidence | Remains,
  troubles: LogTroubles,
  colours: boolean,
  files?: string,
): string {
  const where = files === undefined ? {} : { files };
  const text = hasSummary(evidence)
    ? renderText(evidence.summary, evidence.verdict, colours, {
        ...extrasOf(evidence.summary.observed),
        examples: evidence.run?.examples ?? [],
        ...where,
      })
    : renderRemains(evidence, colours, files);
  return text + troublesLine(troubles);
}

function extrasOf(observed: Observed | undefined): TextExtras {
  if (observed === undefined) return {};
  const { peakConcurrent, peakCpu, peakMemoryBytes } = observed;
  return {
    peakConcurrent,
    ...(peakCpu === null ? {} : { peakCpu }),
    ...(peakMemoryBytes === null ? {} : { peakMemoryBytes }),
  };
}
