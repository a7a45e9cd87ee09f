// Does plain k6 write the same report.html, where it was told to, with nothing in it that should not be?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test, type TestContext } from 'node:test';
import { renderHtml } from '../report/html/page.ts';
import { bundle } from './support/bundle.ts';
import { runK6, type K6Run } from './support/k6.ts';
import { quickTarget, settingsFor } from './support/target.ts';

async function run(t: TestContext, env: Record<string, string> = {}): Promise<K6Run> {
  const target = await quickTarget(t);
  const settings = {
    ...settingsFor(target),
    QUESTIONS: 'MED1060:2',
    GENERATOR_LAG_LIMIT_MS: '10000',
    ...env,
  };
  return runK6({ source: 'scripts/burst.ts', env: settings });
}

describe('plain k6', () => {
  test('writes report.html beside summary.json: what Node makes of the same summary', async (t) => {
    const ended = await run(t);
    const [page, summary] = [ended.file('report.html'), ended.summary];
    assert.ok(page !== undefined && summary !== undefined, ended.stdout);
    assert.match(ended.stdout, /files +summary\.json, report\.html/);
    const { verdict, ...figures } = summary;
    const [, written] = /<title>[A-Z]+ burst (\S+)</.exec(page) ?? [];
    assert.ok(written !== undefined && Math.abs(Date.now() - Date.parse(written)) < 60_000, written);
    const again = renderHtml({ summary: figures, verdict }, written);
    const different = again.split('\n').filter((line) => !page.includes(line));
    assert.deepEqual(different, []);
    assert.equal(again.length, page.length);
    assert.match(page, /script-src 'none'/);
    assert.doesNotMatch(page, /<script/);
  });

  test('REPORT_FILE names it; empty, there is none', async (t) => {
    const named = await run(t, { REPORT_FILE: 'other.html' });
    assert.deepEqual(
      [named.file('report.html'), named.file('other.html')?.slice(0, 15)],
      [undefined, '<!doctype html>'],
    );
    const none = await run(t, { REPORT_FILE: '' });
    assert.equal(none.file('report.html'), undefined);
    assert.ok(none.summary, 'the summary is there all the same');
    const alone = await run(t, { SUMMARY_FILE: '' });
    assert.ok(alone.file('report.html'));
  });

  test('holds no key', async (t) => {
    const key = '0123456789abcdef'.repeat(4);
    const target = await quickTarget(t, { key });
    const env = { ...settingsFor(target), ENCRYPTION_KEY: key, QUESTIONS: 'MED1060:2' };
    const ended = await runK6({ source: 'scripts/burst.ts', env });
    const page = ended.file('report.html') ?? '';
    assert.ok(page.length > 1000);
    assert.ok(!page.includes(key));
  });

  test('has the code of the page as text only', async () => {
    const script = readFileSync(await bundle('scripts/burst.ts'), 'utf8');
    assert.ok(script.includes('Content-Security-Policy'));
    const code = script.replace(/= (["'`])(?:\\.|(?!\1)[^\\])*\1/g, '= text');
    assert.doesNotMatch(code, /Content-Security-Policy/);
    assert.doesNotMatch(script, /uPlot/, 'the live charts stay out of the scripts');
  });
});
