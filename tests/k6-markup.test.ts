// Does the page's markup, within the real k6, stay where it belongs while memory is collected?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runK6 } from './support/k6.ts';

test('a template never has the markup of another', async () => {
  const run = await runK6({ source: 'tests/k6/markup.ts', env: {}, seconds: 90 });
  assert.equal(run.exitCode, 0, run.stderr);
  assert.equal(run.file('wrong.txt'), '0', 'templates with markup of others');
});
