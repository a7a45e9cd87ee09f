/** The head of the page: the verdict, what was tested, the figures that matter most. Pure. */
import { describePlan } from '../../lib/plans/load.ts';
import { countedAs } from '../../lib/words/plural.ts';
import { headlineOf, operationOf, type Vocabulary } from '../../lib/vocabulary/vocabulary.ts';
import { addressesOf, addressOf, type Evidence, type RunRecord } from '../derive/evidence.ts';
import { booksOf } from '../derive/measures.ts';
import type { RunSummary, StageSummary } from '../derive/summary.ts';
import type { Outcome } from '../analyze/analysis.ts';
import type { Verdict } from '../derive/verdict.ts';
import { partsOf } from '../parts/parts.ts';
import { duration, metricName, peakSeen, shareText, timeText, whole } from '../text/words.ts';
import { html, type Content, type Html } from './escape.ts';
import { capital, headlineTimes, stageName } from './stageWords.ts';

/** `when` is an ISO time; `hasTime`: the page has the part about the time. */
export function header(evidence: Evidence, when: string | undefined, hasTime: boolean): Html {
  const { verdict } = evidence;
  return html`<header class="${verdict.result}">
    ${headline(verdict)} ${about(evidence, when)} ${tiles(evidence)} ${contents(evidence, hasTime)}
  </header>`;
}

/** The same for a run without a summary. */
export function headerOfRemains(verdict: Verdict, run: RunRecord | undefined): Html {
  const parts =
    run === undefined ? [] : [addressOf(run.target), `script ${run.script}`, minute(run.startedAt)];
  return html`<header class="${verdict.result}">${headline(verdict)}${line(parts)}</header>`;
}

/** Each result with its sign. */
export const RESULTS: Record<Outcome, string> = {
  PASS: '✓ PASS',
  FAIL: '✗ FAIL',
  INVALID: '? INVALID',
  ABORTED: '■ ABORTED',
  'NOT RUN': '· NOT RUN',
};

function headline({ result, sentence, reasons }: Verdict): Html {
  const others = reasons.slice(1).map((reason) => html`<li>${reason}</li>`);
  return html`<div class="result">${RESULTS[result]}</div>
    <h1>${capital(sentence)}</h1>
    ${
      others.length > 0 &&
      html`<ul class="reasons">
        ${others}
      </ul>`
    }
    ${result === 'INVALID' && html`<p class="note doubt">This run can't be trusted, so the figures below say nothing about the target.</p>`}`;
}

function about({ summary, run }: Evidence, when: string | undefined): Html {
  const target = addressOf(run === undefined ? addressesOf(summary.settings) : run.target);
  return line([
    target,
    `script ${summary.script}`,
    when === undefined ? '' : minute(when),
    `took ${duration(summary.durationMs)}`,
    describePlan(summary.plan, summary.vocabulary.level).slice(0, 200),
  ]);
}

function line(parts: readonly string[]): Html {
  return html`<p class="about">
    ${parts.filter((part) => part !== '').map((part) => html`<span>${part}</span>`)}
  </p>`;
}

function minute(time: string): string {
  return `${time.slice(0, 16).replace('T', ' ')} UTC`;
}

function tiles({ summary, verdict: { holds, breaks } }: Evidence): Html {
  const { headline, visit, level } = summary.vocabulary;
  const one = (count: number) => (count === 1 ? level.one : level.many);
  return html`<dl class="tiles">
    ${(holds !== null || breaks !== null) && tile('holds', holds === null ? 'none' : whole(holds), one(holds ?? 0))}
    ${breaks !== null && tile('breaks at', whole(breaks.level), `${one(breaks.level)}, stage ${breaks.stage}`)}
    ${latencyTile(summary, holds)}
    ${[...new Set([headline, visit])].map((name) => successTile(summary, name))} ${openTile(summary)}
  </dl>`;
}

function latencyTile({ stages, vocabulary }: RunSummary, holds: number | null): Content {
  const { latency } = headlineOf(vocabulary);
  const telling = tellingStage(stages, vocabulary, holds);
  if (latency === undefined || telling === undefined) return undefined;
  return tile(
    `${metricName(latency)} p95`,
    timeText(headlineTimes(telling, vocabulary)['p(95)']),
    `at ${countedAs(telling.level, vocabulary.level)}, stage ${stageName(telling)}`,
  );
}

function successTile(summary: RunSummary, operation: string): Html {
  const { noun, good } = operationOf(summary.vocabulary, operation);
  const { rate, samples } = booksOf(summary, operation).success;
  return tile(noun.many, shareText(rate), `${good.word}, of ${whole(samples)}`);
}

function openTile({ observed, ...summary }: Evidence['summary']): Content {
  const { headline } = summary.vocabulary;
  const { concurrent } = booksOf(summary, headline);
  if (concurrent === undefined) return undefined;
  const peak = peakSeen(concurrent, observed?.peakConcurrent);
  const { many } = headlineOf(summary.vocabulary).noun;
  const most = peak === undefined ? '' : `, ${peak} at most`;
  return tile(`open ${many}`, concurrent.toFixed(1), `on average${most}`);
}

function tile(name: string, value: string, about: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${about}</small></dd>
  </div>`;
}

/** The stage that says how fast the target is: the largest that it holds, else the first with samples. */
function tellingStage(
  stages: readonly StageSummary[],
  vocabulary: Vocabulary,
  holds: number | null,
): StageSummary | undefined {
  const measured = stages.filter((stage) => headlineTimes(stage, vocabulary)['p(95)'] !== undefined);
  return measured.find(({ state, level }) => state === 'held' && level === holds) ?? measured[0];
}

function contents({ summary }: Evidence, hasTime: boolean): Html {
  const parts = [
    ['latency', 'Latency'],
    ...(hasTime ? [['time', 'Over time']] : []),
    ...partsOf(summary).map(({ name, title }) => [name, title]),
    ['stages', 'Stages'],
    ['limits', 'Limits'],
    ['failures', 'Failures'],
    ['distribution', 'Distribution'],
    ['ledger', 'Ledger'],
    ['generator', 'Generator'],
    ['setup', 'Settings'],
  ];
  return html`<nav aria-label="Parts of this report">
    ${parts.map(([id, name]) => html`<a href="#${id}">${name}</a>`)}
  </nav>`;
}
