// Do the reports of a system that is no chatbot speak its words, and none of the chatbot's?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parse } from 'csv-parse/sync';
import { renderFailures, renderHistory, renderStats } from '../report/csv/locust.ts';
import { REPORTS } from '../report/files.ts';
import { renderHtml } from '../report/html/page.ts';
import { renderJunit } from '../report/text/junit.ts';
import { renderMarkdown } from '../report/text/markdown.ts';
import { renderRemains } from '../report/text/remains.ts';
import { renderText } from '../report/text/text.ts';
import { runRecord } from './support/htmlEvidence.ts';
import { Page } from './support/page.ts';
import { pingEvidence, PING_WORDS } from './support/pings.ts';
import { readXml } from './support/xmlReader.ts';

const evidence = pingEvidence();
const { summary, verdict, timeline = '' } = evidence;
const text = renderText(summary, verdict, false, { peakConcurrent: 4 });

/** What only a chatbot has. */
const CHAT = /session|question|answer|chunk|invocation|socket|heartbeat|log-in|conversation|encrypt/i;

test('the text speaks its words', () => {
  assert.deepEqual(
    text.split('\n').map((line) => line.trimEnd()),
    [
      '',
      'FAIL     holds 20 connections, breaks at 30 (stage 3): ping p95 56 ms, limit',
      '         50 ms',
      '',
      ' stage connections   held     pings   caught     p95',
      '     1          10  100 %       300  99.33 %   28 ms  ✓',
      '     2          20  100 %       300  99.33 %   28 ms  ✓',
      '     3          30  100 %       300  99.33 %   56 ms  ✗',
      '        broke: ping p95 56 ms (limit 50 ms)',
      '',
      ' pings        900 thrown = 893 caught + 7 lost + 0 flying; success 99.22 %',
      ' concurrent   0.8 pings on average, peak 4 seen',
      ' weight       12 heavy',
      ' flight       p50 20 ms, p95 28 ms, at most 40 ms in the air',
      ' failures     7 × in flight: line cut in 5 pings: somebody cut it',
      ' ledger       balances (pings, failed pings, latency samples)',
      ' generator    lag p99 1.8 ms (limit 25 ms)',
      '',
      '',
    ],
  );
});

describe('the page', () => {
  const page = new Page(renderHtml({ ...evidence, charts: { script: '', hash: '', style: '' } }));

  test('has its columns, wide ones too', () => {
    assert.deepEqual(page.table('Stages of the plan')[2], {
      stage: '3',
      connections: '30',
      held: '100 %',
      pings: '300',
      caught: '99.33 %',
      p95: '56 ms',
      slowest: '80 ms',
      state: '✗ broke: ping p95 56 ms (limit 50 ms)',
    });
  });

  test('has its tiles', () => {
    assert.deepEqual(page.facts('tiles'), {
      holds: '20connections',
      'breaks at': '30connections, stage 3',
      'ping p95': '28 msat 20 connections, stage 2',
      pings: '99.22 %caught, of 900',
      'open pings': '0.8on average',
    });
  });

  test('says where to look, and where it failed', () => {
    assert.deepEqual(page.table('Failures by class'), [
      {
        class: 'line cut connection_lost',
        while: 'the flight',
        count: '7',
        pings: '5',
        'likely reason': 'somebody cut it',
        'where to look': 'the scissors',
      },
    ]);
  });

  test('draws its latency, level and distribution, and no messages that nobody counted', () => {
    assert.match(page.words('latency'), /^Latency against connections Ping latency: there and back again,/);
    assert.match(page.words('distribution'), /^Distribution of the ping latency .*pings that were caught/);
    assert.equal(page.table('Ping latency by stage')[0]?.['caught'], '298');
    const { time } = page.data('data') as { time: { charts: { id: string; title: string }[] } };
    assert.deepEqual(
      time.charts.map(({ title }) => title),
      ['Connections', 'Ping latency', 'Failures per second', 'Lag of the load generator (p99)'],
    );
    const [row] = page.table("The run in parts of 1 s; a row's time is its end");
    assert.deepEqual([row?.['p95'], row?.['open'], row?.['sent/s']], ['25 ms', '3', undefined]);
  });
});

test('Markdown and JUnit speak them, too', () => {
  const markdown = renderMarkdown(evidence);
  assert.match(markdown, /\n\| stage \| connections \| held \| pings \| caught \| p95 \| slowest \|  \|\n/);
  assert.match(markdown, /\n\| 7 \| 5 \| the flight \| line cut \| somebody cut it \|\n/);
  const names = readXml(renderJunit(evidence)).children.map(({ attributes }) => attributes['name']);
  assert.deepEqual(names, [
    'run',
    'stage 1: 10 connections',
    'stage 2: 20 connections',
    'stage 3: 30 connections',
  ]);
});

describe("Locust's files", () => {
  const rows = (csv: string): Record<string, string>[] => parse(csv, { columns: true });
  const some = (row: Record<string, string> | undefined, ...names: string[]) =>
    names.map((name) => row?.[name]);

  test('have its rows', () => {
    const [echo, all, ...others] = rows(renderStats(evidence));
    assert.deepEqual(others, []);
    assert.deepEqual(some(echo, 'Type', 'Name', 'Request Count', 'Failure Count', '95%'), [
      'UDP',
      'echo',
      '900',
      '7',
      '28',
    ]);
    assert.deepEqual(some(all, 'Name', 'Request Count'), ['Aggregated', '900']);
    assert.deepEqual(rows(renderFailures(evidence)), [
      { Method: 'UDP', Name: 'echo', Error: 'flight: line cut (connection_lost)', Occurrences: '7' },
    ]);
  });

  test('have its seconds, of a killed run as well', () => {
    const run = runRecord({ vocabulary: PING_WORDS });
    for (const remains of [evidence, { verdict, timeline, run }]) {
      const [echo, all] = rows(renderHistory(remains));
      assert.deepEqual(some(echo, 'Name', 'User Count', 'Requests/s', 'Failures/s', '95%'), [
        'echo',
        '3',
        '30',
        '1',
        '25',
      ]);
      assert.equal(all?.['Name'], 'Aggregated');
    }
    assert.equal(
      rows(renderHistory({ verdict, timeline, run: runRecord() })).length,
      0,
      'nobody knows whose',
    );
  });
});

test('of a killed run it says what was seen', () => {
  const examples = [{ phase: 'flight', reason: 'connection_lost', text: 'snip' }];
  const run = runRecord({ vocabulary: PING_WORDS, examples });
  assert.match(
    renderRemains({ verdict, timeline, run }, false),
    /\n seen so far {2}930 pings thrown, 899 caught, 31 lost\n failures {5}first line cut \(the flight\): snip\n/,
  );
});

describe('nothing speaks of what only a chatbot has', () => {
  const files = {
    text,
    ...Object.fromEntries(Object.entries(REPORTS).map(([name, of]) => [name, of(evidence)])),
  };
  for (const [name, content] of Object.entries(files))
    test(name, () => {
      const visible = content.replace(/<style>[^]*?<\/style>/, '');
      assert.equal(
        CHAT.exec(visible)?.[0],
        undefined,
        visible.slice(Math.max(0, visible.search(CHAT) - 80)).slice(0, 160),
      );
    });
});
