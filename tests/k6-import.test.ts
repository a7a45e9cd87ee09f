// Does what `crescendo import` makes of a recording replay it, with equal counts on both sides?
/* eslint-disable @typescript-eslint/no-floating-promises -- node:test waits for its own tests. */
import assert from 'node:assert/strict';
import { after, before, describe, test, type TestContext } from 'node:test';
import type { Target } from '../target/server.ts';
import { DESK_PAGE, REFERENCE_PAGE } from './support/chatPages.ts';
import { Browser, findChromium } from './support/chromium.ts';
import { supportDesk } from './support/dialectServer.ts';
import { recordVisit } from './support/harRecorder.ts';
import { referenceHar } from './support/harFile.ts';
import { pageServer } from './support/pageServer.ts';
import { importHar, replay } from './support/replay.ts';
import { quickTarget } from './support/target.ts';

type Replayed = Awaited<ReturnType<typeof replay>>;

/** Questions, answers, sessions and upgrades are the same on both sides, and all is well. */
function assertSameAsTarget({ run, summary }: Replayed, target: Target): void {
  assert.deepEqual([run.exitCode, /^PASS /m.test(run.stdout)], [0, true], run.stdout + run.stderr);
  const stats = target.stats();
  const { sessions, sockets, questions } = summary;
  assert.ok(questions.sent >= 12 && questions.sent >= 3 * sessions.completed, String(questions.sent));
  assert.deepEqual(
    [sessions.started, sessions.started, sessions.started, sockets.attempted, sockets.opened],
    [stats.tokens, stats.sessions, stats.deleted, stats.attempts.upgrade, stats.upgrades],
  );
  assert.deepEqual([questions.sent, questions.answered], [stats.questions, stats.answers]);
  assert.deepEqual([stats.badQuestions, stats.badFrames, stats.closes], [0, 0, { 1000: stats.upgrades }]);
  assert.equal(summary.metrics['messages_unknown']?.['count'] ?? 0, 0);
}

const addresses = ({ url, websocketUrl }: { url: string; websocketUrl: string }) => ({
  API_BASE_URL: url,
  WEBSOCKET_BASE_URL: websocketUrl,
});

test('a recording written by hand replays against the reference target', async (t) => {
  const imported = await importHar(t, referenceHar(), 'by-hand');
  assert.match(imported.files['.env'] ?? '', /^THINK_SECONDS=2\.6$/m);
  const target = await quickTarget(t, { encryption: 'none' });
  const replayed = await replay(t, imported, { ...addresses(target), THINK_SECONDS: '0.05' });
  assertSameAsTarget(replayed, target);
});

describe('what a browser recorded', { skip: findChromium() === undefined && 'there is no Chromium' }, () => {
  let browser: Browser;
  before(async () => {
    browser = await Browser.start(findChromium() ?? '');
  });
  after(() => browser.close());

  const recorded = async (t: TestContext, backEnd: string, page: string) => {
    const site = await pageServer(t, backEnd, page);
    return recordVisit(browser, `${site.url}/`);
  };

  test('at the reference target replays against a fresh one', async (t) => {
    const har = await recorded(t, (await quickTarget(t, { encryption: 'none' })).url, REFERENCE_PAGE);
    const imported = await importHar(t, har, 'by-browser');
    const target = await quickTarget(t, { encryption: 'none' });
    const site = await pageServer(t, target.url);
    assertSameAsTarget(await replay(t, imported, addresses(site)), target);
  });

  test('at a support desk replays against a fresh one', async (t) => {
    const har = await recorded(t, (await supportDesk(t)).url, DESK_PAGE);
    const imported = await importHar(t, har, 'desk-by-browser');
    const desk = await supportDesk(t);
    const { run, summary } = await replay(t, imported, addresses(desk));
    assert.deepEqual([run.exitCode, /^PASS /m.test(run.stdout)], [0, true], run.stdout + run.stderr);
    const { counts } = desk;
    const { sessions, sockets, questions, messages } = summary;
    assert.ok(questions.sent >= 12 && questions.sent >= 3 * sessions.completed, String(questions.sent));
    assert.deepEqual(
      [sessions.started, sockets.opened, sockets.opened, questions.sent, questions.answered],
      [counts.logins, counts.sockets, counts.welcomed, counts.questions, counts.answers],
    );
    assert.deepEqual([messages.sent, messages.received], [counts.received, counts.sent]);
    assert.deepEqual([counts.strange, counts.pongs], [0, counts.questions]);
  });
});
