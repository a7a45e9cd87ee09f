/** The head of the page: the verdict, what was tested, the figures that matter most. Pure. */
import { describePlan } from '../../lib/words/load.ts';
import type { Evidence, RunRecord } from '../derive/evidence.ts';
import type { StageSummary } from '../derive/summary.ts';
import type { Verdict } from '../derive/verdict.ts';
import { duration, peakSeen, percent, timeText, whole, counted } from '../text/words.ts';
import { html, type Content, type Html } from './escape.ts';
import { stageName } from './stageWords.ts';

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
    run === undefined ? [] : [run.target.websocketBaseUrl, `script ${run.script}`, minute(run.startedAt)];
  return html`<header class="${verdict.result}">${headline(verdict)}${line(parts)}</header>`;
}

const RESULTS: Record<Verdict['result'], string> = {
  PASS: '✓ PASS',
  FAIL: '✗ FAIL',
  INVALID: '? INVALID',
  ABORTED: '■ ABORTED',
};

function headline({ result, sentence, reasons }: Verdict): Html {
  const others = reasons.slice(1).map((reason) => html`<li>${reason}</li>`);
  return html`<div class="result">${RESULTS[result]}</div>
    <h1>${sentence.charAt(0).toUpperCase() + sentence.slice(1)}</h1>
    ${
      others.length > 0 &&
      html`<ul class="reasons">
        ${others}
      </ul>`
    }
    ${result === 'INVALID' && html`<p class="note doubt">This run can't be trusted, so the figures below say nothing about the target.</p>`}`;
}

function about({ summary, run }: Evidence, when: string | undefined): Html {
  const target = run?.target.websocketBaseUrl ?? summary.settings['websocketBaseUrl'];
  return line([
    typeof target === 'string' ? target : '',
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
  const { sessions, questions, observed, stages } = summary;
  const telling = tellingStage(stages, holds);
  const peak = peakSeen(questions.averageConcurrent, observed?.peakConcurrent);
  const most = peak === undefined ? '' : `, ${peak} at most`;
  return html`<dl class="tiles">
    ${(holds !== null || breaks !== null) && tile('holds', holds === null ? 'none' : whole(holds), holds === 1 ? 'session' : 'sessions')}
    ${breaks !== null && tile('breaks at', whole(breaks.sessions), `${breaks.sessions === 1 ? 'session' : 'sessions'}, stage ${breaks.stage}`)}
    ${telling && tile('answer p95', timeText(telling.answerLatency['p(95)']), `at ${counted(telling.level, 'session')}, stage ${stageName(telling)}`)}
    ${tile('answers', share(questions.success.rate), `in time, of ${counted(questions.success.samples, 'question')}`)}
    ${tile('sessions', share(sessions.success.rate), `without failure, of ${whole(sessions.success.samples)}`)}
    ${tile('open questions', questions.averageConcurrent.toFixed(1), `on average${most}`)}
  </dl>`;
}

const share = (value: number | null): string => (value === null ? '–' : percent(value));

function tile(name: string, value: string, about: string): Html {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${about}</small></dd>
  </div>`;
}

/** The stage that says how fast the target is: the largest that it holds, else the first with answers. */
function tellingStage(stages: readonly StageSummary[], holds: number | null): StageSummary | undefined {
  const measured = stages.filter(({ answerLatency }) => answerLatency['p(95)'] !== undefined);
  return measured.find(({ state, level: sessions }) => state === 'held' && sessions === holds) ?? measured[0];
}

const PARTS = [
  ['latency', 'Latency'],
  ['time', 'Over time'],
  ['recovery', 'Recovery'],
  ['stages', 'Stages'],
  ['limits', 'Limits'],
  ['failures', 'Failures'],
  ['distribution', 'Distribution'],
  ['ledger', 'Ledger'],
  ['generator', 'Generator'],
  ['setup', 'Settings'],
];

function contents({ summary }: Evidence, hasTime: boolean): Html {
  const missing = [...(hasTime ? [] : ['time']), ...(summary.recovery === undefined ? ['recovery'] : [])];
  const links: Content = PARTS.filter(([id = '']) => !missing.includes(id)).map(
    ([id, name]) => html`<a href="#${id}">${name}</a>`,
  );
  return html`<nav aria-label="Parts of this report">${links}</nav>`;
}
