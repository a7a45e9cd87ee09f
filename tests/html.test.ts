// Is report.html right, whole and harmless, in a real browser, with scripts and without, wide and narrow?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chartCode } from '../cli/evidence/builtCharts.ts';
import type { Evidence } from '../report/derive/evidence.ts';
import { embeddedJson, html, trusted, verbatim } from '../report/html/escape.ts';
import { linearScale, logScale, thin } from '../report/html/charts/scale.ts';
import { renderHtml, renderHtmlRemains } from '../report/html/page.ts';
import { verdictOf } from '../report/derive/verdict.ts';
import { Browser, findChromium, type Look, type Sight } from './support/chromium.ts';
import { folder } from './support/files.ts';
import {
  cleanEvidence,
  emptyEvidence,
  HOSTILE,
  hostileEvidence,
  longEvidence,
  runRecord,
} from './support/htmlEvidence.ts';
import { runK6 } from './support/k6.ts';
import { LIMITS, summaryWith, trend } from './support/runData.ts';
import { settingsFor } from './support/target.ts';
import { startTarget } from '../target/server.ts';

describe('templates', () => {
  test('escape every value, in text and in attributes', () => {
    const text = '<b title="x">\'`&';
    const escaped = '&lt;b title=&quot;x&quot;&gt;&#39;&#96;&amp;';
    assert.equal(html`<p a="${text}">${text}</p>`.text, `<p a="${escaped}">${escaped}</p>`);
  });

  test('take markup of their own, lists and nothing', () => {
    assert.equal(
      html`${[html`<i>1</i>`, 2, '<']}${undefined}${null}${false}${trusted('<hr>')}`.text,
      '<i>1</i>2&lt;<hr>',
    );
  });

  test('remove what steers a terminal or the direction of writing, and cut what is too long', () => {
    assert.doesNotMatch(html`${HOSTILE}`.text, /[\u0000-\u001f\u202e]/);
    assert.ok(html`${'x'.repeat(1e6)}`.text.length < 3000);
  });

  test('keep a number and its unit together, but not in what is to be copied', () => {
    assert.equal(html`${'took 5 s'}`.text, 'took 5\u00a0s');
    assert.equal(verbatim('sleep 5 s').text, 'sleep 5 s');
  });

  test('data in a script element can not end it, and is the same when it is read', () => {
    const data = { a: `</script><!--${HOSTILE}\u2028` };
    const { text } = embeddedJson(data);
    assert.doesNotMatch(text, /[<>&\u2028]/);
    assert.deepEqual(JSON.parse(text), data);
  });
});

describe('axes', () => {
  test('end at or above the greatest value, with round marks', () => {
    assert.deepEqual(linearScale(10).marks, [0, 2, 4, 6, 8, 10]);
    assert.deepEqual(linearScale(7.3).marks, [0, 2, 4, 6, 8]);
    assert.deepEqual(linearScale(0.31).marks, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35]);
    for (const most of [0.0031, 1, 49, 50, 51, 99_999])
      assert.ok(linearScale(most).most >= most, String(most));
  });

  test('of a wide range are logarithmic', () => {
    const { least, most, at } = logScale(80, 30_000);
    assert.deepEqual([least, most], [50, 50_000]);
    assert.ok(Math.abs(at(Math.sqrt(50 * 50_000)) - 0.5) < 1e-9);
  });

  test('thinning out keeps the last', () => {
    assert.deepEqual(thin([1, 2, 3, 4, 5, 6, 7], 3), [1, 4, 7]);
    assert.deepEqual(thin([1, 2, 3], 5), [1, 2, 3]);
  });
});

/** The text of a page without its markup. */
function words(page: string): string {
  const body = page.replace(/<style>[^]*?<\/style>|<script[^]*?<\/script>/g, ' ');
  return body.replace(/<[^>]*>/g, ' ').replace(/[\s\u00a0]+/g, ' ');
}

describe('the page', () => {
  test('says the verdict first, then everything else', () => {
    const page = renderHtml(cleanEvidence());
    const text = words(page);
    const titles = [...page.matchAll(/<h[12]>([^<]*)/g)].map(([, title = '']) => title.split(' ')[0]);
    assert.deepEqual(titles, [
      'Holds',
      'Latency',
      'Over',
      'Stages',
      'Limits',
      'Failures',
      'Distribution',
      'Ledger',
      'Load',
      'Settings',
    ]);
    for (const said of [
      'Holds 30 sessions',
      'wss://chat.example.com',
      '2026-11-21 03:10 UTC',
      '10 → 30 sessions, 3 stages × 10 s',
      'answer p95',
      'Nothing failed',
    ])
      assert.ok(text.includes(said), said);
  });

  test('says how to run it again, in one command that a shell understands', () => {
    const text = renderHtml(cleanEvidence());
    assert.ok(
      text.includes(
        '<pre>crescendo run ramp -e RAMP_MAX_SESSIONS=30 -e &#39;QUESTIONS=it&#39;\\&#39;&#39;s:5&#39;',
      ),
    );
    assert.ok(words(text).includes('ENCRYPTION_KEY is not in any report'));
  });

  test('marks the stage that breaks and the values that broke', () => {
    const summary = summaryWith({ 'answer_latency{stage:2}': trend(100, 400) });
    const page = renderHtml({ summary, verdict: verdictOf(summary) });
    assert.match(page, /breaks at 20/);
    assert.match(page, /class="cross"/);
    assert.match(words(page), /answer p95 560 ms \(limit 500 ms\)/);
  });

  test('grades a limit by the strictest level that it keeps', () => {
    const [latency] = LIMITS;
    assert.ok(latency);
    const looser = { ...latency, bound: 700, expression: 'p(95)<700' };
    const levels = { target: LIMITS, warning: [looser], critical: [] };
    const grade = (middle: number) => {
      const summary = summaryWith({ 'answer_latency{stage:2}': trend(100, middle) }, { levels });
      return words(renderHtml({ summary, verdict: verdictOf(summary) }));
    };
    assert.match(grade(100), /answer p95 .{0,120}✓ target/);
    assert.match(grade(400), /answer p95 .{0,120}! warning/);
    assert.match(grade(600), /answer p95 .{0,120}✗ worse than warning/);
  });

  test('draws over time the limits of its levels, and no others', () => {
    const evidence = cleanEvidence();
    const drawn = (at?: number) => {
      const limits = LIMITS.map((limit) => ({ ...limit, ...(at === undefined ? {} : { at }) }));
      return renderHtml({ ...evidence, summary: { ...evidence.summary, limits } });
    };
    const lines = (page: string) =>
      page
        .split('id="time"')[1]
        ?.split('</section>')[0]
        ?.match(/limit p95/g)?.length ?? 0;
    assert.ok(lines(drawn()) > 0);
    assert.ok(lines(drawn(20)) > 0);
    assert.equal(lines(drawn(99)), 0);
  });

  test('shows the recovery of an outage and the names of stages', () => {
    const summary = summaryWith();
    const stages = summary.stages.map((stage) => ({
      ...stage,
      name: ['before', 'outage', 'after'][stage.number - 1] ?? '',
    }));
    const probes = { planned: 100, answered: 100, failed: 7, dropped: 0 };
    const recovery = {
      startedAt: 10_000,
      errorsLastedMs: 8000,
      p95BackAfterMs: 9000,
      lost: 12,
      probes,
    };
    const text = words(
      renderHtml({ summary: { ...summary, stages, recovery }, verdict: verdictOf(summary) }),
    );
    for (const said of [
      'errors for 8.00 s',
      'back within its limit after 9.00 s',
      'invocations lost 12',
      '2 outage',
    ])
      assert.ok(text.includes(said), said);
  });

  test('of 40 minutes and 500 stages is small and made in no time', () => {
    const evidence = longEvidence();
    const start = performance.now();
    const page = renderHtml({ ...evidence, ...withCharts() });
    assert.ok(performance.now() - start < 5000);
    assert.ok(page.length < 1_500_000, `${page.length} characters`);
  });

  test('loads nothing and runs nothing but its own script', () => {
    const policy = (evidence: Evidence) =>
      /Content-Security-Policy" content="([^"]*)"/.exec(renderHtml(evidence))?.[1] ?? '';
    assert.match(policy(cleanEvidence()), /^default-src 'none';.*script-src 'none'$/);
    assert.match(
      policy({ ...cleanEvidence(), ...withCharts() }),
      /^default-src 'none';.*script-src 'sha256-[\w+/]{43}='$/,
    );
    assert.doesNotMatch(renderHtml(hostileEvidence()), /(src|href)="(?!#)/);
  });

  test('of a killed run has the verdict', () => {
    const verdict = {
      result: 'INVALID',
      sentence: 'k6 wrote no summary',
      reasons: [],
      holds: null,
      breaks: null,
    } as const;
    assert.match(
      words(renderHtmlRemains({ verdict: { ...verdict, reasons: [] }, run: runRecord() })),
      /\? INVALID K6 wrote no summary/,
    );
  });
});

function withCharts(): Pick<Evidence, 'charts'> {
  const charts = chartCode();
  assert.ok(charts, 'the charts are not built: run "node build.mjs"');
  return { charts };
}

const path = findChromium();
const missing = path === undefined ? 'there is no Chromium here (Debian: apt-get install chromium)' : false;

describe('in Chromium', { skip: missing }, () => {
  let browser: Browser;
  before(async () => {
    browser = await Browser.start(path ?? '');
  });
  after(() => browser.close());

  const open = (t: TestContext, evidence: Evidence, look: Look): Promise<Sight> => {
    const file = join(folder(t), 'report.html');
    writeFileSync(file, renderHtml({ ...evidence, ...withCharts() }));
    return browser.look(pathToFileURL(file).href, look);
  };

  /** Elements that stand out of the page, but for those in a part that scrolls by itself. */
  const CUT = `[...document.querySelectorAll('main *')].filter((e) => !e.closest('.scroll, svg') &&
    e.getBoundingClientRect().right > innerWidth + 1).map((e) => e.outerHTML.slice(0, 120))`;

  const looks = [1400, 390].flatMap((width) => [true, false].map((scripts) => ({ width, scripts })));
  const runs: [name: string, evidence: () => Evidence | Promise<Evidence>, charts: number][] = [
    ['a real ramp', realRamp, 6],
    ['an empty run', emptyEvidence, 0],
    ['a hostile run', hostileEvidence, 6],
    ['500 stages', longEvidence, 6],
  ];
  for (const [name, evidenceOf, charts] of runs) {
    let evidence: Evidence;
    before(async () => {
      evidence = await evidenceOf();
    });
    for (const look of looks)
      test(`${name}, ${look.width} px, ${look.scripts ? 'with' : 'without'} scripts`, async (t) => {
        const { problems, contentWidth, screenshot, value } = await open(t, evidence, look);
        assert.deepEqual(problems, []);
        assert.equal(contentWidth, look.width, 'the page is as wide as the screen');
        assert.deepEqual(await value(CUT), []);
        assert.equal(await value('window.hacked'), undefined);
        assert.equal(
          await value(`document.querySelectorAll('img, iframe, main script, [onload], [onerror]').length`),
          0,
        );
        assert.equal(
          await value(`document.querySelectorAll('.u-wrap canvas').length`),
          look.scripts ? charts : 0,
        );
        const drawings = `[...document.querySelectorAll('.still svg')].some((e) => e.getBoundingClientRect().width > 100)`;
        assert.equal(await value(drawings), !look.scripts && charts > 0);
        assert.equal(await value(`document.querySelector('h1').textContent.length > 10`), true);
        assert.ok(screenshot.length > 10_000);
      });
  }

  test('dark, the text is light on dark', async (t) => {
    const { value } = await open(t, cleanEvidence(), { width: 1400, scripts: true, scheme: 'dark' });
    const sum = (what: string) =>
      value(
        `getComputedStyle(document.querySelector('header')).${what}.match(/\\d+/g).slice(0, 3).map(Number).reduce((a, b) => a + b)`,
      );
    assert.ok(Number(await sum('color')) > 600);
    assert.ok(Number(await sum('backgroundColor')) < 150);
  });

  test('another stage can be chosen for the distribution, and the table opens', async (t) => {
    const { value, problems } = await open(t, cleanEvidence(), { width: 1400, scripts: true });
    await value(
      `{ const list = document.querySelector('select'); list.value = '1'; list.dispatchEvent(new Event('change')); }`,
    );
    assert.match(
      String(await value(`document.querySelector('[data-chart=distribution] .u-legend').textContent`)),
      /stage 2/,
    );
    await value(`document.querySelector('#time details').open = true`);
    assert.ok(Number(await value(`document.querySelectorAll('#time tbody tr').length`)) > 20);
    assert.deepEqual(problems, []);
  });
});

/** A ramp of two stages that plain k6 ran, with the record of its dashboard. */
async function realRamp(): Promise<Evidence> {
  const target = await startTarget({ port: 0, firstChunkMs: 5, gapMs: 1, chunks: 3 });
  try {
    const env = {
      ...settingsFor(target),
      RAMP_START_SESSIONS: '2',
      RAMP_INCREMENT: '3',
      RAMP_MAX_SESSIONS: '5',
      RAMP_INTERVAL_SECONDS: '3',
      QUESTIONS: 'MED1060:5',
      GENERATOR_LAG_LIMIT_MS: '10000',
      K6_WEB_DASHBOARD: 'true',
      K6_WEB_DASHBOARD_PORT: '-1',
      K6_WEB_DASHBOARD_PERIOD: '1s',
      K6_WEB_DASHBOARD_RECORD: 'timeline.ndjson',
    };
    const run = await runK6({ source: 'scripts/ramp.ts', env });
    const { summary } = run;
    assert.ok(summary, run.stdout);
    const timeline = run.file('timeline.ndjson');
    assert.ok(timeline !== undefined && timeline.length > 1000);
    return { summary, verdict: summary.verdict, run: runRecord(), timeline };
  } finally {
    await target.close();
  }
}
