/** `report.html`: one file that needs no network and no script, from the evidence of a run. Pure. */
import type { Evidence, Remains } from '../derive/evidence.ts';
import type { RunSummary } from '../derive/summary.ts';
import { partsOf } from '../parts/parts.ts';
import { parseTimeline, type Timeline } from '../derive/timeline.ts';
import { generatorSection, ledgerSection } from './accounts.ts';
import type { ChartCode } from './charts/chartCode.ts';
import { distributionData, distributionSection } from './charts/distribution.ts';
import { embeddedJson, html, trusted, type Content, type Html } from './escape.ts';
import { failuresSection } from './failures.ts';
import { header, headerOfRemains } from './header.ts';
import { latencySection } from './charts/latency.ts';
import { limitsSection } from './limits.ts';
import { overTimeSection, timeData } from './charts/overTime.ts';
import { setupSection } from './setup.ts';
import { stagesSection } from './stages.ts';
import { STYLE } from './style.ts';

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
  return page(`${verdict.result} ${summary.script} ${when ?? ''}`, body, evidence.charts, data);
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
  return page(`${verdict.result} ${run?.script ?? ''}`, body, undefined, {});
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

function page(title: string, body: readonly Content[], charts: ChartCode | undefined, data: unknown): string {
  const policy = `default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; script-src ${
    charts === undefined ? "'none'" : `'${charts.hash}'`
  }`;
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${trusted(policy)}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="referrer" content="no-referrer" />
        <title>${title.trim()}</title>
        <style>
          ${trusted(STYLE)}${charts && trusted(charts.style)}
        </style>
      </head>
      <body>
        <main>
          ${body}
          <footer>
            Made by Crescendo from the evidence of the run. Times are those that the load generator measured.
          </footer>
        </main>
        ${charts && scripts(charts, data)}
      </body>
    </html> `.text;
}

/** Not a template: the hash of the script counts every character. */
function scripts({ script }: ChartCode, data: unknown): Html {
  const json = `<script type="application/json" id="data">${embeddedJson(data).text}</script>`;
  return trusted(`${json}<script>${script}</script>`);
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
