/** `report.html`: one file that needs no network and no script, from the evidence of a run. Pure. */
import type { Evidence, Remains } from '../derive/evidence.ts';
import type { RunSummary } from '../derive/summary.ts';
import { partsOf } from '../parts/parts.ts';
import { parseTimeline, type Timeline } from '../derive/timeline.ts';
import { generatorSection, ledgerSection } from './accounts.ts';
import { distributionData, distributionSection } from './charts/distribution.ts';
import { htmlDocument } from './document.ts';
import { html, type Html } from './escape.ts';
import { failuresSection } from './failuresSection.ts';
import { header, headerOfRemains } from './header.ts';
import { latencySection } from './charts/latency.ts';
import { limitsSection } from './limitsSection.ts';
import { overTimeSection, timeData } from './charts/overTime.ts';
import { setupSection } from './setup.ts';
import { stagesSection } from './stagesSection.ts';

/** The page of a run; `writtenAt` (ISO 8601) is said where nothing else tells the time. */
export function renderHtml(evidence: Evidence, writtenAt?: string): string {
  const { summary, verdict, run } = evidence;
  const timeline = readTimeline(evidence.timeline);
  const when = run?.startedAt ?? writtenAt;
  const body = [
    header(evidence, when, timeline !== undefined),
    latencySection(summary, verdict),
    timeline === undefined ? noTimeline(evidence) : overTimeSection(timeline, summary, verdict),
    ...partSections(summary),
    stagesSection(summary),
    limitsSection(summary),
    failuresSection(evidence),
    distributionSection(summary, verdict),
    ledgerSection(summary),
    generatorSection(evidence),
    setupSection(evidence),
  ];
  const data = {
    time: timeline && timeData(timeline, summary, verdict),
    distribution: distributionData(summary, verdict),
  };
  return htmlDocument(`${verdict.result} ${summary.script} ${when ?? ''}`, body, evidence.charts, data);
}

/** The page of a run whose k6 was killed: the verdict, and how far the record says it came. */
export function renderHtmlRemains({ verdict, run }: Remains): string {
  const body = [
    headerOfRemains(verdict, run),
    html`<section>
      <h2>No figures</h2>
      <p>
        k6 wrote no summary, so there is nothing to judge. timeline.ndjson, generator.json and k6.log beside
        this file hold what was seen.
      </p>
    </section>`,
  ];
  return htmlDocument(`${verdict.result} ${run?.script ?? ''}`, body, undefined, {});
}

function partSections(summary: RunSummary): Html[] {
  return partsOf(summary).map(
    ({ name, title, section }) =>
      html`<section id="${name}">
        <h2>${title}</h2>
        ${section(summary)}
      </section>`,
  );
}

function readTimeline(text: string | undefined): Timeline | undefined {
  if (text === undefined) return undefined;
  const timeline = parseTimeline(text);
  return timeline.points.length > 1 ? timeline : undefined;
}

function noTimeline({ run }: Evidence): Html {
  const why =
    run === undefined
      ? 'Plain k6 keeps no record per second: “crescendo run” adds these charts.'
      : 'The record of the run (timeline.ndjson) is missing or empty.';
  return html`<section id="time">
    <h2>Over time</h2>
    <p class="note">${why}</p>
  </section>`;
}
